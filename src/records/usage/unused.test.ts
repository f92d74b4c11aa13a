import { describe, expect, test } from 'vitest';
import { rawEvent } from '../../evidence/audit-log/test-events.ts';
import { Cluster } from '../../kubernetes/cluster.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { KubernetesObject } from '../../kubernetes/object.ts';
import { ArrayReader } from '../questions/test-reader.ts';
import { API_ORIGIN, recordOf } from './test-usage.ts';
import { unusedIn } from './unused.ts';

const day = (n: number, hour = 12) => new Date(Date.UTC(2026, 10, n, hour)).toISOString();
const micros = (n: number, hour = 12) => Date.parse(day(n, hour)) * 1000;
const MONTH = { from: micros(1), to: micros(20) };
const OLD = '2026-01-01T00:00:00Z';

let ids = 0;
function event(
  on: number,
  user: string,
  changes: JsonObject = {},
  groups: string[] = ['system:authenticated'],
) {
  return rawEvent({
    auditID: `u${ids++}`,
    user: { username: user, groups },
    requestReceivedTimestamp: day(on),
    stageTimestamp: day(on),
    ...changes,
  });
}

const because = (binding: string, subject: string): JsonObject => ({
  annotations: {
    'authorization.k8s.io/decision': 'allow',
    'authorization.k8s.io/reason': `RBAC: allowed by ${binding} of ClusterRole "view" to ${subject}`,
  },
});

/** Somebody asks on the first and the last day, so that records are held of the whole time. */
const ALWAYS = [
  event(1, 'system:serviceaccount:kube-system:always', because('ClusterRoleBinding "always"', 'Group "all"')),
  event(
    20,
    'system:serviceaccount:kube-system:always',
    because('ClusterRoleBinding "always"', 'Group "all"'),
  ),
];

const account = (name: string, creationTimestamp = OLD): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { namespace: 'shop', name, creationTimestamp },
});

const binding = (kind: string, name: string, namespace?: string, creationTimestamp = OLD): JsonObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }), creationTimestamp },
  roleRef: { kind: 'ClusterRole', name: 'view' },
  subjects: [{ kind: 'User', name: 'jane' }],
});

const clusterOf = (...objects: JsonObject[]) =>
  new Cluster(
    objects.map((raw) => new KubernetesObject(raw, API_ORIGIN, [])),
    { isComplete: true },
  );

const find = async (
  cluster: Cluster,
  events: readonly JsonObject[],
  options?: Parameters<typeof unusedIn>[3],
) => unusedIn(new ArrayReader(events.map((each) => recordOf(each))), cluster, MONTH, options);

describe('service accounts', () => {
  const cluster = clusterOf(account('busy'), account('idle'), account('young', day(10)), account('refused'));
  const watch = { verb: 'watch', auditID: 'w1' };
  const events = [
    ...ALWAYS,
    event(5, 'system:serviceaccount:shop:busy', { ...watch, stage: 'ResponseStarted' }),
    event(6, 'system:serviceaccount:shop:busy', watch),
    event(7, 'system:serviceaccount:shop:busy'),
    event(8, 'system:serviceaccount:shop:refused', {
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    }),
    // Of the same name elsewhere, and one who is nobody's account.
    event(9, 'system:serviceaccount:bank:idle'),
    event(9, 'idle'),
  ];

  test('are unused only where records are held of the whole time', async () => {
    const { accounts, sight } = await find(cluster, events);
    expect(sight.doubts).toEqual([]);
    expect(accounts.map(({ name, verdict, requests, doubts }) => [name, verdict, requests, doubts])).toEqual([
      ['busy', 'used', 2, []],
      ['idle', 'unused', 0, []],
      ['young', 'not-known', 0, ['younger-than-asked']],
      ['refused', 'used', 1, []],
    ]);
    expect(accounts[0]).toMatchObject({ first: micros(5), last: micros(7) });
    expect(accounts[1]).toMatchObject({ first: undefined, last: undefined });
  });

  test.each([
    ['the beginning is missing', events.slice(1), {}, ['shorter-than-asked']],
    ['the end is missing', events.filter((each) => each !== ALWAYS[1]), {}, ['shorter-than-asked']],
    ['a gap is known', events, { gaps: [{ from: micros(3), to: micros(3, 13) }] }, ['gaps']],
    [
      'no reads are recorded',
      events.map((each) => ({ ...each, verb: 'update' })),
      {},
      ['reads-not-recorded'],
    ],
    ['nothing is held', [], {}, ['no-audit-events', 'reads-not-recorded']],
  ])('are not known to be unused where %s', async (_, held, options, doubts) => {
    const { accounts } = await find(cluster, held, options);
    expect(accounts.find(({ name }) => name === 'idle')).toMatchObject({ verdict: 'not-known', doubts });
  });

  test('are not known to be unused where a part of the store is damaged, if it is of that time', async () => {
    const damaged = async (from: number, to: number) => {
      const damage = [{ part: 'p', reason: 'sha256', events: 1, from, to }];
      const { accounts } = await unusedIn(
        new ArrayReader(
          events.map((each) => recordOf(each)),
          damage,
        ),
        cluster,
        MONTH,
      );
      return accounts.find(({ name }) => name === 'idle')?.doubts;
    };
    expect(await damaged(micros(2), micros(3))).toEqual(['damage']);
    expect(await damaged(micros(21), micros(22))).toEqual([]);
  });
});

