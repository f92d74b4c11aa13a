import type { NetworkPod } from './endpoints.ts';
import type { Matcher } from './match.ts';
import { seesHostNetwork } from './match.ts';
import type { Direction, OpaquePolicy, Policy, Rule } from './policies/policy.ts';
import { type Asked, type AskedStage, rulesOf, type Side } from './side.ts';
import type { Surroundings } from './surroundings.ts';

/** Finds the policies that have a say at a pod. */
export class Sides {
  readonly #surroundings: Surroundings;
  readonly #matcher: Matcher;
  readonly #opaque: readonly OpaquePolicy[];
  readonly #isBehindMesh: (pod: NetworkPod) => boolean;
  readonly #numbers = new Map<Policy, number>();
  /** Policies by the namespace that they are for; those of the whole cluster under the empty name. */
  readonly #byNamespace = new Map<string, Policy[]>();
  readonly #byPod: Record<Direction, Map<NetworkPod, Side>> = { ingress: new Map(), egress: new Map() };
  readonly #byKey = new Map<string, Side>();

  constructor(
    surroundings: Surroundings,
    matcher: Matcher,
    policies: readonly Policy[],
    opaque: readonly OpaquePolicy[],
    isBehindMesh: (pod: NetworkPod) => boolean,
  ) {
    this.#isBehindMesh = isBehindMesh;
    this.#surroundings = surroundings;
    this.#matcher = matcher;
    this.#opaque = opaque;
    policies.forEach((policy, index) => {
      this.#numbers.set(policy, index);
      const { namespaces } = policy.subject;
      const key = typeof namespaces === 'string' ? namespaces : '';
      const same = this.#byNamespace.get(key);
      if (same === undefined) this.#byNamespace.set(key, [policy]);
      else same.push(policy);
    });
  }

  /** Pods with the same policies have one and the same side. */
  of(pod: NetworkPod, direction: Direction): Side {
    let side = this.#byPod[direction].get(pod);
    if (side === undefined) {
      side = this.#find(pod, direction);
      this.#byPod[direction].set(pod, side);
    }
    return side;
  }

  #find(pod: NetworkPod, direction: Direction): Side {
    const near = this.#byNamespace.get(pod.namespace) ?? [];
    const policies = [...near, ...(this.#byNamespace.get('') ?? [])].filter(
      (policy) =>
        rulesOf(policy, direction) !== undefined &&
        this.#surroundings.selects(policy.subject, pod) &&
        // Others leave out pods on the network of their node, by their API.
        (!pod.isOnHostNetwork || seesHostNetwork(policy)),
    );
    const opaque = [...this.#notEvaluated(pod, direction), ...ofTwoPlugins(policies)];
    let key = `${direction} ${pod.isOnHostNetwork}`;
    const asked = policies.map((policy) => {
      const { rules, choice } = this.#rulesAt(policy, direction, pod);
      key += ` ${this.#numbers.get(policy)}${choice}`;
      return { policy, rules };
    });
    key += ` ${opaque.map((policy) => this.#opaque.indexOf(policy)).join()}`;
    let side = this.#byKey.get(key);
    if (side === undefined) {
      side = {
        direction,
        stages: stagesOf(asked, direction),
        opaque,
        isOnHostNetwork: pod.isOnHostNetwork && asked.some(({ policy }) => seesHostNetwork(policy)),
      };
      this.#byKey.set(key, side);
    }
    return side;
  }

  #notEvaluated(pod: NetworkPod, direction: Direction): OpaquePolicy[] {
    // A policy that is not evaluated may make exceptions even for pods that share the node's network.
    return this.#opaque.filter(
      ({ namespace, isOfMesh, selects, subject, directions, isOfHosts }) =>
        (namespace === undefined || namespace === pod.namespace) &&
        (directions?.includes(direction) ?? true) &&
        (selects?.(pod.labels) ?? true) &&
        (subject === undefined || this.#surroundings.selects(subject, pod)) &&
        (isOfHosts === undefined || isOfHosts === pod.isOnHostNetwork) &&
        !(isOfMesh && (direction === 'egress' || !this.#isBehindMesh(pod))),
    );
  }

  /** The rules that are for the pod itself, and which these are. */
  #rulesAt(
    policy: Policy,
    direction: Direction,
    pod: NetworkPod,
  ): { readonly rules: readonly Rule[]; readonly choice: string } {
    const all = rulesOf(policy, direction)!;
    if (all.every(({ own }) => own === undefined)) return { rules: all, choice: '' };
    const matches = all.map((rule) => this.#matcher.own(policy, rule, pod));
    const rules = all.flatMap((rule, index): Rule[] => {
      if (matches[index] === 'no') return [];
      return matches[index] === 'yes' ? [rule] : [{ ...rule, isConditional: true }];
    });
    return { rules, choice: `:${matches.map((match) => match[0]).join('')}` };
  }
}

/** No plugin enforces policies of both. */
function ofTwoPlugins(policies: readonly Policy[]): OpaquePolicy[] {
  const plugins = new Set(policies.map(({ plugin }) => plugin));
  if (!plugins.has('calico') || !plugins.has('cilium')) return [];
  return policies
    .filter(({ plugin }) => plugin !== 'kubernetes')
    .map(({ object, kind, namespace, name }) => ({ object, kind, namespace, name, isOfMesh: false }));
}

/** The stages in the order in which they are asked, as tiers are (felix/calc/policy_sorter.go of projectcalico/calico). */
export function stagesOf(asked: readonly Asked[], direction: Direction): AskedStage[] {
  const byStage = new Map<string, Asked[]>();
  for (const each of asked) {
    const { name } = each.policy.stage;
    const same = byStage.get(name);
    if (same === undefined) byStage.set(name, [each]);
    else same.push(each);
  }
  return [...byStage.values()].sort(compareStages).map((own): AskedStage => {
    const isOrdered = own.some(({ policy }) => policy.stage.combination === 'ordered');
    return {
      combination: isOrdered ? 'ordered' : 'united',
      groups: isOrdered ? grouped(own) : [own],
      isIsolating: own.some(
        ({ policy }) => policy.stage.unmatched === 'deny' && !(policy.open?.includes(direction) ?? false),
      ),
    };
  });
}

function compareStages([a]: readonly Asked[], [b]: readonly Asked[]): number {
  const [one, other] = [a!.policy.stage, b!.policy.stage];
  // Two that are last have infinite orders, whose difference is no number.
  if (one.order !== other.order) return one.order < other.order ? -1 : 1;
  return one.name < other.name ? -1 : 1;
}

/** Policies of equal priority come after each other by their rank, where all of them have one and these differ. */
function grouped(asked: readonly Asked[]): Asked[][] {
  const byPriority = new Map<number, Asked[]>();
  for (const each of asked) {
    const same = byPriority.get(each.policy.priority);
    if (same === undefined) byPriority.set(each.policy.priority, [each]);
    else same.push(each);
  }
  const sorted = [...byPriority].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.flatMap(([, group]) => {
    const ranks = group.map(({ policy }) => policy.rank);
    if (ranks.includes(undefined) || new Set(ranks).size < ranks.length) return [group];
    return group.sort((a, b) => (a.policy.rank! < b.policy.rank! ? -1 : 1)).map((each) => [each]);
  });
}
