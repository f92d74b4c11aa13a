import type { ResolvedRole, RoleRule } from '../../engines/authorization/index.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import {
  isMatchableGroup,
  isMatchableResource,
  isMatchableUrl,
  isMatchableVerb,
  isVersion,
} from './matchable.ts';

/** What of a rule is without effect, or makes the API server refuse it. */
export interface RuleDefect {
  readonly kind: /** A verb, group, resource or path that no request has. */
    | 'matches-nothing'
    /** `v1` or `apps/v1` in place of a group. */
    | 'version-as-group'
    /** A rule for resources and paths (k8s.io/kubernetes pkg/apis/rbac/validation, ValidatePolicyRule). */
    | 'resources-and-paths'
    /** Paths in a rule of a Role; the same. */
    | 'paths-in-role';
  readonly object: JsonObject;
  /** Field path in the object. */
  readonly path: string;
  /** What stands there; empty where the rule is meant. */
  readonly name: string;
}

/** Defects of the rules that roles state themselves. */
export function ruleDefects(roles: readonly ResolvedRole[]): RuleDefect[] {
  return roles.flatMap(({ object, rules }) =>
    rules.filter(({ from }) => from === undefined).flatMap((rule) => defectsOf(object, rule)),
  );
}

function defectsOf(object: JsonObject, rule: RoleRule): RuleDefect[] {
  const { path, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
  const defects: RuleDefect[] = [];
  const add = (kind: RuleDefect['kind'], field = '', name = '') =>
    defects.push({ kind, object, path: `${path}${field}`, name });
  if (nonResourceURLs.length > 0) {
    if (apiGroups.length > 0 || resources.length > 0 || resourceNames.length > 0) add('resources-and-paths');
    if (object['kind'] === 'Role') add('paths-in-role', '.nonResourceURLs');
  }
  for (const [field, isMatchable] of FIELDS) {
    for (const [index, name] of rule[field].entries()) {
      if (isMatchable(name)) continue;
      const kind = field === 'apiGroups' && isVersion(name) ? 'version-as-group' : 'matches-nothing';
      add(kind, `.${field}[${index}]`, name);
    }
  }
  return defects;
}

const FIELDS = [
  ['verbs', isMatchableVerb],
  ['apiGroups', isMatchableGroup],
  ['resources', isMatchableResource],
  ['nonResourceURLs', isMatchableUrl],
] as const;
