import type { RequestAttributes } from '../../src/engines/authorization/index.ts';
import type { Json, JsonObject } from '../../src/kubernetes/json.ts';
import type { Random } from './random.ts';

const NODES = ['n0', 'n1', 'n2'];
const NAMESPACES = ['a', 'b', 'kube-node-lease'];
const NAMES = ['x0', 'x1', 'x2', 'x3', 'x4', 'p0-v1'];
/** Of Secrets that only volumes name: nothing else leads to them. */
const VOLUME_SECRETS = ['s0', 's1', 's2'];
const CLAIMS = ['x0', 'x1', 'p0-v1'];
const KINDS = [
  'Pod',
  'Pod',
  'Pod',
  'PersistentVolume',
  'PersistentVolume',
  'PersistentVolume',
  'VolumeAttachment',
  'ResourceSlice',
  'PodCertificateRequest',
];

const GROUPS: Readonly<Record<string, string>> = {
  VolumeAttachment: 'storage.k8s.io/v1',
  ResourceSlice: 'resource.k8s.io/v1',
  PodCertificateRequest: 'certificates.k8s.io/v1',
};

/** Objects that lead to nodes, with so few names that much of it leads to the same. */
export class RandomNodes {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  world(count: number): JsonObject[] {
    return Array.from({ length: count }, () => this.#object());
  }

