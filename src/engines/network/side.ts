import { type Endpoint, isPod, type NetworkPod, portsNamed } from './endpoints.ts';
import { includes } from './intervals.ts';
import type { Action, Direction, OpaquePolicy, Policy, Rule, RulePorts } from './policies/policy.ts';
import type { PortAlgebra, PortSet } from './ports.ts';
import type { Nearness, Surroundings } from './surroundings.ts';

/** What one end of a connection lets through. */
export interface Verdict {
  readonly allowed: PortSet;
  /** What is neither known to be let through nor known to be stopped. */
  readonly unknown: PortSet;
}

/** The policies that have a say at a pod in one direction, in the order in which they are asked. */
export interface Side {
  readonly direction: Direction;
  /** Of each priority together; those of namespaces are one group, which allows what any of them allows. */
  readonly admin: readonly (readonly Policy[])[];
  readonly namespace: readonly Policy[];
  readonly baseline: readonly (readonly Policy[])[];
  /** Policies that may have a say and are not evaluated. */
  readonly opaque: readonly OpaquePolicy[];
  /**
   * Whether it is not defined if the policies of namespaces hold: most network plugins cannot tell a pod on the network of its node
   * from the node, and ignore it (https://kubernetes.io/docs/concepts/services-networking/network-policies/
   * #networkpolicy-and-hostnetwork-pods).
   */
  readonly isOnHostNetwork: boolean;
}

/** A peer that no rule names, but for those that hold for everybody. */
export const OTHER = 'other';

