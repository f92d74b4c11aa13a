import { RbacWorld } from '../engines/authorization/index.ts';
import type { Binding, BindingSubject, Role } from '../kubernetes/access.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { JsonObject } from '../kubernetes/json.ts';
import type { PolicyRule } from '../kubernetes/policy-rules.ts';
import { grantOf, isFilledByController, nameOf, type Wanted } from '../kubernetes/role-risk.ts';
import { isAdministratorGroup, isDefaultSubject, rulesOfPeople } from './default-access.ts';
import { failIfAny, notApplicable, pass, SEVERITIES, type Severity } from './define-check.ts';

/** How far what a role allows reaches, by the bindings among the sources. */
export type Reach = 'cluster' | 'namespace' | 'unbound';

/** What a check looks for in the rules of roles, and what it weighs by how far it reaches; no finding where no weight is given. */
export interface Power {
  readonly wanted: readonly Wanted[];
  readonly severity: Readonly<Partial<Record<Reach, Severity>>>;
  /** Whether a rule limited to these names still has it; such rules are left out otherwise. */
  readonly named?: (names: readonly string[]) => boolean;
  /** A rule that allows any of this besides is the concern of another check. */
  readonly unless?: readonly Wanted[];
  readonly isClusterScoped?: false;
}

/** The same for cluster-scoped resources: neither a Role nor a RoleBinding grants anything on them. */
interface ClusterScopedPower extends Omit<Power, 'isClusterScoped'> {
  readonly isClusterScoped: true;
}

/** A binding that gives somebody the rules of a role. */
interface Held {
  readonly binding: Binding;
  readonly subjects: BindingSubject[];
  /** The binding is of an aggregated role, which took the rules from this one. */
  readonly isAggregated: boolean;
}

/** Who holds the rules that a role states, and how far that reaches. */
export class Holding {
  readonly held: readonly Held[];
  readonly #isClusterRole: boolean;
  #seen: string | undefined;

  constructor(held: readonly Held[], isClusterRole: boolean) {
    this.held = held;
    this.#isClusterRole = isClusterRole;
  }

  /** For namespaced resources: in `kube-system` live the service accounts of the control plane, so that rights there lead to the cluster. */
  get reach(): Reach {
    if (this.held.length === 0) return 'unbound';
    return this.held.some(
      ({ binding }) => binding.isClusterWide || binding.object.namespace === 'kube-system',
    )
      ? 'cluster'
      : 'namespace';
  }

