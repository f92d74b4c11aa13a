import type { Endpoint, NetworkPod } from './endpoints.ts';
import { portsNamed } from './endpoints.ts';
import { type Matcher, OTHER } from './match.ts';
import type { MeshFilter } from './mesh/filter.ts';
import type { Action, Direction, OpaquePolicy, Policy, Rule, RulePorts } from './policies/policy.ts';
import type { PortAlgebra, PortSet } from './ports.ts';
import type { Nearness } from './surroundings.ts';

export { OTHER };

/** What one end of a connection lets through. */
export interface Verdict {
  readonly allowed: PortSet;
  /** What is neither known to be let through nor known to be stopped. */
  readonly unknown: PortSet;
}

/** A policy with what it has to say at a pod. */
export interface Asked {
  readonly policy: Policy;
  /** Those whose own condition the pod meets; where that is not known, the rule is conditional. */
  readonly rules: readonly Rule[];
}

/** The policies of one stage that have a say at a pod, in the order in which they are asked. */
export interface AskedStage {
  readonly combination: 'ordered' | 'united';
  /** In an ordered stage, policies of which it is not defined which comes first are one group; else all are. */
  readonly groups: readonly (readonly Asked[])[];
  /** Whether what no rule speaks of is denied. */
  readonly isIsolating: boolean;
}

/** The policies that have a say at a pod in one direction. */
export interface Side {
  readonly direction: Direction;
  readonly stages: readonly AskedStage[];
  /** Policies that may have a say and are not evaluated. */
  readonly opaque: readonly OpaquePolicy[];
  /**
   * Whether it is not defined if the policies of namespaces hold: most network plugins cannot tell a pod on the network of its node
   * from the node, and ignore it (https://kubernetes.io/docs/concepts/services-networking/network-policies/
   * #networkpolicy-and-hostnetwork-pods).
   */
  readonly isOnHostNetwork: boolean;
}

export function rulesOf(policy: Policy, direction: Direction): readonly Rule[] | undefined {
  return direction === 'ingress' ? policy.ingress : policy.egress;
}

/** What a pod's own node means to a stage: what passes between them is not its to refuse, or may not be. */
export function ownNodeAt(
  { combination, groups }: AskedStage,
  direction: Direction,
  nearness: Nearness,
): 'passes' | 'may-pass' | 'asked' {
  if (nearness === 'elsewhere') return 'asked';
  const isOfCalico = groups.some((group) => group.some(({ policy }) => policy.plugin === 'calico'));
  // Calico asks no policy about what a node sends to its own pods, and all of them about what these send to it (felix/rules/static.go).
  if (isOfCalico ? direction === 'egress' : combination === 'ordered') return 'asked';
  // Of ingress, the API says so (k8s.io/api/networking/v1, NetworkPolicySpec.Ingress); of egress, the page on network policies does
  // and the API does not.
  return nearness === 'own-node' && direction === 'ingress' ? 'passes' : 'may-pass';
}

interface Question {
  readonly direction: Direction;
  readonly peer: Endpoint | typeof OTHER;
  /** The pod that is reached, whose ports the names mean; undefined where it is no pod. */
  readonly destination: NetworkPod | undefined;
  readonly nearness: Nearness;
}

interface State {
  /** What no policy has spoken of yet. */
  open: PortSet;
  allowed: PortSet;
  /** What an unknown rule may let through. */
  unknown: PortSet;
  /** What an unknown rule may stop, whatever comes after it. */
  doubted: PortSet;
}

/** Judges what passes at one end, stage after stage. */
export class Judge {
  readonly matcher: Matcher;
  readonly #algebra: PortAlgebra;
  readonly #mesh: MeshFilter | undefined;
  readonly #fixed = new Map<RulePorts, PortSet>();

  constructor(algebra: PortAlgebra, matcher: Matcher, mesh: MeshFilter | undefined) {
    this.#algebra = algebra;
    this.matcher = matcher;
    this.#mesh = mesh;
  }

  /**
   * @param peer the other end
   * @param destination the pod that is reached; undefined where it is no pod
   */
  judge(
    side: Side,
    peer: Endpoint | typeof OTHER,
    destination: NetworkPod | undefined,
    nearness: Nearness = 'elsewhere',
  ): Verdict {
    const algebra = this.#algebra;
    const { direction } = side;
    const question = { direction, peer, destination, nearness };
    if (side.opaque.some(({ isOfMesh }) => !isOfMesh)) {
      return this.behindMesh(question, { allowed: algebra.none, unknown: algebra.all });
    }
    if (side.isOnHostNetwork) return this.#eitherWay(side, question, nearness);
    const verdict = this.#through(side.stages, algebra.all, question);
    if (side.opaque.length === 0) return this.behindMesh(question, verdict);
    const { allowed, unknown } = verdict;
    return this.behindMesh(question, { allowed: algebra.none, unknown: algebra.union(allowed, unknown) });
  }

