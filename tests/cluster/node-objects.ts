import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Random } from '../differential/random.ts';

/** The same few names as in tests/differential/random-nodes.ts, whose requests are about them. */
const NODES = ['n0', 'n1', 'n2'];
const NAMESPACES = ['a', 'b'];
const NAMES = ['x0', 'x1', 'x2', 'x3', 'x4'];

/** An object with the path that it is posted to. */
export interface Posted {
  readonly path: string;
  readonly object: JsonObject;
}

/** What has to be there before pods: nodes that nobody plays, and service accounts. */
export function nodeBasics(): Posted[] {
  return [
    ...NODES.map((name) => ({ path: '/api/v1/nodes', object: { metadata: { name } } })),
    ...NAMESPACES.flatMap((namespace) =>
      NAMES.map((name) => ({
        path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
        object: { metadata: { name } },
      })),
    ),
  ];
}

/** Objects that an API server takes, and that lead to nodes: pods that are bound to one, volumes, attachments, slices. */
export function nodeObjects(random: Random, pods: number): Posted[] {
  const name = (): string => random.pick(NAMES);
  const some = <T>(most: number, make: (index: number) => T): T[] =>
    Array.from({ length: random.below(most + 1) }, (_, index) => make(index));
  const secret = (): JsonObject => ({ name: name(), namespace: random.pick(NAMESPACES) });

  const volume = (): JsonObject =>
    random.pick<() => JsonObject>([
      () => ({ secret: { secretName: name() } }),
      () => ({ configMap: { name: name() } }),
      () => ({ persistentVolumeClaim: { claimName: name() } }),
      () => ({
        projected: { sources: some(3, () => ({ [random.pick(['secret', 'configMap'])]: { name: name() } })) },
      }),
      () => ({ csi: { driver: 'd', nodePublishSecretRef: { name: name() } } }),
      () => ({ azureFile: { secretName: name(), shareName: 's' } }),
      () => ({
        iscsi: { targetPortal: '10.0.0.1', iqn: 'iqn.2026-01.io.k:s', lun: 0, secretRef: { name: name() } },
      }),
    ])();
  const container = (title: string): JsonObject => ({
    name: title,
    image: 'i',
    env: some(2, (index) => ({
      name: `E${index}`,
      valueFrom: { [random.pick(['secretKeyRef', 'configMapKeyRef'])]: { name: name(), key: 'k' } },
    })),
    envFrom: some(2, () => ({ [random.pick(['secretRef', 'configMapRef'])]: { name: name() } })),
  });
  const pod = (index: number): JsonObject => ({
    metadata: { name: index < 4 ? `p${index}` : `q${index}` },
    spec: {
      ...(random.chance(0.85)
        ? { nodeName: random.pick(NODES) }
        : { schedulingGates: [{ name: 'test/held' }] }),
      serviceAccountName: name(),
      automountServiceAccountToken: random.chance(0.5),
      containers: [container('c')],
      initContainers: some(1, () => container('i')),
      imagePullSecrets: some(1, () => ({ name: name() })),
      volumes: some(3, (at) => ({ name: `v${at}`, ...volume() })),
      resourceClaims: some(1, () => ({ name: 'r', resourceClaimName: name() })),
    },
  });
  const mirror = (node: string): JsonObject => ({
    metadata: { name: `mirror-${node}`, annotations: { 'kubernetes.io/config.mirror': 'x' } },
    spec: { nodeName: node, containers: [{ name: 'c', image: 'i' }] },
  });
  const persistentVolume = (title: string): JsonObject => ({
    metadata: { name: title },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      claimRef: { namespace: random.pick(NAMESPACES), name: name() },
      ...(random.chance(0.5)
        ? {
            csi: {
              driver: 'd',
              volumeHandle: title,
              nodeStageSecretRef: secret(),
              nodePublishSecretRef: secret(),
            },
          }
        : { azureFile: { secretName: name(), secretNamespace: random.pick(NAMESPACES), shareName: 's' } }),
    },
  });
  const slice = (title: string): JsonObject => ({
    metadata: { name: title },
    spec: {
      driver: 'd.io',
      nodeName: random.pick(NODES),
      pool: { name: title, generation: 1, resourceSliceCount: 1 },
      devices: [{ name: 'd0' }],
    },
  });
  return [
    ...NAMES.flatMap((title) => [
      { path: '/api/v1/persistentvolumes', object: persistentVolume(title) },
      { path: '/apis/resource.k8s.io/v1/resourceslices', object: slice(title) },
      {
        path: '/apis/storage.k8s.io/v1/volumeattachments',
        object: {
          metadata: { name: title },
          spec: { attacher: 'd', nodeName: random.pick(NODES), source: { persistentVolumeName: name() } },
        },
      },
    ]),
    ...NODES.map((node) => ({ path: `/api/v1/namespaces/a/pods`, object: mirror(node) })),
    ...Array.from({ length: pods }, (_, index) => ({
      path: `/api/v1/namespaces/${random.pick(NAMESPACES)}/pods`,
      object: pod(index),
    })),
  ];
}
