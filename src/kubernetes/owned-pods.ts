import { asArray, asObject, asString, isObject, type Json, type JsonObject } from './json.ts';
import type { KubernetesObject } from './object.ts';
import type { Workload } from './workload.ts';

export interface OwnedPods {
  /** The workloads to judge. */
  readonly subjects: readonly Workload[];
  /** Of those, the ones that stand beside their owner because they differ from its template, with that owner. */
  readonly owners: ReadonlyMap<KubernetesObject, KubernetesObject>;
}

/**
 * Leaves out what an owner's template already says, so that a Deployment with its ReplicaSets and 50 pods is one subject. A pod
 * that differs from the template (a webhook added a sidecar, somebody a debug container, or it is of an earlier revision) is a
 * subject of its own: one for all pods of an owner that differ in the same way.
 */
export function ownedPods(workloads: readonly Workload[]): OwnedPods {
  const byUid = new Map<string, Workload[]>();
  for (const workload of workloads) {
    const uid = asString(workload.object.metadata['uid']);
    if (uid === undefined) continue;
    const known = byUid.get(uid);
    if (known === undefined) byUid.set(uid, [workload]);
    else known.push(workload);
  }
  const subjects: Workload[] = [];
  const owners = new Map<KubernetesObject, KubernetesObject>();
  const different = new Map<string, Workload>();
  for (const workload of workloads) {
    const uid = controllerOf(workload.object);
    if (uid === undefined) {
      subjects.push(workload);
      continue;
    }
    if (workload.replicas === 0) continue;
    const chain = ownersOf(uid, byUid);
    if (chain.some((owner) => conforms(owner, workload))) continue;
    const top = chain.at(-1)?.object;
    const owner = asString(top?.metadata['uid']) ?? uid;
    const key = `${workload.namespace} ${owner} ${workload.kind} ${shapeOf(workload)}`;
    const first = different.get(key);
    // The first by name, so that the answer does not depend on the order of reading.
    if (first === undefined || workload.name < first.name) different.set(key, workload);
    if (top !== undefined) owners.set(workload.object, top);
  }
  subjects.push(...different.values());
  return { subjects, owners };
}

/** The uid of the controller that made the object; a node is none, although mirror pods name it as theirs. */
function controllerOf({ metadata }: KubernetesObject): string | undefined {
  for (const entry of asArray(metadata['ownerReferences']) ?? []) {
    const reference = asObject(entry);
    if (reference?.['controller'] === true && reference['kind'] !== 'Node') return asString(reference['uid']);
  }
  return undefined;
}

const MAX_OWNERS = 8;

/** The workloads above, the nearest first: ReplicaSet (which may be of an earlier revision), Deployment. */
function ownersOf(uid: string, byUid: ReadonlyMap<string, readonly Workload[]>): Workload[] {
  const chain: Workload[] = [];
  for (let next: string | undefined = uid; next !== undefined && chain.length < MAX_OWNERS; ) {
    const owners: readonly Workload[] = byUid.get(next) ?? [];
    chain.push(...owners);
    next = owners[0] === undefined ? undefined : controllerOf(owners[0].object);
  }
  return chain;
}

/** Fields of a pod's spec that the control plane fills in for each pod, or that do not bear on its security. */
const ASSIGNED_TO_POD = new Set([
  'affinity',
  'enableServiceLinks',
  'hostname',
  'imagePullSecrets',
  'nodeName',
  'overhead',
  'preemptionPolicy',
  'priority',
  'priorityClassName',
  'resources',
  'schedulingGates',
  'subdomain',
  'tolerations',
]);
/** LimitRange defaults; what they are is judged from the LimitRange. */
const ASSIGNED_TO_CONTAINER = new Set(['resources']);
const NAMED_LISTS = new Set(['containers', 'initContainers', 'ephemeralContainers', 'volumes']);
const TOKEN_MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Whether a pod (or a template between) is what the owner's template says, besides what the control plane adds to every pod. */
function conforms(owner: Workload, owned: Workload): boolean {
  for (const key of new Set([...Object.keys(owner.pod), ...Object.keys(owned.pod)])) {
    if (ASSIGNED_TO_POD.has(key)) continue;
    const asked = owner.pod[key];
    const given = owned.pod[key];
    if (key === 'serviceAccount' || key === 'serviceAccountName') continue;
    if (NAMED_LISTS.has(key) ? !sameItems(key, asked, given) : !equal(asked, given)) return false;
  }
  return owner.serviceAccountName === owned.serviceAccountName && sameProfiles(owner, owned);
}