describe('bindings', () => {
  const cluster = clusterOf(
    binding('ClusterRoleBinding', 'always'),
    binding('ClusterRoleBinding', 'readers'),
    binding('RoleBinding', 'readers', 'shop'),
    binding('RoleBinding', 'readers', 'bank'),
    binding('RoleBinding', 'new', 'bank', day(19)),
  );
  const events = [...ALWAYS, event(5, 'jane', because('RoleBinding "readers/shop"', 'User "jane"'))];

  test('are used where a reason names them, each in its namespace', async () => {
    const { bindings } = await find(cluster, events);
    expect(
      bindings.map(({ kind, namespace, name, verdict, requests }) => [
        kind,
        namespace,
        name,
        verdict,
        requests,
      ]),
    ).toEqual([
      ['RoleBinding', 'shop', 'readers', 'used', 1],
      ['RoleBinding', 'bank', 'readers', 'unused', 0],
      ['RoleBinding', 'bank', 'new', 'not-known', 0],
      ['ClusterRoleBinding', undefined, 'always', 'used', 2],
      ['ClusterRoleBinding', undefined, 'readers', 'unused', 0],
    ]);
  });

  test('are not known to be unused where requests do not tell why they were allowed', async () => {
    const silent = event(6, 'jane', { annotations: { 'authorization.k8s.io/decision': 'allow' } });
    const doubts = async (more: JsonObject[]) =>
      (await find(cluster, [...events, ...more])).bindings[1]?.doubts;
    expect(await doubts([silent])).toEqual(['reasons-missing']);
    // Of these no authorizer, or the Node authorizer, was asked.
    const masters = { ...silent, user: { username: 'admin', groups: ['system:masters'] } };
    const kubelet = { ...silent, user: { username: 'system:node:n1', groups: ['system:nodes'] } };
    expect(await doubts([masters, kubelet])).toEqual([]);
  });

  test('are not known to be unused where no reason is told at all', async () => {
    const plain = events.map((each) => ({ ...each, annotations: {} }));
    const { bindings } = await find(cluster, plain);
    expect(bindings.map(({ verdict }) => verdict)).toEqual(Array(5).fill('not-known'));
  });
});

describe('legacy tokens, by the labels of the API server', () => {
  const token = (name: string, labels: JsonObject, creationTimestamp = OLD): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: {
      namespace: 'shop',
      name,
      labels,
      creationTimestamp,
      annotations: { 'kubernetes.io/service-account.name': 'web' },
    },
  });
  const tracking = (since: string): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'kube-system', name: 'kube-apiserver-legacy-service-account-token-tracking' },
    data: { since },
  });
  const tokens = [
    token('of-late', { 'kubernetes.io/legacy-token-last-used': '2026-11-05' }),
    token('on-the-first-day', { 'kubernetes.io/legacy-token-last-used': '2026-11-01' }),
    token('before', {
      'kubernetes.io/legacy-token-last-used': '2026-10-31',
      'kubernetes.io/legacy-token-invalid-since': '2026-11-02',
    }),
    token('never', {}),
    token('new', {}, day(3)),
    { ...token('other', {}), type: 'Opaque' },
  ];
  const verdicts = async (since: string[]) => {
    const { legacyTokens } = await find(clusterOf(...tokens, ...since.map(tracking)), ALWAYS);
    return Object.fromEntries(legacyTokens.map(({ name, verdict }) => [name, verdict]));
  };

  test('where it notes their use', async () => {
    expect(await verdicts(['2026-01-01'])).toEqual({
      'of-late': 'used',
      'on-the-first-day': 'used',
      before: 'unused',
      never: 'unused',
      new: 'not-known',
    });
    const { legacyTokens } = await find(clusterOf(...tokens, tracking('2026-01-01')), ALWAYS);
    expect(legacyTokens[2]).toMatchObject({
      account: 'web',
      invalidSince: '2026-11-02',
      last: Date.parse('2026-10-31') * 1000,
    });
  });

  test.each([[[]], [['2026-11-03']], [['soon']]])(
    'where it does not, or not that long: %j',
    async (since) => {
      expect(await verdicts(since)).toMatchObject({
        'of-late': 'used',
        before: 'not-known',
        never: 'not-known',
      });
    },
  );
});

test('credentials of people that were last seen before', async () => {
  const credential = (on: number, id: string, user = 'jane') =>
    event(on, user, {
      user: { username: user, groups: [], extra: { 'authentication.kubernetes.io/credential-id': [id] } },
    });
  const events = [
    ...ALWAYS,
    { ...credential(1, 'X509SHA256=aa'), requestReceivedTimestamp: '2026-10-01T00:00:00Z' },
    { ...credential(1, 'X509SHA256=bb'), requestReceivedTimestamp: '2026-10-02T00:00:00Z' },
    credential(5, 'X509SHA256=bb'),
    // Tokens of pods are renewed each hour.
    {
      ...credential(1, 'JTI=1', 'system:serviceaccount:shop:web'),
      requestReceivedTimestamp: '2026-10-01T00:00:00Z',
    },
  ];
  const { credentials } = await find(clusterOf(), events);
  expect(credentials).toEqual([
    {
      credential: 'X509SHA256=aa',
      user: 'jane',
      first: Date.parse('2026-10-01T00:00:00Z') * 1000,
      last: Date.parse('2026-10-01T00:00:00Z') * 1000,
    },
  ]);
});
