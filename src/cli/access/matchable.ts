import { type Rule, uncovered } from '../../engines/authorization/index.ts';
import type { ApiResources } from '../../kubernetes/api-resources.ts';
import { urlPrefix } from '../../kubernetes/policy-rules.ts';

// RBAC knows stars as whole words, before a subresource and at the end of paths; anywhere else they are letters, which no request
// has (k8s.io/kubernetes pkg/apis/rbac/v1/evaluation_helpers.go).

/** Whether a request can have a verb that a rule names so. */
export function isMatchableVerb(verb: string): boolean {
  return isWord(verb);
}

/** The core group is empty. */
export function isMatchableGroup(group: string): boolean {
  return group === '' || (isWord(group) && !isVersion(group));
}

/** Whether what should be a group is a version, or has one. */
export function isVersion(group: string): boolean {
  return group.includes('/') || /^v\d+(?:(?:alpha|beta)\d+)?$/.test(group);
}

/** `pods`, `*`, `pods/log` and `*` + `/log`; a subresource is one segment of a path (RequestInfoFactory of k8s.io/apiserver). */
export function isMatchableResource(resource: string): boolean {
  const [type = '', subresource, ...more] = resource.split('/');
  if (more.length > 0 || !isWord(type)) return false;
  return subresource === undefined || (subresource !== '' && !subresource.includes('*'));
}

/** Paths begin with a slash. */
export function isMatchableUrl(url: string): boolean {
  return url === '*' || urlPrefix(url).startsWith('/');
}

function isWord(text: string): boolean {
  return text === '*' || (text !== '' && !text.includes('*'));
}

/** What of a rule requests can match, broken down to single verbs, groups, resources, names and paths. */
export function matchable(rule: Rule, namespace: string | undefined, resources: ApiResources): Rule[] {
  const singles = uncovered([], [rule]).filter(isMatchable);
  return namespace === undefined
    ? singles
    : singles.flatMap((single) => inNamespace(single, namespace, resources));
}

function isMatchable({ verbs, apiGroups, resources, nonResourceURLs }: Rule): boolean {
  return (
    verbs.every(isMatchableVerb) &&
    apiGroups.every(isMatchableGroup) &&
    resources.every(isMatchableResource) &&
    nonResourceURLs.every(isMatchableUrl)
  );
}

/** A request for a namespace by its name is one in it, by the path of a single object alone (RequestInfoFactory). */
const BY_NAME = ['get', 'watch', 'update', 'patch', 'delete'];

/**
 * Verbs that are asked in a namespace of what is in none: to bind a ClusterRole there (k8s.io/kubernetes pkg/registry/rbac,
 * BindingAuthorized), and to use a PodSecurityPolicy, which clusters before v1.25 have.
 */
const ASKED_IN_NAMESPACES: Readonly<Record<string, readonly string[]>> = {
  'clusterroles.rbac.authorization.k8s.io': ['bind'],
  'podsecuritypolicies.policy': ['use'],
};

/** What a RoleBinding gives of it: nothing of paths, which are in no namespace, and little of resources in none. */
function inNamespace(single: Rule, namespace: string, resources: ApiResources): Rule[] {
  const [resource] = single.resources;
  const [group] = single.apiGroups;
  const [verb] = single.verbs;
  if (resource === undefined || group === undefined || verb === undefined) return [];
  const [type = ''] = resource.split('/', 1);
  const known = resources.find(type, group);
  if (known?.resource !== type || known.group !== group || known.namespaced) return [single];
  const isNamespace = type === 'namespaces' && group === '';
  if (isNamespace && single.resourceNames.some((name) => name !== namespace)) return [];
  const asked = isNamespace ? BY_NAME : (ASKED_IN_NAMESPACES[`${resource}.${group}`] ?? []);
  const verbs = asked.filter((each) => verb === '*' || verb === each);
  return verbs.map((each) => ({ ...single, verbs: [each] }));
}
