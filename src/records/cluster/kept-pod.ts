import { asArray, asObject, type Json, type JsonObject, objectsIn } from '../../kubernetes/json.ts';

const METADATA = [
  'namespace',
  'name',
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
];
const STATUS = ['phase', 'reason', 'message', 'conditions', 'startTime'];
const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers'];
const STATUSES = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'];
const STATUS_FIELDS = [
  'name',
  'state',
  'lastState',
  'ready',
  'restartCount',
  'image',
  'imageID',
  'containerID',
];

/** What of a Pod tells of its life: about 2 KB of it. No environment, no annotations but the one that cgroups of static Pods go by. */
export function keptPod(pod: JsonObject): JsonObject {
  const metadata = asObject(pod['metadata']) ?? {};
  const spec = asObject(pod['spec']) ?? {};
  const status = asObject(pod['status']) ?? {};
  const hash = asObject(metadata['annotations'])?.['kubernetes.io/config.hash'];
  return {
    metadata: {
      ...pick(metadata, METADATA),
      ...(hash === undefined ? {} : { annotations: { 'kubernetes.io/config.hash': hash } }),
    },
    spec: {
      ...pick(spec, ['nodeName']),
      ...lists(spec, CONTAINERS, ['name', 'image', 'targetContainerName']),
    },
    status: { ...pick(status, STATUS), ...lists(status, STATUSES, STATUS_FIELDS) },
  };
}

function lists(object: JsonObject, names: readonly string[], fields: readonly string[]): JsonObject {
  const entries = names.flatMap((name): [string, Json][] =>
    asArray(object[name]) === undefined
      ? []
      : [[name, objectsIn(object[name]).map((item) => pick(item, fields))]],
  );
  return Object.fromEntries(entries);
}

function pick(object: JsonObject, fields: readonly string[]): JsonObject {
  const kept: JsonObject = {};
  for (const field of fields) if (object[field] !== undefined) kept[field] = object[field];
  return kept;
}
