import { asArray, asObject, asObjects, asString, type JsonObject } from './json.ts';
import type { KubernetesObject } from './object.ts';

export interface AuditRule {
  /** The rule as written. */
  readonly raw: JsonObject;
  readonly level: string;
  readonly verbs: readonly string[];
  readonly resources: readonly { readonly group: string; readonly resources: readonly string[] }[];
  readonly nonResourceUrls: readonly string[];
  /** Groups of users that the rule is limited to; empty for none. */
  readonly userGroups: readonly string[];
  /** Limited to single users. */
  readonly namesUsers: boolean;
  /** Limited to namespaces or to single objects. */
  readonly namesPlaces: boolean;
  /** Speaks of every signed-in user, in all namespaces, of no single object: of the verbs and resources it names no later rule sees any. */
  readonly isForEveryone: boolean;
  /** Speaks of all users, groups, verbs and namespaces, and of no single object: what it matches, no later rule sees. */
  readonly isUnconditional: boolean;
  readonly path: string;
}

/** The rules of an `audit.k8s.io` Policy in their order; the first that matches a request decides. */
export function auditRules(policy: KubernetesObject): AuditRule[] {
  return (asArray(policy.raw['rules']) ?? []).map((item, index) => {
    const rule = asObject(item) ?? {};
    const resources = asObjects(rule['resources']);
    const verbs = strings(rule, 'verbs');
    const userGroups = strings(rule, 'userGroups');
    const namesUsers = strings(rule, 'users').length > 0;
    const namesPlaces =
      strings(rule, 'namespaces').length > 0 ||
      resources.some((entry) => strings(entry, 'resourceNames').length > 0);
    return {
      raw: rule,
      level: asString(rule['level']) ?? '',
      verbs,
      resources: resources.map((entry) => ({
        group: asString(entry['group']) ?? '',
        resources: strings(entry, 'resources'),
      })),
      nonResourceUrls: strings(rule, 'nonResourceURLs'),
      userGroups,
      namesUsers,
      namesPlaces,
      isForEveryone:
        !namesUsers &&
        !namesPlaces &&
        (userGroups.length === 0 || userGroups.includes('system:authenticated')),
      isUnconditional: verbs.length === 0 && userGroups.length === 0 && !namesUsers && !namesPlaces,
      path: `rules[${index}]`,
    };
  });
}

/**
 * Whether a rule can match requests for a resource (`secrets`, or with a subresource `serviceaccounts/token`), as
 * k8s.io/apiserver pkg/audit/policy/checker.go matches: no resources and no URLs match everything; an empty list of a group matches
 * all of its resources; `*` matches resources and subresources, `*` + `/sub` and `resource/*` as they read.
 */
export function coversResource(rule: AuditRule, group: string, resource: string): boolean {
  if (rule.resources.length === 0) return rule.nonResourceUrls.length === 0;
  const [name = '', subresource] = resource.split('/', 2);
  return rule.resources.some((entry) => {
    if (entry.group !== group && entry.group !== '*') return false;
    if (entry.resources.length === 0) return true;
    return entry.resources.some(
      (pattern) =>
        pattern === '*' ||
        pattern === resource ||
        (subresource !== undefined && (pattern === `*/${subresource}` || pattern === `${name}/*`)),
    );
  });
}

/** Requests by verb and resource; `resource` as in `coversResource`. */
export interface AuditedRequests {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** Groups whose silence hides more than one component's routine: administrators, all workloads, strangers. */
const BROAD_GROUPS = ['system:masters', 'system:serviceaccounts', 'system:unauthenticated'];

/** A rule, or the end of the policy (`undefined`), by which requests leave no event, with those requests by resource. */
export type Silence = ReadonlyMap<AuditRule | undefined, ReadonlyMap<string, ReadonlySet<string>>>;

/**
 * Which of the requests a policy does not log, and why: the first rule that matches them for everyone (or for one of the broad groups)
 * has the level None, or no rule matches them, which means None (DefaultAuditLevel in checker.go). Rules limited to users, narrow groups,
 * namespaces or single objects are passed over: they decide for few.
 */
export function unlogged(rules: readonly AuditRule[], requests: readonly AuditedRequests[]): Silence {
  const silence = new Map<AuditRule | undefined, Map<string, Set<string>>>();
  const note = (rule: AuditRule | undefined, resource: string, verb: string) => {
    const byResource = silence.get(rule) ?? new Map<string, Set<string>>();
    silence.set(rule, byResource.set(resource, (byResource.get(resource) ?? new Set()).add(verb)));
  };
  for (const { group, resource, verbs } of requests) {
    const covering = rules.filter((rule) => coversResource(rule, group, resource));
    for (const verb of verbs) {
      const matching = covering.filter((rule) => rule.verbs.length === 0 || rule.verbs.includes(verb));
      const deciding = matching.find((rule) => rule.isForEveryone);
      for (const rule of matching) {
        if (rule === deciding) break;
        if (rule.level === 'None' && broadGroup(rule) !== undefined) note(rule, resource, verb);
      }
      if (deciding === undefined || deciding.level === 'None') note(deciding, resource, verb);
    }
  }
  return silence;
}

/** The broad group that a rule is limited to and nothing else, if it is. */
export function broadGroup(rule: AuditRule): string | undefined {
  if (rule.namesUsers || rule.namesPlaces || rule.isForEveryone) return undefined;
  return rule.userGroups.find((group) => BROAD_GROUPS.includes(group));
}

/** Requests by which the cluster's state is changed, for kinds that no policy needs to leave out for their number. */
export const WRITES: readonly AuditedRequests[] = (
  [
    ['', 'pods'],
    ['', 'services'],
    ['', 'configmaps'],
    ['', 'serviceaccounts'],
    ['', 'namespaces'],
    ['apps', 'deployments'],
    ['apps', 'daemonsets'],
    ['batch', 'cronjobs'],
    ['networking.k8s.io', 'networkpolicies'],
    ['admissionregistration.k8s.io', 'validatingwebhookconfigurations'],
    ['admissionregistration.k8s.io', 'mutatingwebhookconfigurations'],
  ] as const
).map(([group, resource]) => ({ group, resource, verbs: ['create', 'update', 'patch', 'delete'] }));

function strings(object: JsonObject, field: string): string[] {
  return (asArray(object[field]) ?? []).filter((item) => typeof item === 'string');
}