  /** What of some ports passes, from a stage on. */
  #through(stages: readonly AskedStage[], ports: PortSet, question: Question): Verdict {
    const algebra = this.#algebra;
    const { none } = algebra;
    const state: State = { open: ports, allowed: none, unknown: none, doubted: none };
    const others: { readonly ports: PortSet; readonly verdict: Verdict }[] = [];
    for (const [index, stage] of stages.entries()) {
      if (state.open.isEmpty) break;
      const ownNode = ownNodeAt(stage, question.direction, question.nearness);
      if (ownNode === 'may-pass') state.unknown = algebra.union(state.unknown, state.open);
      if (stage.combination === 'united') this.#united(stage, question, state, ownNode === 'passes');
      else if (ownNode === 'passes') {
        state.allowed = algebra.union(state.allowed, state.open);
        state.open = none;
      } else {
        const maybe = this.#ordered(stage, question, state);
        if (maybe.isEmpty) continue;
        const rest = stages.slice(index + 1);
        others.push({ ports: maybe, verdict: this.#through(rest, maybe, question) });
      }
    }
    // What no policy spoke of passes.
    const possible = algebra.union(state.allowed, state.open);
    const allowed = algebra.difference(possible, state.doubted);
    const unknown = algebra.difference(algebra.union(state.unknown, possible), allowed);
    return others.reduce<Verdict>((verdict, other) => this.#orElse(verdict, other.ports, other.verdict), {
      allowed,
      unknown,
    });
  }

