import { describe, expect, test } from 'vitest';
import { apiObject } from '../evidence/snapshot-evidence.ts';
import type { JsonObject } from './json.ts';
import type { KubernetesObject } from './object.ts';
import { ownedPods } from './owned-pods.ts';
import { Workload } from './workload.ts';

const LISTS = {
  Pod: ['', 'v1', 'pods'],
  ReplicaSet: ['apps', 'v1', 'replicasets'],
  Deployment: ['apps', 'v1', 'deployments'],
  StatefulSet: ['apps', 'v1', 'statefulsets'],
} as const;

interface Made {
  readonly uid?: string;
  readonly owner?: string;
  readonly ownerKind?: string;
  readonly controller?: boolean;
  readonly replicas?: number;
  readonly namespace?: string;
}

function made(kind: keyof typeof LISTS, name: string, pod: JsonObject, more: Made = {}): KubernetesObject {
  const [group, version, resource] = LISTS[kind];
  const {
    uid = name,
    owner,
    ownerKind = 'ReplicaSet',
    controller = true,
    replicas = 1,
    namespace = 'shop',
  } = more;
  const ownerReferences =
    owner === undefined ? [] : [{ kind: ownerKind, name: owner, uid: owner, controller }];
  const metadata = { name, namespace, uid, ownerReferences };
  const spec = kind === 'Pod' ? pod : { replicas, template: { spec: pod } };
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return apiObject(
    { group, version, resource, kind, namespaced: true },
    { apiVersion, kind, metadata, spec },
  );
}

/** What a ReplicaSet's pod looks like in a cluster: defaulted like its template, and filled in by admission and the scheduler. */
function running(pod: JsonObject): JsonObject {
  const containers = (pod['containers'] as JsonObject[]).map((container) => ({
    ...container,
    volumeMounts: [
      ...((container['volumeMounts'] as JsonObject[] | undefined) ?? []),
      {
        name: 'kube-api-access-x7',
        mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
        readOnly: true,
      },
    ],
  }));
  return {
    ...pod,
    containers,
    volumes: [
      ...((pod['volumes'] as JsonObject[] | undefined) ?? []),
      { name: 'kube-api-access-x7', projected: { sources: [] } },
    ],
    nodeName: 'node-1',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }],
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    enableServiceLinks: true,
  };
}

const POD: JsonObject = { restartPolicy: 'Always', containers: [{ name: 'web', image: 'nginx:1.27' }] };
const INJECTED: JsonObject = {
  ...POD,
  containers: [...(POD['containers'] as JsonObject[]), { name: 'proxy', image: 'proxy:1' }],
};

function judged(...objects: KubernetesObject[]): string[] {
  return ownedPods(objects.flatMap((object) => Workload.of(object)))
    .subjects.map(({ kind, name }) => `${kind}/${name}`)
    .sort();
}

const deployment = made('Deployment', 'web', POD, { replicas: 3 });
const replicaSet = made('ReplicaSet', 'web-1', POD, { owner: 'web', ownerKind: 'Deployment', replicas: 3 });
const pods = ['a', 'b', 'c'].map((name) => made('Pod', `web-1-${name}`, running(POD), { owner: 'web-1' }));

describe('a Deployment', () => {
  test('stands for its ReplicaSet and pods', () => {
    expect(judged(deployment, replicaSet, ...pods)).toEqual(['Deployment/web']);
  });

  test('does not stand for pods that differ, of which one of a kind is judged, the first by name', () => {
    const injected = ['e', 'd'].map((name) =>
      made('Pod', `web-1-${name}`, running(INJECTED), { owner: 'web-1' }),
    );
    const { subjects, owners } = ownedPods(
      [deployment, replicaSet, ...pods, ...injected].flatMap((object) => Workload.of(object)),
    );
    expect(subjects.map(({ name }) => name)).toEqual(['web', 'web-1-d']);
    expect(owners.get(injected[1]!)?.name).toBe('web');
  });

  test.each([
    ['another image', { ...POD, containers: [{ name: 'web', image: 'nginx:1.28' }] }],
    ['a debug container', { ...POD, ephemeralContainers: [{ name: 'debug', image: 'busybox' }] }],
    ['the host network', { ...POD, hostNetwork: true }],
    ['a host path', { ...POD, volumes: [{ name: 'host', hostPath: { path: '/' } }] }],
    ['a security context', { ...POD, securityContext: { runAsUser: 0 } }],
    ['a container less', { ...POD, containers: [] }],
    [
      'more rights',
      { ...POD, containers: [{ name: 'web', image: 'nginx:1.27', securityContext: { privileged: true } }] },
    ],
  ])('does not stand for a pod with %s', (_, pod) => {
    const other = made('Pod', 'web-1-z', running(pod), { owner: 'web-1' });
    expect(judged(deployment, replicaSet, other)).toContain('Pod/web-1-z');
  });

  test('does not stand for a pod under another service account', () => {
    const other = made(
      'Pod',
      'web-1-z',
      { ...running(POD), serviceAccountName: 'admin' },
      { owner: 'web-1' },
    );
    expect(judged(deployment, replicaSet, other)).toContain('Pod/web-1-z');
  });

  test('lets an earlier revision that still runs be judged, and stand for its own pods', () => {
    const old = made('ReplicaSet', 'web-0', INJECTED, { owner: 'web', ownerKind: 'Deployment' });
    const itsPod = made('Pod', 'web-0-a', running(INJECTED), { owner: 'web-0' });
    expect(judged(deployment, replicaSet, ...pods, old, itsPod)).toEqual([
      'Deployment/web',
      'ReplicaSet/web-0',
    ]);
  });

  test('hides earlier revisions that run nothing', () => {
    const old = made('ReplicaSet', 'web-0', INJECTED, { owner: 'web', ownerKind: 'Deployment', replicas: 0 });
    expect(judged(deployment, replicaSet, old)).toEqual(['Deployment/web']);
  });
});

test('pods whose owner is not seen are judged once for each shape and namespace', () => {
  const own = { owner: 'gone', ownerKind: 'Workflow' };
  expect(
    judged(
      made('Pod', 'a', running(POD), own),
      made('Pod', 'b', running(POD), own),
      made('Pod', 'c', running(INJECTED), own),
      made('Pod', 'd', running(POD), { ...own, namespace: 'bank', uid: 'other' }),
    ),
  ).toEqual(['Pod/a', 'Pod/c', 'Pod/d']);
});

test('mirror pods, pods of nobody and pods that another object merely refers to are judged each', () => {
  expect(
    judged(
      made('Pod', 'kube-apiserver-1', POD, { owner: 'node-1', ownerKind: 'Node' }),
      made('Pod', 'kube-apiserver-2', POD, { owner: 'node-2', ownerKind: 'Node' }),
      made('Pod', 'alone', POD),
      made('Pod', 'loose', POD, { owner: 'web', controller: false }),
      deployment,
    ),
  ).toEqual(['Deployment/web', 'Pod/alone', 'Pod/kube-apiserver-1', 'Pod/kube-apiserver-2', 'Pod/loose']);
});

test('a StatefulSet stands for pods that got the volumes of their claims', () => {
  const set = made('StatefulSet', 'db', POD);
  const pod = running(POD);
  const volumes = [
    ...(pod['volumes'] as JsonObject[]),
    { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } },
  ];
  const own = { owner: 'db', ownerKind: 'StatefulSet' };
  expect(judged(set, made('Pod', 'db-0', { ...pod, volumes, hostname: 'db-0' }, own))).toEqual([
    'StatefulSet/db',
  ]);
});
