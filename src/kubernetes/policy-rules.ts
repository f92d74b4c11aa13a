import { asArray, asObject, type Json, type JsonObject } from './json.ts';

/** One rule of a Role or ClusterRole with its field path. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
  readonly path: string;
}

/** The rules that a Role or ClusterRole states. */
export function policyRules(role: JsonObject): PolicyRule[] {
  return (asArray(role['rules']) ?? []).map((rule, index) => policyRule(rule, `rules[${index}]`));
}

export function policyRule(value: Json, path: string): PolicyRule {
  const rule = asObject(value) ?? {};
  return {
    apiGroups: strings(rule, 'apiGroups'),
    resources: strings(rule, 'resources'),
    verbs: strings(rule, 'verbs'),
    resourceNames: strings(rule, 'resourceNames'),
    nonResourceURLs: strings(rule, 'nonResourceURLs'),
    path,
  };
}

const NONE: readonly string[] = Object.freeze([]);

function strings(rule: JsonObject, field: string): readonly string[] {
  const values = asArray(rule[field]);
  if (values === undefined) return NONE;
  return values.every((item) => typeof item === 'string')
    ? values
    : values.filter((item) => typeof item === 'string');
}

/**
 * Whether a rule allows a verb on a resource such as `pods` or `pods/log`. Rules limited by resourceNames are left to the
 * caller.
 */
export function ruleAllows(rule: PolicyRule, verb: string, group: string, resource: string): boolean {
  const slash = resource.indexOf('/');
  const [plain, subresource] =
    slash < 0 ? [resource, ''] : [resource.slice(0, slash), resource.slice(slash + 1)];
  return verbMatches(rule, verb) && groupMatches(rule, group) && resourceMatches(rule, plain, subresource);
}

// How the RBAC authorizer matches one rule: k8s.io/kubernetes pkg/apis/rbac/v1/evaluation_helpers.go.

export function verbMatches({ verbs }: PolicyRule, verb: string): boolean {
  return verbs.includes('*') || verbs.includes(verb);
}

export function groupMatches({ apiGroups }: PolicyRule, group: string): boolean {
  return apiGroups.includes('*') || apiGroups.includes(group);
}

/** `*` matches all, subresources too; a star before a subresource (`*` + `/log`) matches it on every resource. */
export function resourceMatches({ resources }: PolicyRule, resource: string, subresource: string): boolean {
  if (resources.includes('*')) return true;
  if (subresource === '') return resources.includes(resource);
  return resources.includes(`${resource}/${subresource}`) || resources.includes(`*/${subresource}`);
}

/** A request without name, such as list or create, matches only rules without resourceNames. */
export function nameMatches({ resourceNames }: PolicyRule, name: string): boolean {
  return resourceNames.length === 0 || resourceNames.includes(name);
}

export function nonResourceUrlMatches({ nonResourceURLs }: PolicyRule, path: string): boolean {
  return nonResourceURLs.some(
    (url) => url === path || (url.endsWith('*') && path.startsWith(urlPrefix(url))),
  );
}

/** What a path has to start with for a URL of a rule that ends with stars. */
export function urlPrefix(url: string): string {
  let end = url.length;
  while (url[end - 1] === '*') end--;
  return url.slice(0, end);
}
