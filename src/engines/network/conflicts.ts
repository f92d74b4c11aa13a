import { type Endpoint, isPod, type NetworkPod } from './endpoints.ts';
import { OTHER } from './match.ts';
import type { NetworkModel } from './model.ts';
import type { Direction, Policy, Rule } from './policies/policy.ts';
import type { Asked } from './side.ts';

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
export function* conflictsOf(model: NetworkModel): Generator<Conflict> {
  const settled = new Map<Policy, Set<Policy>>();
  const seen = new Set<object>();
  for (const pod of model.classes) {
    for (const direction of ['ingress', 'egress'] as const) {
      const side = model.side(pod, direction);
      if (seen.has(side)) continue;
      seen.add(side);
      for (const { combination, groups } of side.stages) {
        if (combination !== 'ordered') continue;
        for (const group of groups) yield* among(model, pod, direction, group, settled);
      }
    }
  }
}

function* among(
  model: NetworkModel,
  pod: NetworkPod,
  direction: Direction,
  group: readonly Asked[],
  settled: Map<Policy, Set<Policy>>,
): Generator<Conflict> {
  for (const [index, one] of group.entries()) {
    for (const other of group.slice(index + 1)) {
      const known = settled.get(one.policy) ?? new Set();
      if (known.has(other.policy)) continue;
      const rules = disagreement(model, pod, direction, one, other);
      if (rules === undefined) continue;
      settled.set(one.policy, known.add(other.policy));
      yield { direction, policy: one.policy, rule: rules[0], other: other.policy, otherRule: rules[1] };
    }
  }
}

/** The first rules of either policy that speak of the same packet and do not do the same with it. */
function disagreement(
  model: NetworkModel,
  pod: NetworkPod,
  direction: Direction,
  one: Asked,
  other: Asked,
): readonly [Rule, Rule] | undefined {
  const { algebra, judge } = model;
  const actions = new Set([...one.rules, ...other.rules].map(({ action }) => action));
  if (actions.size < 2) return undefined;
  const peers: (Endpoint | typeof OTHER)[] = [
    ...model.classes.filter((peer) => peer !== pod),
    OTHER,
    ...model.blocks.map(([first]) => first!),
  ];
  for (const peer of peers) {
    const reached = peer !== OTHER && isPod(peer) ? peer : undefined;
    const destination = direction === 'ingress' ? pod : reached;
    const first = speaking(one);
    if (first.length === 0) continue;
    const second = speaking(other);
    for (const [rule, ports] of first) {
      for (const [otherRule, otherPorts] of second) {
        const isSame = rule.action === otherRule.action;
        if (!isSame && !algebra.intersection(ports, otherPorts).isEmpty) return [rule, otherRule];
      }
    }

    /** Of each port, the first rule that speaks of it. */
    function speaking({ policy, rules }: Asked) {
      let open = algebra.all;
      return rules.flatMap((rule) => {
        if (judge.matcher.rule(policy, rule, peer) !== 'yes') return [];
        const ports = algebra.intersection(judge.portsOf(rule.ports, destination), open);
        open = algebra.difference(open, ports);
        return ports.isEmpty ? [] : [[rule, ports] as const];
      });
    }
  }
  return undefined;
}
