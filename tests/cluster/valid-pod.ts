import { isObject, type Json, type JsonObject } from '../../src/kubernetes/json.ts';
import type { ApiAnswer } from '../../testbed/api.ts';

export interface Pod extends JsonObject {
  metadata: JsonObject;
  spec: JsonObject;
}

const CONTAINER_LISTS = ['containers', 'initContainers'] as const;

/** What the API server asks for and no Pod Security check reads, put in; null entries of lists are left out. */
function completed(pod: { metadata: JsonObject; spec: JsonObject }, name: string): Pod {
  const copy = structuredClone(pod);
  const { spec } = copy;
  // They cannot be given when a pod is created.
  delete spec['ephemeralContainers'];
  let number = 0;
  const named = (list: Json | undefined): JsonObject[] =>
    (Array.isArray(list) ? list : []).filter(isObject).map((each) => ({ ...each, name: `n${number++}` }));
  for (const field of CONTAINER_LISTS) {
    spec[field] = named(spec[field]).map((container) => ({ image: 'example.test/i', ...container }));
  }
  if ((spec['containers'] as Json[]).length === 0)
    spec['containers'] = [{ name: 'only', image: 'example.test/i' }];
  spec['volumes'] = named(spec['volumes']);
  const { annotations } = copy.metadata;
  if (isObject(annotations)) {
    // Names of containers in annotations are those that they have now.
    copy.metadata['annotations'] = Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [
        key.replace(/\/(a|b|web)$/, (_, old) => `/n${['a', 'b', 'web'].indexOf(old)}`),
        value,
      ]),
    );
  }
  return { ...copy, apiVersion: 'v1', kind: 'Pod', metadata: { ...copy.metadata, name } };
}

/** A value for a required field by its name; where it does not do, what needs it is removed. */
const REQUIRED: Readonly<Record<string, Json>> = {
  command: ['true'],
  targetWWNs: ['w'],
  monitors: ['m'],
  wwids: ['w'],
  targetPortal: '192.0.2.1:3260',
  iqn: 'iqn.2001-04.com.example:storage',
  containerPort: 80,
  port: 80,
  sources: [],
  items: [{ path: 'p', fieldRef: { fieldPath: 'metadata.name' } }],
  volumeClaimTemplate: {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
};

function stepsOf(path: string): string[] {
  // A key of annotations follows in brackets, or with its dots after one.
  const annotation = /^metadata\.annotations[.[](.*?)\]?$/.exec(path)?.[1];
  if (annotation !== undefined) return ['metadata', 'annotations', annotation];
  return [...path.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)].map(([, name, key]) => name ?? key ?? '');
}

function entry(value: Json | undefined, step: string): Json | undefined {
  return Array.isArray(value) ? value[Number(step)] : isObject(value) ? value[step] : undefined;
}

/** Stands for a removed item until all paths of an answer, which count the items that were sent, have been followed. */
const REMOVED: JsonObject = {};

/** Fields that upstream's validation names otherwise than the API does. */
const MISNAMED: Readonly<Record<string, string>> = {
  HostPID: 'hostPID',
  HostIPC: 'hostIPC',
  persistentDisk: 'gcePersistentDisk',
  downwarAPI: 'downwardAPI',
};

/** Removes what is at a path, but never all of the metadata or spec. @returns false where there was nothing */
function remove(pod: Pod, steps: readonly string[]): boolean {
  if (steps.length < 2) return false;
  const last = steps.at(-1) ?? '';
  const parent = steps.slice(0, -1).reduce<Json | undefined>(entry, pod);
  const there = entry(parent, last);
  if (there === undefined || there === REMOVED) return false;
  if (Array.isArray(parent)) parent[Number(last)] = REMOVED;
  else if (isObject(parent)) delete parent[last];
  return true;
}

interface Cause {
  readonly reason: string;
  readonly field: string;
  readonly message: string;
}

/** Windows' host process containers come all or none, on the host's network. */
function settleHostProcess(pod: Pod): void {
  const containers = CONTAINER_LISTS.flatMap((field) => pod.spec[field] as JsonObject[]);
  const holders = [pod.spec, ...containers];
  const all = containers.length % 2 === 0;
  for (const holder of holders) {
    const context = isObject(holder['securityContext']) ? holder['securityContext'] : {};
    const options = isObject(context['windowsOptions']) ? context['windowsOptions'] : {};
    if (all) options['hostProcess'] = true;
    else delete options['hostProcess'];
    holder['securityContext'] = { ...context, windowsOptions: options };
  }
  if (all) pod.spec['hostNetwork'] = true;
}

/** Answers one complaint. @returns false where that changed nothing */
function answer(pod: Pod, { field, reason, message }: Cause, filled: Set<string>): boolean {
  if (field === 'metadata.annotations') {
    return remove(pod, ['metadata', 'annotations', /"([^"]*)"/.exec(message)?.[1] ?? '']);
  }
  if (/hostProcess/i.test(message)) {
    settleHostProcess(pod);
    return true;
  }
  const steps = stepsOf(field).map((step) => MISNAMED[step] ?? step);
  const last = steps.at(-1) ?? '';
  const parent = steps.slice(0, -1).reduce<Json | undefined>(entry, pod);
  // An object that lacks something is removed: a handler of no kind, a volume of no source.
  if (reason === 'FieldValueRequired' && !filled.has(field) && isObject(parent) && !isObject(parent[last])) {
    filled.add(field);
    parent[last] = REQUIRED[last] ?? 'x';
    return true;
  }
  // A required value that does not do goes with what needs it.
  return remove(pod, filled.has(field) ? steps.slice(0, -1) : steps);
}

/**
 * A pod that the API server's validation takes, from one that need not be valid: whatever it complains of is removed,
 * or filled in where it is required. Validation comes before Pod Security admission, which would see nothing otherwise.
 *
 * @param ask creates the pod, without keeping it, where everything valid is allowed
 * @returns the pod as asked and as the server completed it; undefined where it could not be made valid
 */
export async function validPod(
  pod: { metadata: JsonObject; spec: JsonObject },
  name: string,
  ask: (pod: Pod) => Promise<ApiAnswer>,
): Promise<{ asked: Pod; seen: Pod } | undefined> {
  const asked = completed(pod, name);
  const filled = new Set<string>();
  for (let round = 0; round < 12; round++) {
    const { status, body } = await ask(asked);
    if (status === 201) return { asked, seen: body as Pod };
    const causes: readonly Cause[] = body?.details?.causes ?? [];
    if (status !== 422 || causes.length === 0) return undefined;
    const changed = causes.map((cause) => answer(asked, cause, filled)).some(Boolean);
    // A value that is a default of the server's, or is not where it says, goes with what holds it.
    if (!changed && !causes.map(({ field }) => remove(asked, stepsOf(field).slice(0, -1))).some(Boolean)) {
      return undefined;
    }
    dropRemoved(asked);
  }
  return undefined;
}

function dropRemoved(value: Json | undefined): void {
  if (Array.isArray(value)) {
    value.splice(0, value.length, ...value.filter((each) => each !== REMOVED));
    value.forEach(dropRemoved);
  } else if (isObject(value)) {
    Object.values(value).forEach(dropRemoved);
  }
}
