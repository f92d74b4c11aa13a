import { type Endpoint, isPod, type NetworkPod } from './endpoints.ts';
import { OTHER } from './match.ts';
import type { NetworkModel } from './model.ts';
import type { Direction, Policy, Rule } from './policies/policy.ts';
import { type Asked, rulesOf } from './side.ts';

/** Two policies of one priority that select the same pods and do different things with the same packets. */
export interface Conflict {
  readonly direction: Direction;
  readonly policy: Policy;
  readonly rule: Rule;
  readonly other: Policy;
  readonly otherRule: Rule;
}

/**
 * Policies between which it is not defined which comes first ("the behavior is undefined": spec.priority of AdminNetworkPolicy and
 * ClusterNetworkPolicy), where that matters to the pods that are there: each pair once, by the first rules that disagree.
 */
export function conflictsOf(model: NetworkModel): Conflict[] {
  return new Conflicts(model).found;
}

class Conflicts {
  readonly found: Conflict[] = [];
  readonly #model: NetworkModel;
  readonly #peers: readonly (Endpoint | typeof OTHER)[];
  /** Of a rule, the peers that it certainly speaks of: a bit each. */
  readonly #spokenOf = new Map<Rule, bigint>();
  /** Of two policies, the peers of which they may say different things; none once they are told. */
  readonly #open: Record<Direction, Map<Policy, Map<Policy, bigint>>> = {
    ingress: new Map(),
    egress: new Map(),
  };

  constructor(model: NetworkModel) {
    this.#model = model;
    this.#peers = [
      ...model.classes,
      OTHER,
      ...model.blocks.map((block) => model.surroundings.sampleOf(block)),
    ];
    const seen = new Set<object>();
    for (const pod of model.classes) {
      for (const direction of ['ingress', 'egress'] as const) {
        const side = model.side(pod, direction);
        if (seen.has(side)) continue;
        seen.add(side);
        for (const { combination, groups } of side.stages) {
          if (combination !== 'ordered') continue;
          for (const group of groups) this.#among(pod, direction, group);
        }
      }
    }
  }

  #among(pod: NetworkPod, direction: Direction, group: readonly Asked[]): void {
    for (const [index, one] of group.entries()) {
      const others = this.#open[direction].get(one.policy) ?? new Map<Policy, bigint>();
      this.#open[direction].set(one.policy, others);
      for (const other of group.slice(index + 1)) {
        const open = others.get(other.policy) ?? this.#mayDisagree(one.policy, other.policy, direction);
        others.set(other.policy, open);
        const rules = open === 0n ? undefined : this.#disagreement(pod, direction, [one, other], open);
        if (rules === undefined) continue;
        others.set(other.policy, 0n);
        const [rule, otherRule] = rules;
        this.found.push({ direction, policy: one.policy, rule, other: other.policy, otherRule });
      }
    }
  }

  /** Without a look at which pod it is, and at which rule comes first. */
  #mayDisagree(one: Policy, other: Policy, direction: Direction): bigint {
    const { algebra, judge } = this.#model;
    let peers = 0n;
    for (const rule of rulesOf(one, direction)!) {
      for (const another of rulesOf(other, direction)!) {
        if (rule.action === another.action) continue;
        const isNamed = [rule, another].some(({ ports }) => ports !== 'all' && ports.named.length > 0);
        const [ports, otherPorts] = [rule, another].map((each) => judge.portsOf(each.ports, undefined));
        if (!isNamed && algebra.intersection(ports!, otherPorts!).isEmpty) continue;
        peers |= this.#peersOf(one, rule) & this.#peersOf(other, another);
      }
    }
    return peers;
  }

  #peersOf(policy: Policy, rule: Rule): bigint {
    let bits = this.#spokenOf.get(rule);
    if (bits === undefined) {
      const { matcher } = this.#model.judge;
      const signs = this.#peers.map((peer) => (matcher.rule(policy, rule, peer) === 'yes' ? '1' : '0'));
      bits = BigInt(`0b${signs.reverse().join('')}`);
      this.#spokenOf.set(rule, bits);
    }
    return bits;
  }

  /** The first rules of either policy that speak of the same packet and do not do the same with it. */
  #disagreement(
    pod: NetworkPod,
    direction: Direction,
    [one, other]: readonly [Asked, Asked],
    open: bigint,
  ): readonly [Rule, Rule] | undefined {
    const { algebra } = this.#model;
    for (const [index, peer] of this.#peers.entries()) {
      if (peer === pod || ((open >> BigInt(index)) & 1n) === 0n) continue;
      const reached = peer !== OTHER && isPod(peer) ? peer : undefined;
      const destination = direction === 'ingress' ? pod : reached;
      const second = this.#speaking(other, peer, destination);
      for (const [rule, ports] of this.#speaking(one, peer, destination)) {
        const against = second.find(
          ([another, otherPorts]) =>
            another.action !== rule.action && !algebra.intersection(ports, otherPorts).isEmpty,
        );
        if (against !== undefined) return [rule, against[0]];
      }
    }
    return undefined;
  }

  /** The rules of a policy that speak of a peer, each with the ports of which it is the first. */
  #speaking({ policy, rules }: Asked, peer: Endpoint | typeof OTHER, destination: NetworkPod | undefined) {
    const { algebra, judge } = this.#model;
    let open = algebra.all;
    return rules.flatMap((rule) => {
      if (judge.matcher.rule(policy, rule, peer) !== 'yes') return [];
      const ports = algebra.intersection(judge.portsOf(rule.ports, destination), open);
      open = algebra.difference(open, ports);
      return ports.isEmpty ? [] : [[rule, ports] as const];
    });
  }
}
