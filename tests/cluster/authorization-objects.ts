import type { RequestAttributes } from '../../src/engines/authorization/index.ts';
import { asObject, type JsonObject } from '../../src/kubernetes/json.ts';
import type { Random } from '../differential/random.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
/** Where objects of RBAC are listed, by kind. */
export const LISTS: Readonly<Record<string, string>> = {
  ClusterRole: `${RBAC}/clusterroles`,
  Role: `${RBAC}/roles`,
  ClusterRoleBinding: `${RBAC}/clusterrolebindings`,
  RoleBinding: `${RBAC}/rolebindings`,
};
/** The same, about what a pod may name, asked by one of the nodes: close to what is allowed. */
export function aboutPods(
  random: Random,
  { fieldSelector: _, ...request }: RequestAttributes,
): RequestAttributes {
  return {
    ...request,
    user: { name: `system:node:n${random.below(3)}`, groups: ['system:nodes', 'system:authenticated'] },
    verb: 'get',
    isResourceRequest: true,
    apiGroup: '',
    resource: random.pick(['secrets', 'configmaps', 'persistentvolumeclaims', 'serviceaccounts', 'pods']),
    subresource: '',
    namespace: random.pick(['a', 'b']),
    name: `x${random.below(5)}`,
  };
}

export function nameOf({ kind, metadata }: JsonObject): string {
  const { name, namespace } = metadata as JsonObject;
  return JSON.stringify([kind, namespace, name]);
}

export function pathOf({ kind, metadata }: JsonObject): string {
  const path = LISTS[String(kind)]!;
  if (String(kind).startsWith('Cluster')) return path;
  const namespace = String(asObject(metadata)?.['namespace'] ?? 'default');
  return path.replace(/(\w+)$/, `namespaces/${encodeURIComponent(namespace)}/$1`);
}

/** What counts of an object, whatever a server adds. */
export function essence({ kind, metadata, rules, aggregationRule, subjects, roleRef }: JsonObject): string {
  const { name, namespace, labels, annotations } = metadata as JsonObject;
  return canonical([kind!, name!, namespace, labels, annotations, rules, aggregationRule, subjects, roleRef]);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each) =>
    asObject(each) === undefined ? (each ?? undefined) : Object.fromEntries(Object.entries(each).sort()),
  );
}

/** The errors of several roles that are not there come in any order. */
export function sameReason(server: string, ours: string): boolean {
  const parts = (reason: string): string =>
    reason
      .split(/[\n[\],] */)
      .sort()
      .join();
  return server === ours || (!server.includes('allowed by') && parts(server) === parts(ours));
}

export function specOf({ user, isResourceRequest, ...request }: RequestAttributes): JsonObject {
  const who = { user: user.name, groups: [...user.groups] };
  const { verb, path, namespace, apiGroup, apiVersion, resource, subresource, name, fieldSelector } = request;
  if (!isResourceRequest) return { ...who, nonResourceAttributes: { verb, path } };
  const resourceAttributes = {
    namespace,
    verb,
    group: apiGroup,
    version: apiVersion,
    resource,
    subresource,
    name,
  };
  if (fieldSelector === undefined) return { ...who, resourceAttributes };
  const requirements = fieldSelector.map((each) => ({ ...each, values: [...each.values] }));
  return { ...who, resourceAttributes: { ...resourceAttributes, fieldSelector: { requirements } } };
}
