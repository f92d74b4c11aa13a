import type { BindingSubject, Role } from './access.ts';
import { asObject } from './json.ts';
import { type PolicyRule, ruleAllows } from './policy-rules.ts';

/** Verbs on resources of one API group that a check looks for in the rules of a role. */
export interface Wanted {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What of the wanted a rule allows. */
export interface RuleGrant {
  readonly verbs: readonly string[];
  readonly resources: readonly string[];
}

/** A rule for every resource is a concern of its own; narrower ones have nothing to add about it. */
export function coversEveryResource(rule: PolicyRule): boolean {
  return rule.resources.includes('*');
}

/** An aggregated role: a controller overwrites its rules with those of the roles that it selects. */
export function isFilledByController(role: Role): boolean {
  return asObject(role.object.raw['aggregationRule']) !== undefined;
}

/**
 * What of the wanted a rule allows. Rules for every resource (`*`) are left out, and so are those limited by resourceNames
 * unless `named` accepts the names.
 */
export function grantOf(
  rule: PolicyRule,
  wanted: readonly Wanted[],
  named: (names: readonly string[]) => boolean = () => false,
): RuleGrant | undefined {
  if (coversEveryResource(rule)) return undefined;
  if (rule.resourceNames.length > 0 && !named(rule.resourceNames)) return undefined;
  const verbs = new Set<string>();
  const resources = new Set<string>();
  for (const { group, resources: names, verbs: actions } of wanted) {
    for (const resource of names) {
      for (const verb of actions) {
        if (!ruleAllows(rule, verb, group, resource)) continue;
        verbs.add(verb);
        resources.add(resource);
      }
    }
  }
  return verbs.size === 0 ? undefined : { verbs: [...verbs], resources: [...resources] };
}

export function nameOf({ kind, namespace, name }: BindingSubject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** Whoever does not say who they are. */
export function isAnonymous({ kind, name }: BindingSubject): boolean {
  return (
    (kind === 'User' && name === 'system:anonymous') ||
    (kind === 'Group' && name === 'system:unauthenticated')
  );
}

/**
 * Whose credentials lie in a pod or on a node, where whoever breaks out finds them: a service account, also by its user name, and
 * the kubelets.
 */
export function isMachine({ kind, name }: BindingSubject): boolean {
  if (kind === 'User')
    return /^system:serviceaccount:[^:]+:[^:]+$/.test(name) || name.startsWith('system:node:');
  return kind === 'ServiceAccount' || (kind === 'Group' && name === 'system:nodes');
}

/** A group that the API server puts everybody, every service account, or every service account of a namespace into. */
export function isBuiltInGroup({ kind, name }: BindingSubject): boolean {
  return (
    kind === 'Group' &&
    (name === 'system:authenticated' ||
      name === 'system:serviceaccounts' ||
      name.startsWith('system:serviceaccounts:'))
  );
}

/** Whether a role only reads, and no secrets: what a wide audience gets from it is information, not power. */
export function onlyReads(role: Role): boolean {
  return role.rules.every(
    (rule) =>
      rule.verbs.every((verb) => verb === 'get' || verb === 'list' || verb === 'watch') &&
      !rule.resources.some(
        (resource) => resource === '*' || resource === 'secrets' || resource.includes('/'),
      ),
  );
}