  /** For cluster-scoped resources; `none` where the role cannot grant them however it is bound. */
  get clusterScopedReach(): Reach | 'none' {
    if (!this.#isClusterRole) return 'none';
    if (this.held.length === 0) return 'unbound';
    return this.held.some(({ binding }) => binding.isClusterWide) ? 'cluster' : 'namespace';
  }

  /** For the messages of findings: `RoleBinding shop/web (ServiceAccount shop/web)`. */
  get seen(): string {
    this.#seen ??= shorten(this.held.map(tellHeld).sort());
    return this.#seen;
  }
}

/** Who holds the rules that the role states, by bindings of its own and by those of roles that it is aggregated into. */
export function holdingOf(role: Role, cluster: Cluster): Holding {
  return holdings(cluster).get(role.object.raw) ?? new Holding([], role.isClusterRole);
}

/** What a Role that nothing binds could come to is what it has once it is bound in its namespace. */
export function severityAt(severity: Readonly<Record<Reach, Severity>>, reach: Reach, role: Role): Severity;
export function severityAt(severity: Power['severity'], reach: Reach, role: Role): Severity | undefined;
export function severityAt(severity: Power['severity'], reach: Reach, role: Role): Severity | undefined {
  const stays = !role.isClusterRole && role.object.namespace !== 'kube-system';
  return severity[reach === 'unbound' && stays ? 'namespace' : reach];
}

type Allowed = { verbs: string; resources: string };
type Told =
  | { message: 'bound'; params: Allowed & { seen: string } }
  | { message: 'unbound'; params: Allowed };
type NoEffect = { message: 'no-effect'; params: Allowed };
type Failed<T> = { at: string; severity: Severity } & T;
type Judged<T> = { verdict: 'fail'; failures: Failed<T>[] } | typeof pass | typeof notApplicable;

/**
 * Judges what a role allows and who holds it. In a cluster a right that nobody holds is no finding; among manifests it may be
 * bound elsewhere.
 */
export function judgeRole(role: Role, cluster: Cluster, powers: readonly Power[]): Judged<Told>;
export function judgeRole(
  role: Role,
  cluster: Cluster,
  powers: readonly (Power | ClusterScopedPower)[],
): Judged<Told | NoEffect>;
export function judgeRole(
  role: Role,
  cluster: Cluster,
  powers: readonly (Power | ClusterScopedPower)[],
): Judged<Told | NoEffect> {
  const rules = rulesToJudge(role);
  if (rules.length === 0) return notApplicable;
  // Whoever holds a harmless role does not matter, not even where it cannot be seen.
  const hasAny = (rule: PolicyRule) =>
    powers.some(({ wanted, named }) => grantOf(rule, wanted, named) !== undefined);
  if (!rules.some(hasAny)) return pass;
  const holding = holdingOf(role, cluster);
  if (cluster.isComplete && holding.reach === 'unbound') return pass;
  return failIfAny<Failed<Told | NoEffect>>(
    rules.flatMap((rule) => judgeRule(role, rule, holding, cluster, powers) ?? []),
  );
}

/** Those that people stated; what a controller aggregates into a role is judged where it is stated. */
export function rulesToJudge(role: Role): readonly PolicyRule[] {
  return isFilledByController(role) ? [] : rulesOfPeople(role);
}

/** One finding for a rule, whatever of the powers it gives: the worst of them weighs it. */
function judgeRule(
  role: Role,
  rule: PolicyRule,
  holding: Holding,
  cluster: Cluster,
  powers: readonly (Power | ClusterScopedPower)[],
): Failed<Told | NoEffect> | undefined {
  const verbs = new Set<string>();
  const resources = new Set<string>();
  const idle = { verbs: new Set<string>(), resources: new Set<string>() };
  let worst: Severity | undefined;
  for (const power of powers) {
    const grant = grantOf(rule, power.wanted, power.named);
    if (grant === undefined || (power.unless && grantOf(rule, power.unless, power.named))) continue;
    const reach = power.isClusterScoped ? holding.clusterScopedReach : holding.reach;
    if (power.isClusterScoped && cluster.isComplete && reach !== 'cluster') continue;
    const severity = reach === 'none' ? undefined : severityAt(power.severity, reach, role);
    const into = reach === 'none' ? idle : { verbs, resources };
    if (severity === undefined && reach !== 'none') continue;
    for (const verb of grant.verbs) into.verbs.add(verb);
    for (const resource of grant.resources) into.resources.add(resource);
    worst = worse(worst, severity);
  }
  if (worst !== undefined) return tell(rule, { verbs, resources }, holding, worst);
  if (idle.verbs.size === 0) return undefined;
  return { at: rule.path, message: 'no-effect', params: spell(idle), severity: 'info' };
}

/** Says of a rule what it allows and who holds it, in the messages that checks of roles share. */
function tell(
  rule: PolicyRule,
  allowed: { readonly verbs: Iterable<string>; readonly resources: Iterable<string> },
  holding: Holding,
  severity: Severity,
): Failed<Told> {
  const params = spell(allowed);
  return holding.held.length === 0
    ? { at: rule.path, message: 'unbound', params, severity }
    : { at: rule.path, message: 'bound', params: { ...params, seen: holding.seen }, severity };
}

function spell({ verbs, resources }: { verbs: Iterable<string>; resources: Iterable<string> }): Allowed {
  return { verbs: [...verbs].join(', '), resources: [...resources].join(', ') };
}

function worse(a: Severity | undefined, b: Severity | undefined): Severity | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b;
}

/** Of each role among the sources that somebody holds, by the object that states it. */
function holdings(cluster: Cluster): ReadonlyMap<JsonObject, Holding> {
  return cluster.memo('holders of roles', () => {
    const bindings = new Map(cluster.bindings.map((binding) => [binding.object.raw, binding]));
    const world = RbacWorld.of([...cluster.roles.map(({ object }) => object.raw), ...bindings.keys()], {
      bootstrap: !cluster.isComplete,
    });
    const stating = new Map<JsonObject, Set<JsonObject>>();
    const found = new Map<JsonObject, Map<Binding, Held>>();
    for (const { binding: raw, role, rules, subjectIndex } of world.grants) {
      const binding = bindings.get(raw);
      const subject = binding?.subjects[subjectIndex];
      if (binding === undefined || subject === undefined) continue;
      if (isDefaultSubject(binding, subject) || isAdministratorGroup(subject)) continue;
      let stated = stating.get(role);
      if (stated === undefined) {
        stated = new Set<JsonObject>([role]);
        for (const { from } of rules) if (from !== undefined) stated.add(from.role);
        stating.set(role, stated);
      }
      for (const source of stated) {
        const held = found.get(source) ?? new Map<Binding, Held>();
        found.set(source, held);
        const known = held.get(binding);
        if (known !== undefined) known.subjects.push(subject);
        else held.set(binding, { binding, subjects: [subject], isAggregated: source !== role });
      }
    }
    return new Map(
      [...found].map(([source, held]) => [
        source,
        new Holding([...held.values()], source['kind'] === 'ClusterRole'),
      ]),
    );
  });
}

const SHOWN = 3;

function tellHeld({ binding: { object, roleName }, subjects, isAggregated }: Held): string {
  const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
  const by = isAggregated ? ` → ClusterRole ${roleName}` : '';
  return `${object.kind} ${name}${by} (${shorten(subjects.map(nameOf))})`;
}

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown}, +${names.length - SHOWN}` : shown;
}
