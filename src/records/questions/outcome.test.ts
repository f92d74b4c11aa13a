import { describe, expect, it } from 'vitest';
import { ApiResources } from '../../kubernetes/api-resources.ts';
import { ask } from './ask.ts';
import { parseObjectReference } from './object-reference.ts';
import { history, seen } from './test-history.ts';
import { ArrayReader } from './test-reader.ts';

const object = (text: string) => parseObjectReference(text, new ApiResources())!;

describe('how things ended', () => {
  it('tells what sudo refused as refused, and commands that failed as failed', async () => {
    const reader = new ArrayReader([
      seen(0, { source: 'command', verb: 'sudo', user: 'eve', code: 1, decision: 'forbid' }),
      seen(1, { source: 'command', verb: 'execve', user: 'eve', code: 2 }),
      seen(2, { source: 'command', verb: 'execve', user: 'eve', code: 0 }),
      seen(3, { source: 'command', verb: 'delete', user: 'eve', resource: 'pods', code: 200 }),
      seen(4, { source: 'command', verb: 'delete', user: 'eve', resource: 'pods', code: 403 }),
    ]);
    const { told } = await ask(reader, { ask: 'what', subject: { kind: 'user', name: 'eve' } });
    expect(told.map(({ entry }) => entry.outcome)).toEqual(['refused', 'failed', 'told', 'told', 'failed']);
  });

  it('tells refusals by the authorizer and by admission one by one', async () => {
    const deletion = {
      user: 'mia',
      verb: 'delete',
      resource: 'pods',
      namespace: 'shop',
      name: 'w',
      code: 403,
    };
    const reader = new ArrayReader(
      history({ at: 0, ...deletion, decision: 'forbid' }, { at: 1, ...deletion, decision: 'allow' }),
    );
    const { told } = await ask(reader, { ask: 'who', object: object('shop/pods/w') });
    expect(told.map(({ entry, times }) => [entry.refusedBy, times])).toEqual([
      ['authorization', 1],
      ['admission', 1],
    ]);
  });

  it('tells one life of a namespace, whose creation names no namespace', async () => {
    const of = { user: 'dana', resource: 'namespaces', name: 'shop' };
    const reader = new ArrayReader(
      history(
        { at: 0, verb: 'create', ...of, code: 201 },
        { at: 1, verb: 'delete', ...of, namespace: 'shop' },
      ),
    );
    const { lives } = await ask(reader, { ask: 'who', object: object('namespaces/shop') });
    expect(lives).toHaveLength(1);
    expect(lives?.[0]?.from).toBeDefined();
    expect(lives?.[0]?.to).toBeDefined();
  });

  it('says where what was asked about is of no kind that is known', async () => {
    const reader = new ArrayReader(history({ at: 0, user: 'a', verb: 'get', resource: 'pods' }));
    const reasons = async (text: string) => {
      const { unknown } = await ask(reader, { ask: 'who', object: object(text) });
      return unknown.map(({ reason }) => reason);
    };
    expect(await reasons('shop/web')).toContain('kind-not-known');
    expect(await reasons('shop/deploy/web')).not.toContain('kind-not-known');
  });
});
