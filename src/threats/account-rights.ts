import { type Rule, uncovered } from '../engines/authorization/index.ts';
import type { Binding } from '../kubernetes/access.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { isFilledByController } from '../kubernetes/role-risk.ts';
import { bindingsOfAccount } from '../kubernetes/service-account-tokens.ts';
import type { Workload } from '../kubernetes/workload.ts';
import { defaultRules } from './default-access.ts';

/** The rules that a binding gives; undefined where nobody shows its role, or a controller fills it in later. */
export function rulesGiven({ role, roleKind, roleName }: Binding): readonly Rule[] | undefined {
  if (role !== undefined && !(role.rules.length === 0 && isFilledByController(role))) return role.rules;
  return roleKind === 'ClusterRole' ? defaultRules(roleName) : undefined;
}

/** What every API server allows everybody who can log in: what there is, who am I, may I. */
const FOR_EVERYBODY = [
  'system:basic-user',
  'system:discovery',
  'system:public-info-viewer',
  'system:service-account-issuer-discovery',
];

let everybodys: readonly Rule[] | undefined;
/** Many accounts are bound to the same few roles. */
const known = new WeakMap<readonly Rule[], boolean>();

function isBeyondDiscovery(rules: readonly Rule[]): boolean {
  const answer = known.get(rules);
  if (answer !== undefined) return answer;
  everybodys ??= FOR_EVERYBODY.flatMap((name) => defaultRules(name) ?? []);
  const owned = everybodys;
  const isBeyond = rules.some((rule) => uncovered(owned, [rule]).length > 0);
  known.set(rules, isBeyond);
  return isBeyond;
}

export interface AccountRights {
  /**
   * `beyond`: something that not everybody may anyway, or a role that is not among the sources, which nobody binds for nothing.
   * `discovery`: nothing but what everybody may. `none`: no binding.
   */
  readonly kind: 'beyond' | 'discovery' | 'none';
  /** The roles that are bound, such as `Role/web`. */
  readonly roles: readonly string[];
}

/** What the account of a workload's pods may do, by bindings of its own and of the group of its namespace's accounts. */
export function accountRights(workload: Workload, cluster: Cluster): AccountRights {
  const bindings = bindingsOfAccount(workload, cluster);
  const roles = [...new Set(bindings.map(({ roleKind, roleName }) => `${roleKind}/${roleName}`))].sort();
  if (bindings.length === 0) return { kind: 'none', roles };
  const isBeyond = bindings.some((binding) => {
    const rules = rulesGiven(binding);
    // In a cluster, a role that is not there gives nothing.
    return rules === undefined ? !cluster.isComplete : isBeyondDiscovery(rules);
  });
  return { kind: isBeyond ? 'beyond' : 'discovery', roles };
}
