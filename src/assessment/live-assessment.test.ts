import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apiObject } from '../evidence/snapshot-evidence.ts';
import type { Gap } from '../kubernetes/gaps.ts';
import type { JsonObject } from '../kubernetes/json.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { checks } from '../threats/generated/registry.ts';
import { assess } from './assess.ts';
import { LiveAssessment } from './live-assessment.ts';
import type { Report } from './report.ts';
import { spoken } from './test-spoken.ts';

const SEED = 20261123;
const NAMESPACES = ['shop', 'bank', 'kube-system'];
const NAMES = ['a', 'b', 'c'];
const VERBS: string[][] = [['get'], ['*']];

function stored(raw: JsonObject, uid: string, owner?: { kind: string; uid: string }): KubernetesObject {
  const [group = '', version] = String(raw['apiVersion']).includes('/')
    ? String(raw['apiVersion']).split('/')
    : ['', String(raw['apiVersion'])];
  const metadata = {
    ...(raw['metadata'] as JsonObject),
    uid,
    ...(owner === undefined
      ? {}
      : { ownerReferences: [{ apiVersion: 'apps/v1', name: 'x', controller: true, ...owner }] }),
  };
  const kind = String(raw['kind']);
  const list = {
    group,
    version: version ?? '',
    resource: `${kind.toLowerCase()}s`,
    kind,
    namespaced: metadata['namespace' as never] !== undefined,
  };
  return apiObject(list, { ...raw, metadata });
}

const pod = fc.record(
  {
    image: fc.constantFrom('nginx', 'nginx:1.27', 'r.example/app@sha256:abc'),
    privileged: fc.boolean(),
    labels: fc.constantFrom({ app: 'a' }, { app: 'b' }, { app: 'b', tier: 'web' }),
    account: fc.constantFrom('default', 'a', 'b'),
    hostNetwork: fc.boolean(),
    sidecar: fc.boolean(),
  },
  { requiredKeys: ['image', 'privileged', 'labels', 'account', 'hostNetwork', 'sidecar'] },
);

function podSpec({
  image,
  privileged,
  account,
  hostNetwork,
  sidecar,
}: {
  image: string;
  privileged: boolean;
  account: string;
  hostNetwork: boolean;
  sidecar: boolean;
}): JsonObject {
  return {
    serviceAccountName: account,
    ...(hostNetwork ? { hostNetwork } : {}),
    containers: [
      {
        name: 'main',
        image,
        ...(privileged ? { securityContext: { privileged } } : {}),
        env: [{ name: 'CONFIG', valueFrom: { configMapKeyRef: { name: 'a', key: 'k' } } }],
      },
      ...(sidecar
        ? [{ name: 'proxy', image: 'proxy:1', securityContext: { capabilities: { add: ['NET_ADMIN'] } } }]
        : []),
    ],
  };
}

type Step = (state: Map<string, KubernetesObject>) => void;

const place = fc.record({ namespace: fc.constantFrom(...NAMESPACES), name: fc.constantFrom(...NAMES) });

/** A change of one object: a workload, a pod of one, or one of the objects by which others are judged. */
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(place, pod).map(([at, of]) =>
      put('apps/v1', 'Deployment', at, {
        spec: {
          replicas: 2,
          selector: { matchLabels: of.labels },
          template: { metadata: { labels: of.labels }, spec: podSpec(of) },
        },
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(place, pod, fc.boolean()).map(
      ([at, of, mirrors]): Step =>
        (state) => {
          const owner = state.get(`Deployment/${at.namespace}/${at.name}`);
          const template = (owner?.spec['template'] as JsonObject | undefined)?.['spec'] as
            | JsonObject
            | undefined;
          const spec = mirrors && template !== undefined ? template : podSpec(of);
          const uid = owner === undefined ? 'nobody' : String(owner.metadata['uid']);
          put(
            'v1',
            'Pod',
            at,
            { metadata: { labels: of.labels }, spec: { ...spec, nodeName: 'n' } },
            { kind: 'Deployment', uid },
          )(state);
        },
    ),
  },
  fc
    .tuple(place, fc.constantFrom({}, { matchLabels: { app: 'a' } }, { matchLabels: { app: 'b' } }))
    .map(([at, podSelector]) =>
      put('networking.k8s.io/v1', 'NetworkPolicy', at, {
        spec: { podSelector, policyTypes: ['Ingress', 'Egress'] },
      }),
    ),
  fc
    .tuple(place, fc.constantFrom({ app: 'a' }, { tier: 'web' }))
    .map(([at, selector]) =>
      put('v1', 'Service', at, { spec: { selector, type: 'LoadBalancer', ports: [{ port: 80 }] } }),
    ),
  fc
    .tuple(place, fc.constantFrom({ app: 'a' }, { app: 'b' }))
    .map(([at, matchLabels]) =>
      put('policy/v1', 'PodDisruptionBudget', at, { spec: { minAvailable: 2, selector: { matchLabels } } }),
    ),
  fc
    .tuple(place, fc.boolean())
    .map(([at, automount]) => put('v1', 'ServiceAccount', at, { automountServiceAccountToken: automount })),
  fc.tuple(place, fc.constantFrom(...VERBS)).map(([at, verbs]) =>
    put('rbac.authorization.k8s.io/v1', 'Role', at, {
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs }],
    }),
  ),
  fc.tuple(place, fc.constantFrom(...NAMES), fc.constantFrom(...NAMES)).map(([at, role, account]) =>
    put('rbac.authorization.k8s.io/v1', 'RoleBinding', at, {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: at.namespace }],
    }),
  ),
  fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...VERBS))
    .map(([name, verbs]) =>
      put(
        'rbac.authorization.k8s.io/v1',
        'ClusterRole',
        { name },
        { rules: [{ apiGroups: ['*'], resources: ['*'], verbs }] },
      ),
    ),
  fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES), fc.constantFrom(...NAMESPACES))
    .map(([name, role, namespace]) =>
      put(
        'rbac.authorization.k8s.io/v1',
        'ClusterRoleBinding',
        { name },
        {
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
          subjects: [{ kind: 'ServiceAccount', name: 'a', namespace }],
        },
      ),
    ),
  fc.tuple(fc.constantFrom(...NAMESPACES), fc.boolean()).map(([name, enforced]) =>
    put(
      'v1',
      'Namespace',
      { name },
      {
        metadata: {
          labels: enforced ? { 'pod-security.kubernetes.io/enforce': 'restricted', owner: 'team' } : {},
        },
      },
    ),
  ),
  place.map((at) =>
    put('v1', 'LimitRange', at, {
      spec: { limits: [{ type: 'Container', default: { cpu: '1', memory: '1Gi' } }] },
    }),
  ),
  place.map((at) => put('v1', 'ResourceQuota', at, { spec: { hard: { pods: '10' } } })),
  fc
    .tuple(place, fc.constantFrom('k', 'password'))
    .map(([at, key]) => put('v1', 'ConfigMap', at, { data: { [key]: 'hunter2' } })),
  fc.tuple(place, fc.constantFrom('HorizontalPodAutoscaler')).map(([at]) =>
    put('autoscaling/v2', 'HorizontalPodAutoscaler', at, {
      spec: { scaleTargetRef: { kind: 'Deployment', name: at.name }, minReplicas: 1, maxReplicas: 3 },
    }),
  ),
  {
    weight: 6,
    arbitrary: fc.nat().map(
      (n): Step =>
        (state) =>
          void state.delete([...state.keys()].sort()[n % Math.max(1, state.size)] ?? ''),
    ),
  },
);

