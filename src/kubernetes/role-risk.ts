import type { BindingSubject, Role } from './access.ts';
import { type PolicyRule, ruleAllows } from './policy-rules.ts';

/** Verbs on resources of one API group that a check looks for in the rules of a role. */
export interface Wanted {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What of the wanted one rule of a role allows. */
export interface RoleGrant {
  readonly rule: PolicyRule;
  readonly verbs: readonly string[];
  readonly resources: readonly string[];
}

/** How far what a role allows reaches, as it is bound among the sources. */
export type Reach = 'cluster' | 'namespace' | 'unbound';

/** A rule for every resource is a concern of its own; narrower ones have nothing to add about it. */
export function coversEveryResource(rule: PolicyRule): boolean {
  return rule.resources.includes('*');
}

/**
 * False where there is nothing to judge: roles that every API server creates, and roles without rules, such as those
 * whose rules a controller aggregates from others.
 */
export function hasOwnRules(role: Role): boolean {
  return !role.isBootstrap && role.rules.length > 0;
}

/**
 * The rules of a role that allow something of what is wanted. Rules for every resource (`*`) are left out, and so are
 * those limited by resourceNames unless `named` says otherwise.
 */
export function grantsOf(
  role: Role,
  wanted: readonly Wanted[],
  options: { readonly named?: boolean } = {},
): RoleGrant[] {
  return role.rules.flatMap((rule) => {
    if (coversEveryResource(rule)) return [];
    if (rule.resourceNames.length > 0 && options.named !== true) return [];
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
    return verbs.size === 0 ? [] : [{ rule, verbs: [...verbs], resources: [...resources] }];
  });
}

/**
 * `Role.reach` for namespaced resources: in `kube-system` live the service accounts of the control plane, so that rights
 * on its pods and secrets lead to the cluster.
 */
export function reachOf(role: Role): Reach {
  return role.bindings.some(({ object }) => object.namespace === 'kube-system') ? 'cluster' : role.reach;
}

/**
 * The reach of rights on cluster-scoped resources, which a Role cannot give (`none`) and a ClusterRole only through a
 * ClusterRoleBinding.
 */
export function clusterScopedReachOf(role: Role): Reach | 'none' {
  return role.isClusterRole ? role.reach : 'none';
}

const SHOWN = 3;

/** The bindings of a role and whom they name, for a message: `RoleBinding shop/web (ServiceAccount shop/web)`. */
export function boundBy(role: Role): string {
  const bindings = role.bindings.map(({ object, subjects }) => {
    const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
    return `${object.kind} ${name} (${shorten(subjects.map(nameOf))})`;
  });
  return shorten(bindings.sort());
}

export function nameOf({ kind, namespace, name }: BindingSubject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown}, +${names.length - SHOWN}` : shown;
}

/** Says of one rule what it allows and by what it is bound, in the messages that checks of roles share. */
export function tellGrant<S>(role: Role, { rule, verbs, resources }: RoleGrant, severity: S) {
  const allowed = { verbs: verbs.join(', '), resources: resources.join(', ') };
  return role.bindings.length === 0
    ? { at: rule.path, message: 'unbound' as const, params: allowed, severity }
    : { at: rule.path, message: 'bound' as const, params: { ...allowed, seen: boundBy(role) }, severity };
}

/** The same for rights on cluster-scoped resources, which have no effect in a Role. */
export function tellClusterScopedGrant<S>(
  role: Role,
  grant: RoleGrant,
  severities: Readonly<Record<Reach | 'none', S>>,
) {
  const reach = clusterScopedReachOf(role);
  if (reach !== 'none') return tellGrant(role, grant, severities[reach]);
  const params = { verbs: grant.verbs.join(', '), resources: grant.resources.join(', ') };
  return { at: grant.rule.path, message: 'no-effect' as const, params, severity: severities.none };
}

/** Whoever does not say who they are. */
export function isAnonymous({ kind, name }: BindingSubject): boolean {
  return (
    (kind === 'User' && name === 'system:anonymous') ||
    (kind === 'Group' && name === 'system:unauthenticated')
  );
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
