import { describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { lines, object } from './test-granted.ts';
import { account, type Deed, history } from './test-history.ts';
import { ArrayReader } from './test-reader.ts';

const GC = account('kube-system', 'generic-garbage-collector');
const DEPLOYMENTS = account('kube-system', 'deployment-controller');
const REPLICA_SETS = account('kube-system', 'replicaset-controller');

const rs = {
  kind: 'ReplicaSet',
  apiVersion: 'apps/v1',
  metadata: {
    name: 'web-5d9f7c8b6d',
    uid: 'rs-1',
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd-1' }],
  },
};
const pod = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: {
    name: 'web-5d9f7c8b6d-x2k4z',
    uid: 'p-1',
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d9f7c8b6d', uid: 'rs-1' }],
  },
};

/** alice makes a Deployment, bob deletes it, and the controllers do the rest. */
const rollout: readonly Deed[] = [
  {
    at: 0,
    user: 'alice',
    verb: 'create',
    resource: 'apps/deployments',
    namespace: 'shop',
    name: 'web',
    code: 201,
  },
  {
    at: 1,
    user: DEPLOYMENTS,
    verb: 'create',
    resource: 'apps/replicasets',
    namespace: 'shop',
    name: 'web-5d9f7c8b6d',
    code: 201,
    request: rs,
    response: rs,
  },
  {
    at: 2,
    user: REPLICA_SETS,
    verb: 'create',
    resource: 'pods',
    namespace: 'shop',
    name: '',
    code: 201,
    request: {
      ...pod,
      metadata: { generateName: 'web-5d9f7c8b6d-', ownerReferences: pod.metadata.ownerReferences },
    },
    response: pod,
  },
  {
    at: 3,
    user: 'system:kube-scheduler',
    verb: 'create',
    resource: 'pods:binding',
    namespace: 'shop',
    name: 'web-5d9f7c8b6d-x2k4z',
    code: 201,
  },
  { at: 60, user: 'bob', verb: 'delete', resource: 'apps/deployments', namespace: 'shop', name: 'web' },
  {
    at: 61,
    user: GC,
    verb: 'delete',
    resource: 'apps/replicasets',
    namespace: 'shop',
    name: 'web-5d9f7c8b6d',
  },
  { at: 62, user: GC, verb: 'delete', resource: 'pods', namespace: 'shop', name: 'web-5d9f7c8b6d-x2k4z' },
  {
    at: 63,
    user: 'system:node:n1',
    groups: ['system:nodes'],
    verb: 'delete',
    resource: 'pods',
    namespace: 'shop',
    name: 'web-5d9f7c8b6d-x2k4z',
  },
];

