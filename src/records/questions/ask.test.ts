import { describe, expect, it } from 'vitest';
import { ApiResources } from '../../kubernetes/api-resources.ts';
import { KubernetesObject } from '../../kubernetes/object.ts';
import { ask } from './ask.ts';
import { parseObjectReference } from './object-reference.ts';
import type { Answer } from './question.ts';
import { parseSubject } from './subject.ts';
import { account, type Deed, history, rbacReason, seen } from './test-history.ts';
import { ArrayReader } from './test-reader.ts';

const resources = new ApiResources();
const object = (text: string) => parseObjectReference(text, resources)!;

/** `alice delete deployments/web`, in the order of the answer. */
const lines = ({ told }: Pick<Answer, 'told'>) =>
  told.map(
    ({ entry }) => `${entry.user} ${entry.verb} ${entry.object?.resource ?? ''}/${entry.object?.name ?? ''}`,
  );

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

const binding = (name: string, role: string, subject: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name, uid: `uid-${name}` },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  subjects: [{ kind: 'User', name: subject }],
});
const killer = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'killer' },
  rules: [
    { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['delete'] },
  ],
};
const RBAC = 'rbac.authorization.k8s.io';
const byRoot = { user: 'root', groups: ['system:masters', 'system:authenticated'] };
const granted: readonly Deed[] = [
  {
    at: 0,
    ...byRoot,
    verb: 'create',
    resource: `${RBAC}/clusterroles`,
    name: 'killer',
    code: 201,
    response: killer,
  },
  {
    at: 1,
    ...byRoot,
    verb: 'create',
    resource: `${RBAC}/clusterrolebindings`,
    name: 'eve-admin',
    code: 201,
    response: binding('eve-admin', 'cluster-admin', 'eve'),
  },
  {
    at: 10,
    user: 'eve',
    verb: 'create',
    resource: `${RBAC}/clusterrolebindings`,
    name: 'bob-kills',
    code: 201,
    response: binding('bob-kills', 'killer', 'bob'),
    reason: rbacReason('ClusterRoleBinding "eve-admin"', 'ClusterRole "cluster-admin"', 'User "eve"'),
  },
  {
    at: 20,
    user: 'bob',
    verb: 'delete',
    resource: 'pods',
    namespace: 'a',
    name: 'x',
    reason: rbacReason('ClusterRoleBinding "bob-kills"', 'ClusterRole "killer"', 'User "bob"'),
  },
];