/** AppArmor profiles stood in annotations until 1.30. */
function sameProfiles(owner: Workload, owned: Workload): boolean {
  return owned.containers.every(({ name }) => {
    const key = `container.apparmor.security.beta.kubernetes.io/${name}`;
    return owner.podAnnotations[key] === owned.podAnnotations[key];
  });
}

function sameItems(list: string, asked: Json | undefined, given: Json | undefined): boolean {
  const wanted = new Map((asArray(asked) ?? []).map((item) => [asString(asObject(item)?.['name']), item]));
  for (const item of asArray(given) ?? []) {
    const name = asString(asObject(item)?.['name']);
    const template = wanted.get(name);
    if (template === undefined) {
      if (list === 'volumes' && isAssignedVolume(item)) continue;
      return false;
    }
    wanted.delete(name);
    if (list === 'volumes' ? !equal(template, item) : !sameContainer(template, item)) return false;
  }
  return wanted.size === 0;
}

/** The token volume that the ServiceAccount admission adds, or a StatefulSet's claim. */
function isAssignedVolume(volume: Json): boolean {
  const fields = asObject(volume);
  return (
    fields?.['persistentVolumeClaim'] !== undefined ||
    (asString(fields?.['name'])?.startsWith('kube-api-access-') ?? false)
  );
}

function sameContainer(asked: Json, given: Json): boolean {
  const template = asObject(asked) ?? {};
  const container = asObject(given) ?? {};
  for (const key of new Set([...Object.keys(template), ...Object.keys(container)])) {
    if (ASSIGNED_TO_CONTAINER.has(key)) continue;
    const mounted = key === 'volumeMounts' ? withoutToken(container[key]) : container[key];
    if (!equal(key === 'volumeMounts' ? withoutToken(template[key]) : template[key], mounted)) return false;
  }
  return true;
}

function withoutToken(mounts: Json | undefined): Json | undefined {
  const kept = (asArray(mounts) ?? []).filter((mount) => asObject(mount)?.['mountPath'] !== TOKEN_MOUNT);
  return kept.length === 0 ? undefined : kept;
}

function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return isNothing(a) && isNothing(b);
  for (const key in a) if (!equal(a[key], b[key])) return false;
  for (const key in b) if (a[key] === undefined && !isNothing(b[key])) return false;
  return true;
}

/** Absent, null and empty say the same in a pod's spec. */
function isNothing(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

/** What pods that differ in the same way have in common. */
function shapeOf(workload: Workload): string {
  const kept: JsonObject = {};
  for (const key of Object.keys(workload.pod).sort()) {
    if (ASSIGNED_TO_POD.has(key)) continue;
    const value = workload.pod[key];
    kept[key] = NAMED_LISTS.has(key) ? (asArray(value) ?? []).map((item) => shapeOfItem(key, item)) : value;
  }
  return JSON.stringify(kept);
}

function shapeOfItem(list: string, item: Json): Json {
  const fields = asObject(item);
  if (fields === undefined) return item;
  if (list === 'volumes') return isAssignedVolume(item) ? null : item;
  const { resources: _assigned, ...rest } = fields;
  return { ...rest, volumeMounts: withoutToken(fields['volumeMounts']) };
}
