import type { PolicyRule } from './access.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterFacts } from './cluster-facts.ts';

/** Roles that are meant for everybody, so that a binding of them is not what lets strangers in. */
export const ROLES_FOR_ANYBODY: ReadonlySet<string> = new Set([
  'kubeadm:bootstrap-signer-clusterinfo',
  'system:discovery',
  'system:public-info-viewer',
  'system:service-account-issuer-discovery',
]);

/** Whether any request without credentials was answered: else nothing is known of what strangers may do. */
export function wasAnswered(facts: ClusterFacts): boolean {
  return facts.anonymous.some(({ status }) => status !== undefined);
}

/**
 * Those of the paths that answered a request without credentials, and that no binding among the sources gives to strangers:
 * check `anonymous-binding` reports such a binding where it stands.
 *
 * @returns undefined where there are none
 */
export function openToStrangers(
  facts: ClusterFacts,
  cluster: Cluster,
  paths: readonly string[],
): { readonly at: string; readonly params: { readonly paths: string } } | undefined {
  const open = facts.anonymous.filter(
    ({ path, status = 0 }) =>
      paths.includes(path) && status >= 200 && status < 300 && !isBoundToStrangers(cluster, path),
  );
  const [first] = open;
  return first && { at: first.at, params: { paths: open.map(({ path }) => path).join(', ') } };
}

function isBoundToStrangers(cluster: Cluster, path: string): boolean {
  const bindings = [
    ...cluster.bindingsOf('User', 'system:anonymous'),
    ...cluster.bindingsOf('Group', 'system:unauthenticated'),
  ];
  return bindings.some(
    (binding) =>
      binding.isClusterWide &&
      !ROLES_FOR_ANYBODY.has(binding.roleName) &&
      (binding.role?.rules.some((rule) => gives(rule, path)) ?? false),
  );
}

const OBJECTS = /^\/api\/v1\/([a-z]+)$/;

function gives(rule: PolicyRule, path: string): boolean {
  const has = (list: readonly string[], ...entries: string[]) =>
    list.includes('*') || entries.some((entry) => list.includes(entry));
  const resource = OBJECTS.exec(path)?.[1];
  if (resource !== undefined) {
    return has(rule.verbs, 'list') && has(rule.apiGroups, '') && has(rule.resources, resource);
  }
  return (
    has(rule.verbs, 'get') &&
    rule.nonResourceURLs.some((url) => (url.endsWith('*') ? path.startsWith(url.slice(0, -1)) : path === url))
  );
}
