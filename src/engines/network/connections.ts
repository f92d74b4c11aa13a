import type { Address } from './addresses.ts';
import type { NetworkPod } from './endpoints.ts';
import type { Entries } from './entries.ts';
import type { Boundaries } from './intervals.ts';
import { crossed, joined } from './joined.ts';
import type { NetworkModel } from './model.ts';
import { newcomer } from './newcomer.ts';
import type { PortSet } from './ports.ts';
import type { Verdict } from './side.ts';
import type { Part } from './view.ts';

/** Pods that are spoken of together, such as those of one Deployment. */
export interface PodGroup {
  readonly pods: readonly NetworkPod[];
}

export type End<G extends PodGroup> =
  | { readonly group: G }
  | { readonly addresses: Boundaries<Address> }
  /** Whatever serves Ingresses, Gateways and Routes: it is outside of what the policies name. */
  | { readonly entity: 'ingress-controller' };

/** What is let through from one end to the other; of groups, from any pod of the one to any pod of the other. */
export interface Connection<G extends PodGroup> {
  readonly from: End<G>;
  readonly to: End<G>;
  readonly allowed: PortSet;
  readonly unknown: PortSet;
}

/** A pod that no selector knows but those that take everything, and of which a mesh knows nothing. */
const INGRESS_CONTROLLER: NetworkPod = Object.freeze({ ...newcomer(''), name: 'ingress-controller' });

/** Every pair between which something passes; what passes inside of a group is left out. */
export function* connectionsOf<G extends PodGroup>(
  model: NetworkModel,
  groups: readonly G[],
  entries: Entries,
): Generator<Connection<G>> {
  const kinds = groups.map((group) => ({ group, pods: model.kindsOf(group.pods) }));
  for (const from of kinds) {
    for (const { addresses, verdict } of outside(model, from.pods, 'ingress')) {
      yield* some({ addresses }, { group: from.group }, verdict);
    }
  }
  for (const from of kinds) {
    const { group } = from;
    for (const { addresses, verdict } of outside(model, from.pods, 'egress')) {
      yield* some({ group }, { addresses }, verdict);
    }
    for (const to of kinds) {
      if (to === from) continue;
      yield* some({ group }, { group: to.group }, between(model, from.pods, to.pods));
    }
  }
  const { algebra } = model;
  for (const { group, pods } of kinds) {
    let verdict: Verdict = NOTHING(model);
    for (const pod of pods) {
      const served = algebra.of(entries.portsOf(pod));
      if (served.isEmpty) continue;
      const { allowed, unknown } = model.into(INGRESS_CONTROLLER, pod);
      verdict = model.either(verdict, {
        allowed: algebra.intersection(served, allowed),
        unknown: algebra.intersection(served, unknown),
      });
    }
    yield* some({ entity: 'ingress-controller' }, { group }, verdict);
  }
}

function* some<G extends PodGroup>(
  from: End<G>,
  to: End<G>,
  { allowed, unknown }: Verdict,
): Generator<Connection<G>> {
  if (!allowed.isEmpty || !unknown.isEmpty) yield { from, to, allowed, unknown };
}

const NOTHING = ({ algebra: { none } }: NetworkModel): Verdict => ({ allowed: none, unknown: none });

function between(model: NetworkModel, from: readonly NetworkPod[], to: readonly NetworkPod[]): Verdict {
  let verdict: Verdict | undefined;
  for (const source of from) {
    for (const destination of to) {
      const one = model.betweenClasses(source, destination);
      verdict = verdict === undefined ? one : model.either(verdict, one);
    }
  }
  return verdict ?? NOTHING(model);
}

/** Blocks in which all addresses have the same ports, each as large as can be. */
function outside(
  model: NetworkModel,
  pods: readonly NetworkPod[],
  direction: 'ingress' | 'egress',
): readonly Part[] {
  const [first, ...others] = pods.map((pod) => model.outside(pod, direction));
  return others.reduce((parts, more) => merged(model, parts, more), first ?? []);
}

/** What passes between the addresses and any of two pods. */
function merged(model: NetworkModel, parts: readonly Part[], others: readonly Part[]): Part[] {
  const both = [...crossed(parts, others)].map(({ addresses, one, other }): Part => {
    return { addresses, verdict: model.either(one.verdict, other.verdict) };
  });
  return joined(both, ({ verdict }) => `${verdict.allowed.id} ${verdict.unknown.id}`);
}