  #object(): JsonObject {
    const kind = this.#random.pick(KINDS);
    const metadata = { name: this.#random.pick(kind === 'Pod' ? ['p0', 'p1', 'p2', 'p3'] : NAMES) };
    const namespaced = { ...metadata, namespace: this.#random.pick(NAMESPACES) };
    switch (kind) {
      case 'Pod':
        return this.#pod(namespaced);
      case 'PersistentVolume':
        return { apiVersion: 'v1', kind, metadata, spec: this.#volume() };
      default: {
        const spec: JsonObject = { nodeName: this.#random.pick([...NODES, '']) };
        const hasNamespace = kind === 'PodCertificateRequest';
        return { apiVersion: GROUPS[kind]!, kind, metadata: hasNamespace ? namespaced : metadata, spec };
      }
    }
  }

  #pod(metadata: JsonObject): JsonObject {
    const isMirror = this.#random.chance(0.1);
    const template = { name: 'c1', resourceClaimTemplateName: 't' };
    const claims = [{ name: 'c0', resourceClaimName: this.#name() }, template, { name: 'c2' }];
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: isMirror ? { ...metadata, annotations: { 'kubernetes.io/config.mirror': '' } } : metadata,
      spec: {
        ...(this.#random.chance(0.8) ? { nodeName: this.#random.pick(NODES) } : {}),
        ...(this.#random.chance(0.8) ? { serviceAccountName: this.#name() } : {}),
        containers: this.#some(2, () => this.#container()),
        initContainers: this.#some(2, () => this.#container()),
        ephemeralContainers: this.#some(2, () => this.#container()),
        imagePullSecrets: this.#some(2, () => this.#reference()),
        volumes: this.#some(4, (index) => ({ name: `v${index}`, ...this.#volumeSource() })),
        resourceClaims: this.#some(3, () => this.#random.pick(claims)),
      },
      status: {
        resourceClaimStatuses: this.#random.pick([
          [],
          [{ name: 'c1', resourceClaimName: this.#name() }],
          [{ name: 'c1' }],
          [{ name: 'c2', resourceClaimName: this.#name() }],
        ]),
        ...(this.#random.chance(0.3)
          ? { extendedResourceClaimStatus: { resourceClaimName: this.#random.pick(['', ...NAMES]) } }
          : {}),
      },
    };
  }

  #container(): JsonObject {
    return {
      env: this.#some(2, () => ({
        name: 'e',
        ...(this.#random.chance(0.8)
          ? { valueFrom: { [this.#random.pick(['secretKeyRef', 'configMapKeyRef'])]: this.#reference() } }
          : {}),
      })),
      envFrom: this.#some(2, () => ({
        [this.#random.pick(['secretRef', 'configMapRef'])]: this.#reference(),
      })),
    };
  }

  /** Now and then of two sorts at once, of which upstream looks at one. */
  #volumeSource(): JsonObject {
    if (this.#random.chance(0.4)) return { persistentVolumeClaim: { claimName: this.#random.pick(CLAIMS) } };
    const reference = { secretRef: this.#reference() };
    const sources: JsonObject = {
      azureFile: { secretName: this.#name() },
      cephfs: reference,
      cinder: reference,
      flexVolume: reference,
      projected: {
        sources: this.#some(3, () => ({
          [this.#random.pick(['secret', 'configMap', 'serviceAccountToken'])]: this.#reference(),
        })),
      },
      rbd: reference,
      secret: { secretName: this.#name() },
      scaleIO: reference,
      iscsi: reference,
      storageos: reference,
      csi: { nodePublishSecretRef: this.#reference() },
      configMap: this.#reference(),
      persistentVolumeClaim: { claimName: this.#random.pick(CLAIMS) },
      ephemeral: {},
      emptyDir: {},
    };
    return this.#pickFields(sources);
  }

  #volume(): JsonObject {
    const reference = () => ({ secretRef: this.#placedReference() });
    const sources: JsonObject = {
      azureFile: {
        secretName: this.#random.pick(VOLUME_SECRETS),
        ...(this.#random.chance(0.5) ? { secretNamespace: this.#random.pick(['', ...NAMESPACES]) } : {}),
      },
      cephfs: reference(),
      cinder: reference(),
      flexVolume: reference(),
      rbd: reference(),
      scaleIO: reference(),
      iscsi: reference(),
      storageos: reference(),
      csi: Object.fromEntries(
        [
          'controllerPublishSecretRef',
          'controllerExpandSecretRef',
          'nodePublishSecretRef',
          'nodeStageSecretRef',
          'nodeExpandSecretRef',
        ].map((field) => [field, this.#placedReference()]),
      ),
      hostPath: { path: '/' },
    };
    const claimRef = { namespace: this.#random.pick(NAMESPACES), name: this.#random.pick(CLAIMS) };
    return { ...this.#pickFields(sources), ...(this.#random.chance(0.85) ? { claimRef } : {}) };
  }

  #pickFields(sources: JsonObject): JsonObject {
    const fields = this.#random.chance(0.1)
      ? [this.#field(sources), this.#field(sources)]
      : [this.#field(sources)];
    return Object.fromEntries(fields.map((field) => [field, sources[field]]));
  }

  #field(sources: JsonObject): string {
    return this.#random.pick(Object.keys(sources));
  }

  #reference(): JsonObject {
    return this.#random.chance(0.9) ? { name: this.#name() } : {};
  }

  #placedReference(): Json {
    if (this.#random.chance(0.1)) return null;
    const namespace = this.#random.pick(['', ...NAMESPACES]);
    const name = this.#random.chance(0.05) ? '' : this.#random.pick(VOLUME_SECRETS);
    return namespace === '' ? { name } : { name, namespace };
  }

  #name(): string {
    return this.#random.chance(0.05) ? '' : this.#random.pick(NAMES);
  }

  #some<T extends Json>(most: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.#random.below(most + 1) }, (_, index) => make(index));
  }

  request(): RequestAttributes {
    return this.#random.chance(0.2) ? this.#readSecret() : this.#any();
  }

  /** Of a Secret that can only be come to through a volume. */
  #readSecret(): RequestAttributes {
    const name = `system:node:${this.#random.pick(NODES)}`;
    return {
      ...this.#any(),
      ...{ user: { name, groups: ['system:nodes'] }, verb: 'get', isResourceRequest: true, subresource: '' },
      ...{ apiGroup: '', resource: 'secrets', name: this.#random.pick(VOLUME_SECRETS), path: '' },
    };
  }

  #any(): RequestAttributes {
    const random = this.#random;
    const node = random.pick([...NODES, ...NODES, 'n9', '']);
    const [resource, apiGroup] = random.pick(RESOURCES);
    const isResourceRequest = random.chance(0.98);
    const selector = random.pick([...NODES, node]);
    const operator = random.pick(['In', 'In', 'In', 'NotIn', 'Exists'] as const);
    const values = operator === 'Exists' ? [] : random.chance(0.9) ? [selector] : [selector, 'n1'];
    return {
      user: random.pick([
        { name: `system:node:${node}`, groups: ['system:nodes', 'system:authenticated'] },
        { name: `system:node:${node}`, groups: ['system:authenticated', 'system:nodes'] },
        { name: `system:node:${node}`, groups: ['system:nodes'] },
        {
          name: `system:node:${node}`,
          groups: random.pick([[], ['system:authenticated'], ['system:nodes']]),
        },
        { name: random.pick([node, `system:nodes:${node}`, 'jane']), groups: ['system:nodes'] },
      ]),
      verb: random.pick(VERBS),
      isResourceRequest,
      apiGroup: random.chance(0.95) ? apiGroup : random.pick(['', 'apps', 'storage.k8s.io']),
      apiVersion: 'v1',
      resource,
      subresource: random.pick(['', '', '', '', '', 'status', 'token', 'eviction', 'log', 'scale']),
      namespace: random.pick([...NAMESPACES, 'a', 'a', '']),
      name: random.pick([...NAMES, ...NAMES, ...VOLUME_SECRETS, 'p0', 'p1', 'p2', 'p3', node, '']),
      path: isResourceRequest ? '' : random.pick(['/healthz', '/api', '/metrics']),
      ...(random.chance(0.3)
        ? {
            fieldSelector: [
              { key: random.pick(['spec.nodeName', 'spec.nodeName', 'metadata.name']), operator, values },
            ],
          }
        : {}),
    };
  }
}

const VERBS = [
  'get',
  'get',
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  '*',
];

const RESOURCES: readonly (readonly [resource: string, apiGroup: string])[] = [
  ['secrets', ''],
  ['secrets', ''],
  ['secrets', ''],
  ['configmaps', ''],
  ['persistentvolumeclaims', ''],
  ['persistentvolumes', ''],
  ['resourceclaims', 'resource.k8s.io'],
  ['resourceslices', 'resource.k8s.io'],
  ['volumeattachments', 'storage.k8s.io'],
  ['csinodes', 'storage.k8s.io'],
  ['csidrivers', 'storage.k8s.io'],
  ['serviceaccounts', ''],
  ['leases', 'coordination.k8s.io'],
  ['leases.coordination.k8s.io', ''],
  ['Secrets', ''],
  ['nodes', ''],
  ['pods', ''],
  ['podcertificaterequests', 'certificates.k8s.io'],
  ['clustertrustbundles', 'certificates.k8s.io'],
  ['certificatesigningrequests', 'certificates.k8s.io'],
  ['services', ''],
  ['events', 'events.k8s.io'],
  ['subjectaccessreviews', 'authorization.k8s.io'],
  ['runtimeclasses', 'node.k8s.io'],
  ['deployments', 'apps'],
];
