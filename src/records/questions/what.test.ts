import { describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { parseSubject } from './subject.ts';
import { lines, object } from './test-granted.ts';
import { account, history } from './test-history.ts';
import { ArrayReader } from './test-reader.ts';

describe('what a subject did', () => {
  it('tells deeds in the name of others, and refusals, but no looks', async () => {
    const reader = new ArrayReader(
      history(
        { at: 0, user: 'alice', verb: 'delete', resource: 'pods', namespace: 'a', name: 'x' },
        {
          at: 1,
          user: 'alice',
          impersonated: 'root',
          verb: 'create',
          resource: 'pods',
          namespace: 'a',
          name: 'y',
          code: 201,
        },
        {
          at: 2,
          user: 'bob',
          impersonated: 'alice',
          verb: 'patch',
          resource: 'pods',
          namespace: 'a',
          name: 'y',
        },
        { at: 3, user: 'alice', verb: 'get', resource: 'pods', namespace: 'a', name: 'y' },
        {
          at: 4,
          user: 'alice',
          verb: 'list',
          resource: 'secrets',
          namespace: 'kube-system',
          code: 403,
          decision: 'forbid',
        },
        { at: 5, user: 'alicea', verb: 'delete', resource: 'pods', namespace: 'a', name: 'z' },
      ),
    );
    const answer = await ask(reader, { ask: 'what', subject: parseSubject('alice')! });
    expect(lines(answer)).toEqual([
      'alice delete pods/x',
      'alice create pods/y',
      'bob patch pods/y',
      'alice list secrets/',
    ]);
    expect(answer.told[3]!.entry).toMatchObject({ outcome: 'refused', refusedBy: 'authorization' });
  });

  it('keeps clusters apart when it is asked for one', async () => {
    const reader = new ArrayReader(
      history(
        { at: 0, user: 'alice', verb: 'delete', resource: 'pods', namespace: 'a', name: 'x' },
        {
          at: 0,
          user: 'alice',
          verb: 'delete',
          resource: 'pods',
          namespace: 'a',
          name: 'other',
          cluster: 'test',
        },
      ),
    );
    const answer = await ask(reader, {
      ask: 'what',
      subject: parseSubject('user:alice')!,
      filters: { clusters: ['prod'] },
    });
    expect(lines(answer)).toEqual(['alice delete pods/x']);
  });

  it('finds groups, addresses, service accounts and pods', async () => {
    const bot = account('shop', 'bot');
    const reader = new ArrayReader(
      history(
        {
          at: 0,
          user: 'alice',
          groups: ['devs', 'system:authenticated'],
          ips: ['192.0.2.7', '10.9.9.9'],
          verb: 'delete',
          resource: 'pods',
          namespace: 'a',
          name: 'x',
        },
        { at: 1, user: bot, pod: 'bot-0', verb: 'delete', resource: 'pods', namespace: 'a', name: 'y' },
        {
          at: 2,
          user: account('other', 'bot'),
          pod: 'bot-0',
          verb: 'delete',
          resource: 'pods',
          namespace: 'a',
          name: 'z',
        },
      ),
    );
    const of = async (text: string) =>
      lines(await ask(reader, { ask: 'what', subject: parseSubject(text)! }));
    expect(await of('group:devs')).toEqual(['alice delete pods/x']);
    expect(await of('group:dev')).toEqual([]);
    expect(await of('ip:10.9.9.9')).toEqual(['alice delete pods/x']);
    expect(await of('ip:192.0.2.0/29')).toEqual(['alice delete pods/x']);
    expect(await of('ip:192.0.2.8/29')).toEqual([]);
    expect(await of('sa:shop/bot')).toEqual([`${bot} delete pods/y`]);
    expect(await of('pod:shop/bot-0')).toEqual([`${bot} delete pods/y`]);
  });
});

describe('from where', () => {
  it('tells an address that the user never came from before', async () => {
    const look = { user: 'alice', verb: 'get', resource: 'pods', namespace: 'a', name: 'x' };
    const reader = new ArrayReader(
      history(
        { at: 0, ...look, ips: ['10.0.0.5'] },
        { at: 1, ...look, ips: ['203.0.113.9'], code: 403, decision: 'forbid' },
        {
          at: 60,
          user: 'alice',
          verb: 'delete',
          resource: 'pods',
          namespace: 'a',
          name: 'x',
          ips: ['203.0.113.9'],
          agent: 'curl/8.5',
          credential: 'X509SHA256=ab',
        },
      ),
    );
    const answer = await ask(reader, {
      ask: 'where',
      about: { object: object('a/pods/x') },
      from: (await reader.facts()).last!,
    });
    expect(answer.origins).toMatchObject([
      { ip: '203.0.113.9', newAddress: true, newAgent: true, credentialKind: 'certificate', times: 1 },
    ]);
  });
});
