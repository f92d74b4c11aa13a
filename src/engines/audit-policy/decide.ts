import type { AuditPolicy, AuditRule, GroupResources, Level, Stage } from './policy.ts';

/** What an audit policy is asked about (k8s.io/apiserver pkg/authorization/authorizer.Attributes). Empty where there is none. */
export interface AuditedRequest {
  /** Undefined for a request of nobody, as of an API server without authentication. */
  readonly user: string | undefined;
  readonly groups: readonly string[];
  readonly verb: string;
  readonly isResourceRequest: boolean;
  readonly apiGroup: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Of a request for no resource, such as `/healthz`. */
  readonly path: string;
}

export interface AuditDecision {
  readonly level: Level;
  /** No event is made at these stages, in the order of `STAGES`. */
  readonly omitStages: readonly Stage[];
  readonly omitManagedFields: boolean;
  /** Index of the rule that decides; undefined where none matches, which is the level None. */
  readonly rule: number | undefined;
}

/** The first rule that matches decides (k8s.io/apiserver pkg/audit/policy/checker.go, EvaluatePolicyRule). */
export function decideAudit(policy: AuditPolicy, request: AuditedRequest): AuditDecision {
  const index = policy.rules.findIndex((rule) => ruleMatches(rule, request));
  if (index < 0) {
    const { omitStages, omitManagedFields } = policy;
    return { level: 'None', omitStages, omitManagedFields, rule: undefined };
  }
  const { level, omitStages, omitManagedFields } = policy.rules[index]!;
  return { level, omitStages, omitManagedFields, rule: index };
}

/** Whether a rule speaks of a request (checker.go, ruleMatches). No list but that of non-resource URLs knows a wildcard for all. */
export function ruleMatches(rule: AuditRule, request: AuditedRequest): boolean {
  const { user, groups } = request;
  if (rule.users.length > 0 && (user === undefined || !rule.users.includes(user))) return false;
  if (rule.userGroups.length > 0) {
    if (user === undefined || !groups.some((group) => rule.userGroups.includes(group))) return false;
  }
  if (rule.verbs.length > 0 && !rule.verbs.includes(request.verb)) return false;
  if (rule.namespaces.length > 0 || rule.resources.length > 0) return matchesResource(rule, request);
  if (rule.nonResourceURLs.length > 0) {
    return !request.isResourceRequest && rule.nonResourceURLs.some((url) => matchesPath(url, request.path));
  }
  return true;
}

function matchesPath(url: string, path: string): boolean {
  return url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1)));
}

function matchesResource({ namespaces, resources }: AuditRule, request: AuditedRequest): boolean {
  if (!request.isResourceRequest) return false;
  // What is in no namespace has the empty one.
  if (namespaces.length > 0 && !namespaces.includes(request.namespace)) return false;
  return resources.length === 0 || resources.some((entry) => entryMatches(entry, request));
}

function entryMatches(entry: GroupResources, request: AuditedRequest): boolean {
  if (entry.group !== '*' && entry.group !== request.apiGroup) return false;
  if (entry.resources.length === 0) return true;
  if (entry.resourceNames.length > 0 && !entry.resourceNames.includes(request.name)) return false;
  return entry.resources.some((pattern) => resourceMatches(pattern, request.resource, request.subresource));
}

/** `pods` means no subresource, but `pods/*` means the pods themselves as well. */
export function resourceMatches(pattern: string, resource: string, subresource: string): boolean {
  if (pattern === '*' || pattern === (subresource === '' ? resource : `${resource}/${subresource}`)) {
    return true;
  }
  if (subresource !== '' && pattern === `*/${subresource}`) return true;
  return pattern === `${resource}/*`;
}