describe('who did what to an object', () => {
  it('names who deleted it, and not who only looked', async () => {
    const reader = new ArrayReader(
      history(
        ...rollout,
        { at: 30, user: 'carol', verb: 'get', resource: 'apps/deployments', namespace: 'shop', name: 'web' },
        {
          at: 31,
          user: 'mallory',
          verb: 'delete',
          resource: 'apps/deployments',
          namespace: 'other',
          name: 'web',
        },
      ),
    );
    const answer = await ask(reader, { ask: 'who', object: object('shop/deploy/web') });
    expect(lines(answer)).toEqual(['alice create deployments/web', 'bob delete deployments/web']);
    const withReads = await ask(reader, { ask: 'who', object: object('shop/deploy/web'), reads: true });
    expect(lines(withReads)).toContain('carol get deployments/web');
  });

  it('follows what controllers did to whoever wanted it, by owner references', async () => {
    const answer = await ask(new ArrayReader(history(...rollout)), {
      ask: 'who',
      object: object('shop/po/web-5d9f7c8b6d-x2k4z'),
    });
    expect(lines(answer)).toEqual([
      `${REPLICA_SETS} create pods/web-5d9f7c8b6d-x2k4z`,
      'system:kube-scheduler create pods/web-5d9f7c8b6d-x2k4z',
      `${GC} delete pods/web-5d9f7c8b6d-x2k4z`,
      'system:node:n1 delete pods/web-5d9f7c8b6d-x2k4z',
    ]);
    const said = answer.links!.map(
      ({ kind, from, certainty }) => `${kind} ${from.user} ${from.verb} ${certainty}`,
    );
    expect(said).toContain(`garbage-collected ${GC} delete proven`);
    expect(said).toContain('garbage-collected bob delete proven');
    expect(said).toContain(`deletion-finished ${GC} delete proven`);
    expect(said).toContain(`owner-written ${DEPLOYMENTS} create proven`);
    expect(said).toContain('owner-written alice create proven');
  });

  it('says possible where only names fit', async () => {
    const bare = rollout.map(({ request: _, response: __, ...deed }) => deed);
    const answer = await ask(new ArrayReader(history(...bare)), {
      ask: 'who',
      object: object('shop/po/web-5d9f7c8b6d-x2k4z'),
    });
    const collected = answer.links!.filter(({ kind }) => kind === 'garbage-collected');
    expect(collected.length).toBeGreaterThan(0);
    for (const { certainty, evidence } of collected) {
      expect(certainty).toBe('possible');
      expect(evidence.map(({ id }) => id)).toEqual(['name-pattern']);
    }
    expect(collected.map(({ from }) => from.user)).toContain('bob');
  });

  it('tells deletions that do not name the object', async () => {
    const reader = new ArrayReader(
      history(
        {
          at: 0,
          user: 'alice',
          verb: 'create',
          resource: 'configmaps',
          namespace: 'shop',
          name: 'settings',
          code: 201,
        },
        {
          at: 5,
          user: 'bob',
          verb: 'deletecollection',
          resource: 'configmaps',
          namespace: 'shop',
          uri: '/api/v1/namespaces/shop/configmaps?fieldSelector=metadata.name%3Dother',
        },
        {
          at: 6,
          user: 'carol',
          verb: 'deletecollection',
          resource: 'configmaps',
          namespace: 'shop',
          uri: '/x?labelSelector=a%3Db',
        },
        { at: 7, user: 'dave', verb: 'delete', resource: 'namespaces', namespace: 'shop', name: 'shop' },
      ),
    );
    const answer = await ask(reader, { ask: 'who', object: object('shop/cm/settings') });
    expect(answer.told.map(({ entry, relation, certainty }) => [entry.user, relation, certainty])).toEqual([
      ['alice', 'direct', 'proven'],
      ['carol', 'collection', 'possible'],
      ['dave', 'namespace', 'possible'],
    ]);
  });

  it('reads in the answer to a deletion of a collection whether the object was in it', async () => {
    const items = (...names: string[]) => ({
      kind: 'ConfigMapList',
      apiVersion: 'v1',
      items: names.map((name) => ({ metadata: { name } })),
    });
    const deletion = (at: number, user: string, ...names: string[]): Deed => ({
      at,
      user,
      verb: 'deletecollection',
      resource: 'configmaps',
      namespace: 'shop',
      response: items(...names),
    });
    const reader = new ArrayReader(history(deletion(1, 'bob', 'other'), deletion(2, 'carol', 'settings')));
    const answer = await ask(reader, { ask: 'who', object: object('shop/cm/settings') });
    expect(answer.told.map(({ entry, certainty }) => [entry.user, certainty])).toEqual([['carol', 'proven']]);
  });

  it('tells two objects of one name apart', async () => {
    const of = (uid: string) => ({ kind: 'Secret', apiVersion: 'v1', metadata: { name: 'db', uid } });
    const reader = new ArrayReader(
      history(
        {
          at: 0,
          user: 'alice',
          verb: 'create',
          resource: 'secrets',
          namespace: 'shop',
          name: 'db',
          code: 201,
          response: of('u1'),
        },
        {
          at: 1,
          user: 'bob',
          verb: 'delete',
          resource: 'secrets',
          namespace: 'shop',
          name: 'db',
          response: { kind: 'Status', apiVersion: 'v1', details: { uid: 'u1' } },
        },
        {
          at: 2,
          user: 'mallory',
          verb: 'create',
          resource: 'secrets',
          namespace: 'shop',
          name: 'db',
          code: 201,
          response: of('u2'),
        },
      ),
    );
    const { lives } = await ask(reader, { ask: 'who', object: object('shop/secret/db') });
    expect(lives!.map(({ uid, entries }) => [uid, entries.length])).toEqual([
      ['u1', 2],
      ['u2', 1],
    ]);
    expect(lives![0]!.to).toBeLessThan(lives![1]!.from!);
  });

  it('keeps the stages of one request together, and requests that share an Audit-ID apart', async () => {
    const reader = new ArrayReader(
      history(
        {
          at: 0,
          user: 'alice',
          verb: 'delete',
          resource: 'pods',
          namespace: 'a',
          name: 'x',
          auditId: 'same',
          stages: ['RequestReceived', 'ResponseComplete'],
        },
        {
          at: 1,
          user: 'mallory',
          verb: 'delete',
          resource: 'pods',
          namespace: 'a',
          name: 'x',
          auditId: 'same',
          stages: ['RequestReceived', 'ResponseComplete'],
          code: 404,
        },
      ),
    );
    const answer = await ask(reader, { ask: 'who', object: object('a/pods/x') });
    expect(answer.told.map(({ entry }) => [entry.user, entry.outcome, entry.keys.length])).toEqual([
      ['alice', 'done', 2],
      ['mallory', 'failed', 2],
    ]);
  });

  it('does not say how a request ended whose end is not recorded', async () => {
    const reader = new ArrayReader(
      history({
        at: 0,
        user: 'alice',
        verb: 'delete',
        resource: 'pods',
        namespace: 'a',
        name: 'x',
        stages: ['RequestReceived'],
      }),
    );
    const { told } = await ask(reader, { ask: 'who', object: object('a/pods/x') });
    expect(told[0]!.entry.outcome).toBe('open');
    expect(told[0]!.unknown).toContainEqual({ question: 'what', reason: 'end-not-recorded' });
  });

  it('says whether nothing happened or nothing was recorded', async () => {
    const reader = new ArrayReader(
      history({ at: 0, user: 'alice', verb: 'delete', resource: 'pods', namespace: 'a', name: 'x' }),
    );
    const none = await ask(reader, { ask: 'who', object: object('a/pods/y') });
    expect(none.unknown).toEqual([{ question: 'what', reason: 'no-record-found' }]);
    const before = await ask(reader, { ask: 'who', object: object('a/pods/y'), to: 1000 });
    expect(before.unknown).toEqual([{ question: 'what', reason: 'no-audit-of-period' }]);
  });
});