  /** What passes where it is not known which of two verdicts some ports meet with. */
  #orElse(verdict: Verdict, ports: PortSet, other: Verdict): Verdict {
    const algebra = this.#algebra;
    const lost = algebra.difference(ports, other.allowed);
    const allowed = algebra.difference(verdict.allowed, lost);
    const possible = [verdict.allowed, verdict.unknown, other.allowed, other.unknown].reduce((a, b) =>
      algebra.union(a, b),
    );
    return { allowed, unknown: algebra.difference(possible, allowed) };
  }

  /** A mesh lets through no more than policies do. */
  behindMesh(
    { direction, peer, destination }: Pick<Question, 'direction' | 'peer' | 'destination'>,
    verdict: Verdict,
  ): Verdict {
    if (direction === 'egress' || destination === undefined) return verdict;
    const admitted = this.#mesh?.admits(peer, destination);
    if (admitted === undefined) return verdict;
    const { allowed, unknown } = verdict;
    const algebra = this.#algebra;
    const both = algebra.intersection(allowed, admitted.allowed);
    const possible = algebra.intersection(
      algebra.union(allowed, unknown),
      algebra.union(admitted.allowed, admitted.unknown),
    );
    return { allowed: both, unknown: algebra.difference(possible, both) };
  }

  /** As if the policies of namespaces held; what passes only where they do not is unknown. */
  #eitherWay(side: Side, { peer, destination }: Question, nearness: Nearness): Verdict {
    const algebra = this.#algebra;
    const held = this.judge({ ...side, isOnHostNetwork: false }, peer, destination, nearness);
    const stages = side.stages.filter(({ combination }) => combination === 'ordered');
    const ignored = this.judge({ ...side, isOnHostNetwork: false, stages }, peer, destination);
    const others = algebra.union(held.unknown, algebra.union(ignored.allowed, ignored.unknown));
    return { allowed: held.allowed, unknown: algebra.difference(others, held.allowed) };
  }

  /** What one rule allows and none denies passes; what no rule speaks of goes on where no policy isolates. */
  #united(stage: AskedStage, question: Question, state: State, ownNodePasses: boolean): void {
    const algebra = this.#algebra;
    const { open } = state;
    const certain = { allow: ownNodePasses ? open : algebra.none, deny: algebra.none };
    const possible = { allow: algebra.none, deny: algebra.none };
    for (const group of stage.groups) {
      for (const { policy, rules } of group) {
        for (const rule of rules) {
          const match = this.matcher.rule(policy, rule, question.peer, question.nearness);
          if (match === 'no') continue;
          const sums = match === 'yes' ? certain : possible;
          const action = rule.action === 'deny' ? 'deny' : 'allow';
          sums[action] = algebra.union(sums[action], this.portsOf(rule.ports, question.destination));
        }
      }
    }
    const undenied = algebra.difference(open, certain.deny);
    const allowed = algebra.intersection(certain.allow, undenied);
    state.allowed = algebra.union(state.allowed, allowed);
    state.unknown = algebra.union(state.unknown, algebra.intersection(possible.allow, undenied));
    state.doubted = algebra.union(state.doubted, algebra.intersection(possible.deny, undenied));
    // Whether a plugin asks a policy that denies about the own node is up to it.
    if (ownNodePasses) state.unknown = algebra.union(state.unknown, algebra.difference(open, undenied));
    state.open = stage.isIsolating ? algebra.none : algebra.difference(undenied, allowed);
  }

  /** @returns what may be passed on to the next stage, or else is decided as the state says */
  #ordered(stage: AskedStage, question: Question, state: State): PortSet {
    const algebra = this.#algebra;
    /** Passed on to the next stage: no longer open in this one. */
    let passed = algebra.none;
    let maybePassed = algebra.none;
    for (const group of stage.groups) {
      if (state.open.isEmpty) break;
      const decided = { allow: algebra.none, deny: algebra.none, pass: algebra.none };
      let conflict = algebra.none;
      for (const asked of group) {
        const own = this.#first(asked, question, state);
        maybePassed = algebra.union(maybePassed, own.maybePassed);
        for (const action of ACTIONS) {
          for (const other of ACTIONS) {
            if (other === action) continue;
            conflict = algebra.union(conflict, algebra.intersection(own[action], decided[other]));
          }
        }
        for (const action of ACTIONS) decided[action] = algebra.union(decided[action], own[action]);
      }
      // Which of two policies of the same priority comes first is not defined; what one of them passes on may be decided later.
      state.unknown = algebra.union(state.unknown, algebra.intersection(conflict, decided.allow));
      const denied = algebra.intersection(conflict, decided.deny);
      state.doubted = algebra.union(state.doubted, algebra.intersection(denied, decided.pass));
      const spoken = algebra.union(decided.allow, algebra.union(decided.deny, decided.pass));
      state.allowed = algebra.union(state.allowed, algebra.difference(decided.allow, conflict));
      passed = algebra.union(passed, decided.pass);
      state.open = algebra.difference(state.open, spoken);
    }
    state.open = stage.isIsolating ? passed : algebra.union(state.open, passed);
    return maybePassed;
  }

  /** What the rules of one policy do with what is open: of each port, the first that speaks of it. */
  #first(
    { policy, rules }: Asked,
    { peer, destination, nearness }: Question,
    state: State,
  ): Readonly<Record<Action | 'maybePassed', PortSet>> {
    const algebra = this.#algebra;
    const { none } = algebra;
    const own = { allow: none, deny: none, pass: none, maybePassed: none };
    let { open } = state;
    for (const rule of rules) {
      const match = this.matcher.rule(policy, rule, peer, nearness);
      if (match === 'no') continue;
      const matched = algebra.intersection(this.portsOf(rule.ports, destination), open);
      if (match === 'unknown') {
        // If it does match, what comes later in the order is not asked.
        if (rule.action === 'allow') state.unknown = algebra.union(state.unknown, matched);
        else if (rule.action === 'deny') state.doubted = algebra.union(state.doubted, matched);
        else own.maybePassed = algebra.union(own.maybePassed, matched);
        continue;
      }
      own[rule.action] = algebra.union(own[rule.action], matched);
      open = algebra.difference(open, matched);
    }
    return own;
  }

  portsOf(ports: RulePorts, destination: NetworkPod | undefined): PortSet {
    if (ports === 'all') return this.#algebra.all;
    let fixed = this.#fixed.get(ports);
    if (fixed === undefined) {
      fixed = this.#algebra.of(ports.ranges);
      this.#fixed.set(ports, fixed);
    }
    if (destination !== undefined && ports.named.length > 0) {
      const named = ports.named.flatMap(({ name, protocol }) => portsNamed(destination, name, protocol));
      if (named.length > 0) fixed = this.#algebra.union(fixed, this.#algebra.of(named));
    }
    return ports.except === undefined
      ? fixed
      : this.#algebra.difference(fixed, this.portsOf(ports.except, destination));
  }
}

const ACTIONS: readonly Action[] = ['allow', 'deny', 'pass'];
