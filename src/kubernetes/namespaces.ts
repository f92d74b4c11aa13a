import type { Cluster } from './cluster.ts';
import type { KubernetesObject } from './object.ts';

/** The namespaces that every cluster starts with for its own components, besides `default`. */
const SYSTEM = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** Whether a namespace is Kubernetes' own: what keeps the cluster alive runs there, under other rules than users' pods. */
export function isSystemNamespace(name: string): boolean {
  return SYSTEM.has(name);
}

/**
 * Where an object holds that governs its whole namespace without naming a subject (LimitRange, ResourceQuota). Objects that name no
 * namespace are applied together by folder, so that one of them governs its own folder and those below, and no other.
 */
export function governedScope(object: KubernetesObject): string {
  return object.namespace === undefined ? `in ${folderOf(object)}` : `namespace ${object.namespace}`;
}

/** The scopes whose governing objects hold for an object, the nearest first. */
export function governingScopes(object: KubernetesObject, cluster: Cluster): readonly string[] {
  if (object.namespace !== undefined) return [governedScope(object)];
  const known = cluster.memo('governing scopes by folder', () => new Map<string, readonly string[]>());
  const folder = folderOf(object);
  const scopes = known.get(folder) ?? above(folder).map((place) => `in ${place}`);
  known.set(folder, scopes);
  return scopes;
}

/**
 * Whether an object that governs its whole namespace holds for another one. Among objects without a namespace it does in its own
 * folder and below: a policy for all pods in one folder of examples says nothing of the folder beside it.
 */
export function governs(governing: KubernetesObject, object: KubernetesObject): boolean {
  if (governing.namespace !== undefined || object.namespace !== undefined) {
    return (governing.namespace ?? 'default') === (object.namespace ?? 'default');
  }
  const folder = folderOf(governing);
  return folder === '' || folder === folderOf(object) || folderOf(object).startsWith(`${folder}/`);
}

function folderOf(object: KubernetesObject): string {
  const path = object.origin.file.path;
  return path.slice(0, Math.max(0, path.search(/[/\\][^/\\]*$/)));
}

/** A folder and all those that contain it, down to the empty path. */
function above(folder: string): string[] {
  const folders = [folder];
  for (let rest = folder; rest !== ''; ) {
    rest = rest.slice(0, Math.max(0, rest.search(/[/\\][^/\\]*$/)));
    folders.push(rest);
  }
  return folders;
}
