import { asArray, asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { policyRules } from '../../../kubernetes/policy-rules.ts';
import { type LabelMatcher, labelSelector } from '../../../kubernetes/selectors.ts';
import type { RoleRule } from './grant.ts';
import type { RbacObject } from './objects.ts';
import type { Problem } from './problem.ts';

/** A Role or ClusterRole with the rules that it has in the end. */
export interface ResolvedRole {
  readonly object: JsonObject;
  readonly rules: readonly RoleRule[];
}

interface Aggregated {
  readonly role: RbacObject;
  readonly stated: readonly RoleRule[];
  /** What the role keeps whatever is selected; undefined: the controller replaces what it states. */
  readonly kept: readonly RoleRule[] | undefined;
  /** The roles that it takes rules from, in the controller's order. */
  readonly sources: readonly RbacObject[];
}

/**
 * The rules of every role, those of aggregated ClusterRoles filled in as the controller does in the end (k8s.io/kubernetes
 * pkg/controller/clusterroleaggregation): what such a role states itself is replaced, except by nothing. A role that was read from an API server
 * keeps what it states there, as that is what counts now, whether or not the roles that it was taken from were read too.
 */
export function resolveRules(
  roles: readonly RbacObject[],
  problems: Problem[],
): ReadonlyMap<RbacObject, readonly RoleRule[]> {
  const rules = new Map<RbacObject, readonly RoleRule[]>();
  for (const role of roles) rules.set(role, policyRules(role.object));
  const aggregated = aggregatedRoles(roles, rules, problems);
  if (aggregated.length === 0) return rules;
  nameCycles(aggregated, problems);
  // Without cycles each round settles at least one more role. Roles in a cycle may pass stale rules around for ever.
  for (let round = 0; round <= aggregated.length; round++) {
    let isSettled = true;
    for (const each of aggregated) {
      const fresh = taken(each, rules);
      if (!areSame(fresh, rules.get(each.role)!)) isSettled = false;
      rules.set(each.role, fresh);
    }
    if (isSettled) return rules;
  }
  // Then each of them holds every rule of the others at some time.
  for (let isSettled = false; !isSettled; ) {
    isSettled = true;
    for (const each of aggregated) {
      const before = rules.get(each.role)!;
      const fresh = taken({ ...each, kept: before }, rules);
      if (fresh.length !== before.length) isSettled = false;
      rules.set(each.role, fresh);
    }
  }
  return rules;
}

function aggregatedRoles(
  roles: readonly RbacObject[],
  rules: ReadonlyMap<RbacObject, readonly RoleRule[]>,
  problems: Problem[],
): Aggregated[] {
  const clusterRoles = roles.filter(({ kind }) => kind === 'ClusterRole');
  const aggregating = clusterRoles.filter(({ object }) => asObject(object['aggregationRule']) !== undefined);
  if (aggregating.length === 0) return [];
  const sorted = clusterRoles.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const labelled = sorted.map((role) => ({ role, labels: asObject(metadataOf(role)?.['labels']) }));
  return sorted.flatMap((role): Aggregated[] => {
    const rule = asObject(role.object['aggregationRule']);
    if (rule === undefined) return [];
    const selectors = compile(role, rule, problems);
    if (selectors === undefined) return [];
    // One after the other, as the order of rules follows the order of selectors.
    const sources = selectors.flatMap((matches) =>
      labelled
        .filter((other) => other.role.name !== role.name && matches(other.labels))
        .map((other) => other.role),
    );
    const isStored = (asString(metadataOf(role)?.['uid']) ?? '') !== '';
    const stated = rules.get(role)!;
    return [{ role, stated, sources: [...new Set(sources)], kept: isStored ? stated : undefined }];
  });
}

function metadataOf({ object }: RbacObject): JsonObject | undefined {
  return asObject(object['metadata']);
}

/** Undefined where one is refused: the controller then leaves the role as it is. */
function compile(role: RbacObject, rule: JsonObject, problems: Problem[]): LabelMatcher[] | undefined {
  const selectors: LabelMatcher[] = [];
  for (const [index, selector] of (asArray(rule['clusterRoleSelectors']) ?? []).entries()) {
    const matches = labelSelector(asObject(selector) ?? {});
    if (matches === undefined) {
      const path = `aggregationRule.clusterRoleSelectors[${index}]`;
      problems.push({ kind: 'invalid-selector', object: role.object, path, name: role.name });
      return undefined;
    }
    selectors.push(matches);
  }
  return selectors;
}

function taken(
  { stated, kept, sources }: Aggregated,
  rules: ReadonlyMap<RbacObject, readonly RoleRule[]>,
): readonly RoleRule[] {
  const fresh = new Map<string, RoleRule>();
  for (const rule of kept ?? []) fresh.set(sameness(rule), rule);
  for (const source of sources) {
    rules.get(source)!.forEach((rule, index) => {
      const key = sameness(rule);
      const known = fresh.get(key);
      if (known !== undefined && (known.from !== undefined || kept === undefined)) return;
      const from = rule.from ?? { role: source.object, index };
      fresh.set(key, { ...rule, from });
      SAMENESS.set(fresh.get(key)!, key);
    });
  }
  // The controller applies its rules on the server's side, and nothing takes nothing away from whoever stated some.
  return fresh.size === 0 ? stated : [...fresh.values()];
}

/** Rules that are equal, wherever they stand. */
function areSame(left: readonly RoleRule[], right: readonly RoleRule[]): boolean {
  return (
    left.length === right.length && left.every((rule, index) => sameness(rule) === sameness(right[index]!))
  );
}

const SAMENESS = new WeakMap<RoleRule, string>();

function sameness(rule: RoleRule): string {
  let key = SAMENESS.get(rule);
  if (key === undefined) {
    const { apiGroups, resources, verbs, resourceNames, nonResourceURLs } = rule;
    key = JSON.stringify([apiGroups, resources, verbs, resourceNames, nonResourceURLs]);
    SAMENESS.set(rule, key);
  }
  return key;
}

/** Names each role that comes to take its own rules, with the first role on the way. */
function nameCycles(aggregated: readonly Aggregated[], problems: Problem[]): void {
  const byRole = new Map(aggregated.map((each) => [each.role, each]));
  for (const { role, sources } of aggregated) {
    for (const first of sources) {
      if (!leadsTo(first, role, byRole)) continue;
      const path = 'aggregationRule.clusterRoleSelectors';
      problems.push({ kind: 'aggregation-cycle', object: role.object, path, name: first.name });
      break;
    }
  }
}

function leadsTo(from: RbacObject, goal: RbacObject, byRole: ReadonlyMap<RbacObject, Aggregated>): boolean {
  const seen = new Set([from]);
  for (const role of seen) {
    if (role === goal) return true;
    for (const source of byRole.get(role)?.sources ?? []) if (byRole.has(source)) seen.add(source);
  }
  return false;
}