describe('why it was allowed', () => {
  const why = async (...deeds: readonly Deed[]) =>
    (await ask(new ArrayReader(history(...deeds)), { ask: 'why', about: { object: object('a/pods/x') } }))
      .grounds![0]!;

  it('joins the reason to the binding and role of that time, the rule, and who made them', async () => {
    const grounds = await why(...granted, {
      at: 30,
      user: 'eve',
      verb: 'delete',
      resource: `${RBAC}/clusterrolebindings`,
      name: 'bob-kills',
    });
    expect(grounds.binding).toMatchObject({ known: 'stood', writing: { user: 'eve', verb: 'create' } });
    expect(grounds.role).toMatchObject({ known: 'stood', writing: { user: 'root' } });
    expect(grounds.rule).toMatchObject({ path: 'rules[1]', verbs: ['delete'] });
    expect(grounds.before!.binding).toMatchObject({
      object: { name: 'eve-admin' },
      writing: { user: 'root' },
    });
    expect(grounds.before!.role).toMatchObject({ known: 'bootstrap', object: { name: 'cluster-admin' } });
    expect(grounds.before!.before!.said).toEqual({ by: 'masters' });
    expect(grounds.unknown).toEqual([]);
  });

  it('says that a binding is known by name only, and why', async () => {
    const [, , , deed] = granted;
    expect(await why(deed!)).toMatchObject({
      binding: { known: 'unknown', reason: 'before-first-record' },
      unknown: ['before-first-record'],
    });
    const bare = granted.map(({ response: _, ...rest }) => rest);
    expect(await why(...bare)).toMatchObject({
      binding: { known: 'unknown', reason: 'level-metadata-no-body', writing: { user: 'eve' } },
    });
  });

  it('does not take a later role for the one that stood then', async () => {
    const later = { ...killer, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] };
    const grounds = await why(...granted, {
      at: 25,
      ...byRoot,
      verb: 'update',
      resource: `${RBAC}/clusterroles`,
      name: 'killer',
      response: later,
    });
    expect(grounds.rule).toMatchObject({ path: 'rules[1]', verbs: ['delete'] });
  });

  it('says that a binding had been removed where the records show that', async () => {
    const grounds = await why(...granted, {
      at: 15,
      user: 'eve',
      verb: 'delete',
      resource: `${RBAC}/clusterrolebindings`,
      name: 'bob-kills',
    });
    expect(grounds.binding).toMatchObject({ known: 'deleted', writing: { verb: 'delete' } });
  });

  it('shows a snapshot as what it is: of another time, and of its cluster', async () => {
    const [, , , deed] = granted;
    const origin = {
      file: { path: 'x' },
      document: 0,
      start: 0,
      end: 0,
      line: 1,
      column: 1,
      format: 'yaml',
      within: '',
    } as const;
    const objects = [binding('bob-kills', 'killer', 'bob'), killer].map(
      (raw) => new KubernetesObject(raw, origin),
    );
    const of = async (cluster: string) =>
      (
        await ask(
          new ArrayReader(history(deed!)),
          { ask: 'why', about: { object: object('a/pods/x') } },
          { snapshot: { cluster, time: 7, objects } },
        )
      ).grounds![0]!;
    expect(await of('prod')).toMatchObject({
      binding: { known: 'snapshot', asOf: 7 },
      role: { known: 'snapshot' },
      rule: { path: 'rules[1]' },
    });
    expect(await of('test')).toMatchObject({ binding: { known: 'unknown' } });
  });

  it('names the roles whose rules an aggregated role takes over', async () => {
    const label = { 'example.com/aggregate': 'true' };
    const whole = { ...killer, aggregationRule: { clusterRoleSelectors: [{ matchLabels: label }] } };
    const part = (name: string, labels: Record<string, string>): Deed => ({
      at: 2,
      user: 'eve',
      verb: 'create',
      resource: `${RBAC}/clusterroles`,
      name,
      code: 201,
      response: { ...killer, metadata: { name, labels } },
    });
    const grounds = await why(...granted, part('part', label), part('other', {}), {
      at: 5,
      user: account('kube-system', 'clusterrole-aggregation-controller'),
      verb: 'patch',
      resource: `${RBAC}/clusterroles`,
      name: 'killer',
      response: whole,
    });
    expect(grounds.rule).toMatchObject({ path: 'rules[1]' });
    expect(grounds.aggregated).toMatchObject([{ object: { name: 'part' }, writing: { user: 'eve' } }]);
  });

  it('does not guess what a patch made of a binding', async () => {
    const [, , , deed] = granted;
    const patched: Deed = {
      at: 15,
      user: 'eve',
      verb: 'patch',
      resource: `${RBAC}/clusterrolebindings`,
      name: 'bob-kills',
      request: { subjects: [] },
    };
    expect(await why(patched, deed!)).toMatchObject({
      binding: { known: 'unknown', reason: 'changed-without-body', writing: { verb: 'patch' } },
    });
  });

  it('gives no ground where none is told', async () => {
    expect(
      await why({ at: 0, user: 'bob', verb: 'delete', resource: 'pods', namespace: 'a', name: 'x' }),
    ).toMatchObject({ said: { by: 'silent' }, unknown: ['no-reason-told'] });
    expect(
      await why({
        at: 0,
        user: 'bob',
        verb: 'delete',
        resource: 'pods',
        namespace: 'a',
        name: 'x',
        decision: '',
      }),
    ).toMatchObject({ said: undefined, unknown: ['no-annotation'] });
  });
});

