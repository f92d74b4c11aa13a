import { defaultObject } from '../../kubernetes/default-object.ts';
import { asArray, asObject, asString, type Json, type JsonObject } from '../../kubernetes/json.ts';

/** An object as validating admission sees it, and the fields that only the API server knows. */
export interface Admitted {
  readonly object: JsonObject;
  readonly unknownFields: readonly (readonly string[])[];
}

const SYSTEM_FIELDS = ['uid', 'creationTimestamp', 'managedFields', 'generation', 'resourceVersion'];

/** Fields that registries and the admission plugins that are on by default fill in, by kind. */
const FILLED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Service: [
    'clusterIP',
    'clusterIPs',
    'ipFamilies',
    'ipFamilyPolicy',
    'healthCheckNodePort',
    'ports.*.nodePort',
    'allocateLoadBalancerNodePorts',
  ].map((path) => ['spec', ...path.split('.')]),
  PersistentVolumeClaim: [['spec', 'storageClassName']],
  Ingress: [['spec', 'ingressClassName']],
  Job: [
    ['spec', 'selector'],
    ...[
      'controller-uid',
      'job-name',
      'batch.kubernetes.io/controller-uid',
      'batch.kubernetes.io/job-name',
    ].map((label) => ['spec', 'template', 'metadata', 'labels', label]),
  ],
  CertificateSigningRequest: ['username', 'uid', 'groups', 'extra'].map((name) => ['spec', name]),
};

/**
 * What becomes of a manifest before policies see it: defaults, and what the admission plugins that every API server runs
 * (ServiceAccount, DefaultTolerationSeconds, Priority) add to pods. Webhooks and other policies may change more.
 */
export function admitted(
  raw: JsonObject,
  namespace: string,
  serviceAccount: JsonObject | undefined,
): Admitted {
  const defaulted = defaultObject(raw);
  const metadata = asObject(defaulted['metadata']) ?? {};
  const named: JsonObject = { ...metadata, ...(namespace === '' ? {} : { namespace }) };
  const object = fillKind({ ...defaulted, metadata: named }, serviceAccount);
  const filled = [
    ...SYSTEM_FIELDS.map((name) => ['metadata', name]),
    ['metadata', 'name'],
    ['status'],
    ...(FILLED[String(raw['kind'])] ?? []),
  ];
  // An object that an API server stored already shows what was filled in.
  const unknown: (readonly string[])[] = filled.filter((path) => !isStated(raw, path));
  const spec = asObject(object['spec']) ?? {};
  if (raw['kind'] === 'Pod' && asString(spec['priorityClassName']))
    unknown.push(['spec', 'priority'], ['spec', 'preemptionPolicy']);
  if (raw['kind'] === 'Pod' && asString(spec['runtimeClassName'])) unknown.push(['spec', 'overhead']);
  return { object, unknownFields: unknown };
}

function isStated(json: Json | undefined, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return json !== undefined && json !== null;
  if (name === '*') return false;
  return isStated(asObject(json)?.[name], rest);
}

function fillKind(object: JsonObject, serviceAccount: JsonObject | undefined): JsonObject {
  const spec = asObject(object['spec']) ?? {};
  switch (object['kind']) {
    case 'Pod':
      return { ...object, spec: fillPod(spec, serviceAccount) };
    case 'Namespace':
      return { ...object, spec: { ...spec, finalizers: asArray(spec['finalizers']) ?? ['kubernetes'] } };
    case 'PersistentVolumeClaim':
      return withFinalizer(object, 'kubernetes.io/pvc-protection');
    case 'PersistentVolume':
      return withFinalizer(object, 'kubernetes.io/pv-protection');
    default:
      return object;
  }
}

function withFinalizer(object: JsonObject, finalizer: string): JsonObject {
  const metadata = asObject(object['metadata']) ?? {};
  const finalizers = asArray(metadata['finalizers']) ?? [];
  if (finalizers.includes(finalizer)) return object;
  return { ...object, metadata: { ...metadata, finalizers: [...finalizers, finalizer] } };
}

function fillPod(spec: JsonObject, serviceAccount: JsonObject | undefined): JsonObject {
  const name = asString(spec['serviceAccountName']) || 'default';
  const hasPriority = Boolean(asString(spec['priorityClassName']));
  const filled: JsonObject = {
    ...spec,
    serviceAccountName: name,
    serviceAccount: name,
    tolerations: tolerations(asArray(spec['tolerations']) ?? []),
    ...(hasPriority
      ? {}
      : { priority: 0, preemptionPolicy: spec['preemptionPolicy'] ?? 'PreemptLowerPriority' }),
  };
  const mounts =
    spec['automountServiceAccountToken'] ?? serviceAccount?.['automountServiceAccountToken'] ?? true;
  return mounts === true ? withToken(filled) : filled;
}

const OUTAGES = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** Plugin DefaultTolerationSeconds. */
function tolerations(stated: readonly Json[]): Json[] {
  const covers = (key: string) => (toleration: Json) => {
    const { key: own, effect, operator } = asObject(toleration) ?? {};
    const isKey = own === key || (!asString(own) && operator === 'Exists');
    return isKey && (!asString(effect) || effect === 'NoExecute');
  };
  const missing = OUTAGES.filter((key) => !stated.some(covers(key)));
  const added = missing.map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  }));
  return [...stated, ...added];
}

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The API server makes up the end of the name. */
const TOKEN_VOLUME = 'kube-api-access-xxxxx';

/** Plugin ServiceAccount: the token of every pod, unless it mounts one itself. */
function withToken(spec: JsonObject): JsonObject {
  let isUsed = false;
  const mounted = (containers: Json | undefined): Json[] | undefined =>
    asArray(containers)?.map((item) => {
      const container = asObject(item) ?? {};
      const mounts = asArray(container['volumeMounts']) ?? [];
      if (mounts.some((mount) => asObject(mount)?.['mountPath'] === TOKEN_PATH)) return container;
      isUsed = true;
      const mount = { name: TOKEN_VOLUME, readOnly: true, mountPath: TOKEN_PATH };
      return { ...container, volumeMounts: [...mounts, mount] };
    });
  const containers = mounted(spec['containers']) ?? [];
  const initContainers = mounted(spec['initContainers']);
  if (!isUsed) return spec;
  return {
    ...spec,
    containers,
    ...(initContainers === undefined ? {} : { initContainers }),
    volumes: [...(asArray(spec['volumes']) ?? []), { name: TOKEN_VOLUME, projected: TOKEN_SOURCES }],
  };
}

const TOKEN_SOURCES: JsonObject = {
  defaultMode: 420,
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  ],
};
