import { RESOURCE_VERBS } from '../../kubernetes/request-verbs.ts';
import { type AuditedRequest, ruleMatches } from './decide.ts';
import type { AuditPolicy, AuditRule } from './policy.ts';

/** Stands for whatever no rule names; no name of Kubernetes has such a character. */
export const OTHER = '\u0000';

/** What other requests have as their verb. */
export const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const;

/** Requests that a rule can be told by, where it is not too wide for that. */
const MOST = 200_000;

/** Which rules earlier ones leave nothing for; a rule that could not be worked out is not among them. */
export function unreachableRules({
  rules,
}: AuditPolicy): { readonly rule: number; readonly before: readonly number[] }[] {
  return rules.flatMap((rule, index) => {
    const before = hiders(rules.slice(0, index), rule);
    return before === undefined ? [] : [{ rule: index, before }];
  });
}

/**
 * The earlier rules that together match all that a rule matches; undefined where something is left for it. What a rule does not limit
 * is asked with a value that none names: an earlier rule that limits it does not match there, and one that does not matches it all.
 */
function hiders(earlier: readonly AuditRule[], rule: AuditRule): number[] | undefined {
  const found = new Set<number>();
  let count = 0;
  for (const request of requestsOf(rule)) {
    if (++count > MOST) return undefined;
    const index = earlier.findIndex((other) => ruleMatches(other, request));
    if (index < 0) return undefined;
    found.add(index);
  }
  // Without any request it matches nothing for reasons of its own.
  return count === 0 ? undefined : [...found].sort((a, b) => a - b);
}

function* requestsOf(rule: AuditRule): Generator<AuditedRequest> {
  for (const { user, groups } of usersOf(rule)) {
    for (const place of placesOf(rule)) {
      const usual: readonly string[] = place.isResourceRequest ? RESOURCE_VERBS : METHODS;
      for (const verb of rule.verbs.length > 0 ? rule.verbs : usual) {
        const request = { user, groups, verb, ...place };
        if (ruleMatches(rule, request)) yield request;
      }
    }
  }
}

/** Everybody is in one of these groups, and nobody but the anonymous user in the second (k8s.io/apiserver pkg/authentication/group). */
const SIGNED_IN = 'system:authenticated';
const NOT_SIGNED_IN = 'system:unauthenticated';
const ANONYMOUS = 'system:anonymous';

interface Asker {
  readonly user: string;
  readonly groups: readonly string[];
}

function usersOf({ users, userGroups }: AuditRule): Asker[] {
  if (users.length === 0 && userGroups.length === 0) return [asker(OTHER, []), asker(ANONYMOUS, [])];
  if (users.length === 0) {
    return userGroups.map((group) => asker(group === NOT_SIGNED_IN ? ANONYMOUS : OTHER, [group]));
  }
  const groups = userGroups.length === 0 ? [[]] : userGroups.map((group) => [group]);
  return users.flatMap((user) => groups.map((group) => asker(user, group)));
}

/** Somebody with the groups that the API server adds. */
export function asker(user: string, groups: readonly string[]): Asker {
  if (user === ANONYMOUS) return { user, groups: [NOT_SIGNED_IN] };
  const account = /^system:serviceaccount:([^:]+):/.exec(user);
  const own = account === null ? [] : ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`];
  return { user, groups: [...new Set([...groups, ...own, SIGNED_IN])] };
}

type Place = Omit<AuditedRequest, 'user' | 'groups' | 'verb'>;

function* placesOf(rule: AuditRule): Generator<Place> {
  const nowhere = { apiGroup: '', resource: '', subresource: '', namespace: '', name: '' };
  const isForResources = rule.resources.length > 0 || rule.namespaces.length > 0;
  if (!isForResources) {
    const urls = rule.nonResourceURLs.length > 0 ? rule.nonResourceURLs : ['*'];
    for (const url of urls) yield { ...nowhere, isResourceRequest: false, path: url.replace(/\*$/, OTHER) };
    if (rule.nonResourceURLs.length > 0) return;
  }
  const entries =
    rule.resources.length > 0 ? rule.resources : [{ group: '*', resources: [], resourceNames: [] }];
  for (const { group, resources, resourceNames } of entries) {
    for (const pattern of resources.length > 0 ? resources : ['*']) {
      for (const [resource, subresource] of resourcesOf(pattern)) {
        for (const namespace of rule.namespaces.length > 0 ? rule.namespaces : ['', OTHER]) {
          for (const name of resourceNames.length > 0 ? resourceNames : [OTHER]) {
            const apiGroup = group === '*' ? OTHER : group;
            yield { isResourceRequest: true, path: '', apiGroup, resource, subresource, namespace, name };
          }
        }
      }
    }
  }
}

function resourcesOf(pattern: string): [resource: string, subresource: string][] {
  if (pattern === '*') {
    return [
      [OTHER, ''],
      [OTHER, OTHER],
    ];
  }
  const slash = pattern.indexOf('/');
  if (slash < 0) return [[pattern, '']];
  const resource = pattern.slice(0, slash).replace(/^\*$/, OTHER);
  const subresource = pattern.slice(slash + 1);
  return subresource === '*'
    ? [
        [resource, ''],
        [resource, OTHER],
      ]
    : [[resource, subresource]];
}