describe('how it came to that', () => {
  it('leads from a binding back through a stolen token to an exec', async () => {
    const bot = account('shop', 'bot');
    const inPod = {
      user: bot,
      pod: 'bot-0',
      credential: 'JTI=t1',
      extra: { 'authentication.kubernetes.io/pod-uid': ['p-9'] },
    };
    const botPod = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'bot-0', uid: 'p-9' } };
    const reader = new ArrayReader([
      ...history(
        {
          at: 0,
          user: 'carol',
          verb: 'create',
          resource: 'pods',
          namespace: 'shop',
          name: 'bot-0',
          code: 201,
          response: botPod,
        },
        {
          at: 1,
          ...inPod,
          verb: 'list',
          resource: 'configmaps',
          namespace: 'shop',
          agent: 'bot/1.0',
          ips: ['10.1.0.9'],
        },
        {
          at: 100,
          user: 'mallory',
          verb: 'create',
          resource: 'pods:exec',
          namespace: 'shop',
          name: 'bot-0',
          code: 101,
          uri: '/api/v1/namespaces/shop/pods/bot-0/exec?command=sh&command=-c&command=id',
          ips: ['203.0.113.9'],
        },
        {
          at: 103,
          ...inPod,
          verb: 'create',
          resource: `${RBAC}/clusterrolebindings`,
          name: 'back-door',
          code: 201,
          agent: 'curl/8.5',
          ips: ['203.0.113.9'],
          response: binding('back-door', 'cluster-admin', 'mallory'),
        },
        {
          at: 110,
          user: 'mallory',
          verb: 'delete',
          resource: 'namespaces',
          namespace: 'prod',
          name: 'prod',
          reason: rbacReason(
            'ClusterRoleBinding "back-door"',
            'ClusterRole "cluster-admin"',
            'User "mallory"',
          ),
        },
      ),
      seen(100.1, {
        source: 'command',
        verb: 'execve',
        namespace: 'shop',
        pod: 'bot-0',
        message: 'sh -c id',
        node: 'n1',
      }),
    ]);
    const { chain } = await ask(reader, { ask: 'how', about: { object: object('ns/prod') } });
    expect(chain!.steps.map(({ user, verb }) => `${user} ${verb}`)).toEqual([
      'carol create',
      'mallory create',
      ' execve',
      `${bot} create`,
      'mallory delete',
    ]);
    const by = (kind: string) => chain!.links.filter((link) => link.kind === kind);
    expect(by('binding-written')).toMatchObject([{ certainty: 'proven', from: { user: bot } }]);
    const [entered] = by('pod-entered').filter(({ to }) => to === by('binding-written')[0]!.from.id);
    expect(entered).toMatchObject({ certainty: 'possible', from: { user: 'mallory' } });
    expect(entered!.evidence.map(({ id }) => id)).toEqual(['pod-name', 'new-address', 'new-agent']);
    expect(
      by('pod-created').some(({ certainty, from }) => certainty === 'proven' && from.user === 'carol'),
    ).toBe(true);
    expect(by('pod-entered').some(({ evidence }) => evidence.some(({ id }) => id === 'same-command'))).toBe(
      true,
    );
    expect(chain!.cut).toBe(false);
  });

  it('proves whose token it was by the id that was issued', async () => {
    const bot = account('shop', 'bot');
    const issue: Deed = {
      at: 0,
      user: 'mallory',
      verb: 'create',
      resource: 'serviceaccounts:token',
      namespace: 'shop',
      name: 'bot',
      code: 201,
      annotations: { 'authentication.kubernetes.io/issued-credential-id': 'JTI=7f-1' },
    };
    const other: Deed = {
      ...issue,
      at: 1,
      user: 'carol',
      annotations: { 'authentication.kubernetes.io/issued-credential-id': 'JTI=7f-12' },
    };
    const use: Deed = {
      at: 5,
      user: bot,
      verb: 'delete',
      resource: 'pods',
      namespace: 'a',
      name: 'x',
      credential: 'JTI=7f-1',
    };
    const { chain } = await ask(new ArrayReader(history(issue, other, use)), {
      ask: 'how',
      about: { object: object('a/pods/x') },
    });
    expect(chain!.links).toMatchObject([
      { kind: 'token-issued', certainty: 'proven', from: { user: 'mallory' } },
    ]);
  });

  it('takes nothing from another cluster for a cause', async () => {
    const [, , made, used] = granted;
    const { chain } = await ask(new ArrayReader(history({ ...made!, cluster: 'test' }, used!)), {
      ask: 'how',
      about: { object: object('a/pods/x') },
    });
    expect(chain!.links).toEqual([]);
  });

  it('ends where things lead to each other', async () => {
    const self = rbacReason('ClusterRoleBinding "loop"', 'ClusterRole "cluster-admin"', 'User "eve"');
    const write = (at: number): Deed => ({
      at,
      user: 'eve',
      verb: 'update',
      resource: `${RBAC}/clusterrolebindings`,
      name: 'loop',
      reason: self,
    });
    const { chain } = await ask(
      new ArrayReader(history(...Array.from({ length: 50 }, (_, at) => write(at)))),
      { ask: 'how', about: { object: object('clusterrolebinding/loop') } },
    );
    expect(chain!.steps.length).toBeLessThanOrEqual(50);
  });
});
