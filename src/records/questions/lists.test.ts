import { describe, expect, it } from 'vitest';
import { ApiResources } from '../../kubernetes/api-resources.ts';
import { ask } from './ask.ts';
import { parseObjectReference } from './object-reference.ts';
import { story } from './story.ts';
import { history } from './test-history.ts';
import { ArrayReader } from './test-reader.ts';

const resources = new ApiResources();
const object = (text: string) => parseObjectReference(text, resources)!;
const all = { resource: 'secrets', verb: 'list' };
const shown = { kind: 'SecretList', items: [{ metadata: { name: 'database' } }] };
const reader = new ArrayReader(
  history(
    { at: 0, user: 'maker', verb: 'create', resource: 'secrets', namespace: 'shop', name: 'database' },
    { at: 1, user: 'everywhere', ...all },
    { at: 2, user: 'inside', ...all, namespace: 'shop', response: shown },
    { at: 3, user: 'elsewhere', ...all, namespace: 'other' },
    { at: 4, user: 'refused', ...all, code: 403, decision: 'forbid' },
    { at: 5, user: 'unlucky', ...all, namespace: 'shop', response: { kind: 'SecretList', items: [] } },
    { at: 6, user: 'watcher', resource: 'secrets', verb: 'watch', namespace: 'shop' },
    { at: 7, user: 'pods', resource: 'pods', verb: 'list', namespace: 'shop' },
  ),
);

describe('who saw an object in a list', () => {
  it('is told where reads are asked for, as far as it is certain', async () => {
    const { told } = await ask(reader, { ask: 'who', object: object('shop/Secret/database'), reads: true });
    expect(told.map(({ entry, relation, certainty }) => [entry.user, relation, certainty])).toEqual([
      ['maker', 'direct', 'proven'],
      ['everywhere', 'list', 'possible'],
      ['inside', 'list', 'proven'],
      ['watcher', 'list', 'possible'],
    ]);
  });

  it('is not told where only deeds are asked for', async () => {
    const { told } = await ask(reader, { ask: 'who', object: object('shop/Secret/database') });
    expect(told.map(({ entry }) => entry.user)).toEqual(['maker']);
  });

  it('is told in the story of a Secret, and not of other things', async () => {
    const of = async (text: string) => {
      const { told } = await story(reader, { about: { object: object(text) } });
      return told.map(({ entry }) => entry.user);
    };
    expect(await of('shop/Secret/database')).toEqual(['maker', 'everywhere', 'inside', 'watcher']);
    expect(await of('shop/Pod/web')).toEqual([]);
  });
});

describe('what names an object', () => {
  it('is not a kind, a namespace and a name in that order', () => {
    expect(parseObjectReference('Secret/shop/database', resources)).toBeUndefined();
    expect(object('Pod/web/exec').subresource).toBe('exec');
    expect(object('shop/Secret/database').name).toBe('database');
  });
});
