import { asArray, asObject, asString, type JsonObject } from './json.ts';
import type { KubernetesObject } from './object.ts';

export interface AuditRule {
  readonly level: string;
  readonly verbs: readonly string[];
  readonly resources: readonly { readonly group: string; readonly resources: readonly string[] }[];
  readonly nonResourceUrls: readonly string[];
  /** Speaks of all users, groups, verbs and namespaces, and of no single object: what it matches, no later rule sees. */
  readonly isUnconditional: boolean;
  readonly path: string;
}

/** The rules of an `audit.k8s.io` Policy in their order; the first that matches a request decides. */
export function auditRules(policy: KubernetesObject): AuditRule[] {
  return (asArray(policy.raw['rules']) ?? []).map((item, index) => {
    const rule = asObject(item) ?? {};
    const resources = (asArray(rule['resources']) ?? []).map((value) => asObject(value) ?? {});
    const verbs = strings(rule, 'verbs');
    return {
      level: asString(rule['level']) ?? '',
      verbs,
      resources: resources.map((entry) => ({
        group: asString(entry['group']) ?? '',
        resources: strings(entry, 'resources'),
      })),
      nonResourceUrls: strings(rule, 'nonResourceURLs'),
      isUnconditional:
        verbs.length === 0 &&
        ['users', 'userGroups', 'namespaces'].every((field) => strings(rule, field).length === 0) &&
        resources.every((entry) => strings(entry, 'resourceNames').length === 0),
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

function strings(object: JsonObject, field: string): string[] {
  return (asArray(object[field]) ?? []).filter((item) => typeof item === 'string');
}