export function rulesOf(policy: Policy, direction: Direction): readonly Rule[] | undefined {
  return direction === 'ingress' ? policy.ingress : policy.egress;
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

/** Judges what passes at one end, in the order of the tiers. */
export class Judge {
  readonly #algebra: PortAlgebra;
  readonly #surroundings: Surroundings;
  readonly #fixed = new Map<RulePorts, PortSet>();

  constructor(algebra: PortAlgebra, surroundings: Surroundings) {
    this.#algebra = algebra;
    this.#surroundings = surroundings;
  }

  /**
   * @param peer the other end
   * @param destination the pod that is reached, whose ports the names mean; undefined where it is no pod
   */
  judge(
    side: Side,
    peer: Endpoint | typeof OTHER,
    destination: NetworkPod | undefined,
    nearness: Nearness = 'elsewhere',
  ): Verdict {
    const algebra = this.#algebra;
    const { none, all } = algebra;
    if (side.isOnHostNetwork) return this.#eitherWay(side, peer, destination, nearness);
    if (side.opaque.some(({ isOfMesh }) => !isOfMesh)) return { allowed: none, unknown: all };
    const state: State = { open: all, allowed: none, unknown: none, doubted: none };
    this.#tier(side, side.admin, peer, destination, state);
    if (side.namespace.length > 0) {
      this.#ownNode(side, nearness, state);
      for (const policy of side.namespace) {
        for (const rule of rulesOf(policy, side.direction)!) {
          const match = this.matches(rule, peer, 'namespace');
          if (match === 'no') continue;
          const ports = algebra.intersection(this.portsOf(rule.ports, destination), state.open);
          if (match === 'yes') state.allowed = algebra.union(state.allowed, ports);
          else state.unknown = algebra.union(state.unknown, ports);
        }
      }
      state.open = none;
    }
    this.#tier(side, side.baseline, peer, destination, state);
    // What no policy spoke of passes.
    const possible = algebra.union(state.allowed, state.open);
    const allowed = side.opaque.length > 0 ? none : algebra.difference(possible, state.doubted);
    return { allowed, unknown: algebra.difference(algebra.union(state.unknown, possible), allowed) };
  }

  /** As if the policies of namespaces held; what passes only where they do not is unknown. */
  #eitherWay(
    side: Side,
    peer: Endpoint | typeof OTHER,
    destination: NetworkPod | undefined,
    nearness: Nearness,
  ): Verdict {
    const algebra = this.#algebra;
    const held = this.judge({ ...side, isOnHostNetwork: false }, peer, destination, nearness);
    const ignored = this.judge({ ...side, isOnHostNetwork: false, namespace: [] }, peer, destination);
    const others = algebra.union(held.unknown, algebra.union(ignored.allowed, ignored.unknown));
    return { allowed: held.allowed, unknown: algebra.difference(others, held.allowed) };
  }

  /**
   * What passes between a pod and its own node, whatever the policies of namespaces say: of ingress, the API says so
   * (k8s.io/api/networking/v1, NetworkPolicySpec.Ingress); of egress, the page on network policies does and the API does not.
   */
  #ownNode({ direction }: Side, nearness: Nearness, state: State): void {
    if (nearness === 'elsewhere') return;
    const isCertain = nearness === 'own-node' && direction === 'ingress';
    if (isCertain) state.allowed = this.#algebra.union(state.allowed, state.open);
    else state.unknown = this.#algebra.union(state.unknown, state.open);
  }

  #tier(
    { direction }: Side,
    groups: readonly (readonly Policy[])[],
    peer: Endpoint | typeof OTHER,
    destination: NetworkPod | undefined,
    state: State,
  ): void {
    const algebra = this.#algebra;
    /** Passed on to the next tier: no longer open in this one. */
    let passed = algebra.none;
    for (const group of groups) {
      if (state.open.isEmpty) break;
      const decided = { allow: algebra.none, deny: algebra.none, pass: algebra.none };
      let conflict = algebra.none;
      for (const policy of group) {
        const own = { allow: algebra.none, deny: algebra.none, pass: algebra.none };
        let open = state.open;
        for (const rule of rulesOf(policy, direction)!) {
          const match = this.matches(rule, peer, 'admin');
          if (match === 'no') continue;
          const matched = algebra.intersection(this.portsOf(rule.ports, destination), open);
          if (match === 'unknown') {
            // If it does match, what comes later in the order is not asked.
            if (rule.action !== 'deny') state.unknown = algebra.union(state.unknown, matched);
            if (rule.action !== 'allow') state.doubted = algebra.union(state.doubted, matched);
            continue;
          }
          own[rule.action] = algebra.union(own[rule.action], matched);
          open = algebra.difference(open, matched);
        }
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
    state.open = algebra.union(state.open, passed);
  }

  /** @param tier of the policy; those of administrators leave out pods on the network of their node, by their API */
  matches(rule: Rule, peer: Endpoint | typeof OTHER, tier: Policy['tier']): 'yes' | 'no' | 'unknown' {
    if (rule.peers === 'all') return 'yes';
    if (peer === OTHER) return 'no';
    let isUnknown = false;
    for (const each of rule.peers) {
      switch (each.kind) {
        case 'pods':
          if (!isPod(peer) || !this.#surroundings.selects(each.selector, peer)) break;
          if (!peer.isOnHostNetwork || tier === 'namespace') return 'yes';
          break;
        case 'addresses':
          if (
            isPod(peer)
              ? peer.addresses.some((address) => includes(each.addresses, address))
              : includes(each.addresses, peer)
          ) {
            return 'yes';
          }
          break;
        case 'nodes':
          switch (this.#surroundings.isOnNode(peer, each.nodes)) {
            case 'yes':
              return 'yes';
            case 'unknown':
              isUnknown = true;
          }
          break;
        case 'names':
          isUnknown ||= !isPod(peer) || each.mayBePods;
          break;
      }
    }
    return isUnknown ? 'unknown' : 'no';
  }

  portsOf(ports: RulePorts, destination: NetworkPod | undefined): PortSet {
    if (ports === 'all') return this.#algebra.all;
    let fixed = this.#fixed.get(ports);
    if (fixed === undefined) {
      fixed = this.#algebra.of(ports.ranges);
      this.#fixed.set(ports, fixed);
    }
    if (destination === undefined || ports.named.length === 0) return fixed;
    const named = ports.named.flatMap(({ name, protocol }) => portsNamed(destination, name, protocol));
    return named.length === 0 ? fixed : this.#algebra.union(fixed, this.#algebra.of(named));
  }
}

const ACTIONS: readonly Action[] = ['allow', 'deny', 'pass'];