let uids = 0;

function put(
  apiVersion: string,
  kind: string,
  at: { namespace?: string; name: string },
  body: JsonObject,
  owner?: { kind: string; uid: string },
): Step {
  return (state) => {
    const key = `${kind}/${at.namespace ?? ''}/${at.name}`;
    const before = state.get(key);
    const uid = before === undefined ? `uid-${++uids}` : String(before.metadata['uid']);
    const metadata = { ...(body['metadata'] as JsonObject | undefined), ...at };
    state.set(key, stored({ ...body, apiVersion, kind, metadata }, uid, owner));
  };
}

const gaps: fc.Arbitrary<readonly Gap[]> = fc.subarray<Gap>([
  { group: 'networking.k8s.io', resource: 'networkpolicies', kind: 'NetworkPolicy', reason: 'forbidden' },
  { group: '', resource: 'namespaces', kind: 'Namespace', reason: 'forbidden' },
  { group: 'apps', resource: 'deployments', kind: 'Deployment', reason: 'incomplete' },
]);

/** As a fresh reading of the cluster has them. */
function inOrder(state: ReadonlyMap<string, KubernetesObject>): KubernetesObject[] {
  const key = ({ group, kind, namespace, name }: KubernetesObject) => [
    `${group}/${kind}`,
    `${namespace ?? ''}/${name}`,
  ];
  return [...state.values()].sort((a, b) => {
    const [left = '', right = ''] = [key(a)[0], key(b)[0]];
    if (left !== right) return left < right ? -1 : 1;
    return key(a)[1]! < key(b)[1]! ? -1 : 1;
  });
}

function fresh(state: ReadonlyMap<string, KubernetesObject>, hidden: readonly Gap[]): Report {
  const objects = inOrder(state);
  return assess(
    {
      objects,
      documents: objects.length,
      notKubernetes: [],
      unread: [],
      isComplete: true,
      lists: 1,
      gaps: hidden,
    },
    { checks },
  );
}

describe('an assessment that follows changes', () => {
  test(`equals a fresh one after every batch (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(step, { minLength: 1, maxLength: 12 }), fc.option(gaps, { freq: 8 })), {
          minLength: 1,
          maxLength: 12,
        }),
        (batches) => {
          const state = new Map<string, KubernetesObject>();
          const live = new LiveAssessment({ checks });
          let hidden: readonly Gap[] = [];
          const said = new Map<string, number>();
          for (const [steps, nextGaps] of batches) {
            const before = new Map(state);
            for (const each of steps) each(state);
            hidden = nextGaps ?? hidden;
            const set = [...state]
              .filter(([key, object]) => before.get(key) !== object)
              .map(([, object]) => object);
            const removed = [...before.values()]
              .filter((object) => !state.has(`${object.kind}/${object.namespace ?? ''}/${object.name}`))
              .map(({ group, kind, namespace = '', name }) => ({ group, kind, namespace, name }));
            for (const change of live.apply({ set, removed, gaps: hidden, lists: 1 })) {
              const key = `${change.kind} ${change.identity}`;
              said.set(key, (said.get(key) ?? 0) + (change.isNew ? 1 : -1));
            }
            const report = live.report();
            expect(spoken(report)).toEqual(spoken(fresh(state, hidden)));
            // What was said to be new and not withdrawn is what the report says.
            const standing = [...said.values()].reduce((sum, count) => sum + count, 0);
            expect(Math.min(0, ...said.values())).toBe(0);
            expect(standing).toBe(
              report.findings.length + report.notAssessed.filter(({ kind }) => kind === 'undecided').length,
            );
          }
        },
      ),
      { seed: SEED, numRuns: 40 },
    );
  });
});
