import type { NetworkPod } from '../endpoints.ts';
import { intersection } from '../intervals.ts';
import { NO_TRAITS } from '../mesh/mesh-pod.ts';
import type { Network, WorkloadGroup } from '../network.ts';
import type { PortRange, PortSet } from '../ports.ts';
import type { Flow, Party } from './evidence.ts';
import { type Generation, isOnNode } from './generate.ts';
import { addressesOf, beyond, rangesOf } from './port-sets.ts';

/** Something that passes although nothing shows that it has to. */
export interface Excess {
  readonly from: WorkloadGroup | 'outside';
  readonly to: WorkloadGroup | 'outside';
  readonly ports: PortSet;
}

export interface Proof {
  /** Flows that pass for certain under the new policies. */
  readonly kept: number;
  readonly lost: readonly Flow[];
  /** Flows of which it is unknown whether they pass. */
  readonly unknown: readonly Flow[];
  readonly excess: readonly Excess[];
  /** Pairs of workloads between which nothing passes any more. */
  readonly stopped: number;
  /** Pairs between which less passes than before. */
  readonly narrowed: number;
}

/** A pod that no selector means but those that take everything. */
const STRANGER: NetworkPod = {
  namespace: 'kubestride-stranger',
  name: 'stranger',
  labels: {},
  ports: [],
  isOnHostNetwork: false,
  mesh: NO_TRAITS,
  addresses: [],
  node: undefined,
  serviceAccount: 'default',
};

/**
 * Asks the engine what passes once the policies are applied: every flow of the evidence has to, and nothing else.
 *
 * @param after the same objects with the new policies in place of those that they replace; its workloads come in the same order
 */
export class Prover {
  readonly #before: Network;
  readonly #after: Network;
  readonly #generation: Generation;
  readonly #counterpart = new Map<WorkloadGroup, WorkloadGroup>();
  readonly #flows: readonly Flow[];
  /** Flows between workloads by the units of their ends. */
  readonly #between = new Map<string, Flow[]>();
  /** Those of which one end is known by labels alone, or is everybody. */
  readonly #loose: Flow[] = [];

  constructor(before: Network, after: Network, generation: Generation) {
    this.#before = before;
    this.#after = after;
    this.#generation = generation;
    before.groups.forEach((group, index) => {
      this.#counterpart.set(group, after.groups[index]!);
    });
    this.#flows = [...generation.flows, ...generation.dns];
    for (const flow of this.#flows) {
      if (flow.from.kind === 'workload' && flow.to.kind === 'workload') {
        const key = this.#key(flow.from.group, flow.to.group);
        const known = this.#between.get(key);
        if (known === undefined) this.#between.set(key, [flow]);
        else known.push(flow);
      } else this.#loose.push(flow);
    }
  }

  prove(): Proof {
    const [lost, unknown]: [Flow[], Flow[]] = [[], []];
    const { flows, dns } = this.#generation;
    for (const flow of flows) {
      const state = this.#passes(flow);
      if (state === 'no') lost.push(flow);
      else if (state === 'unknown') unknown.push(flow);
    }
    const kept = flows.length - lost.length - unknown.length;
    for (const group of this.#before.groups.filter((each) => this.#isInScope(each))) {
      const asking = dns.map((flow): Flow => ({ ...flow, from: { kind: 'workload', group } }));
      for (const flow of asking) {
        const state = this.#passes(flow);
        if (state === 'no') lost.push(flow);
        else if (state === 'unknown') unknown.push(flow);
      }
    }
    const excess: Excess[] = [];
    return { kept, lost, unknown, excess, ...this.#compare(excess) };
  }

  #key(from: WorkloadGroup, to: WorkloadGroup): string {
    const name = (group: WorkloadGroup) => {
      const unit = this.#generation.units.get(group)!;
      return `${unit.namespace}/${unit.name}`;
    };
    return `${name(from)} ${name(to)}`;
  }

  #isInScope(group: WorkloadGroup): boolean {
    return this.#generation.scope.has(this.#generation.units.get(group)!) && !isOnNode(group);
  }

  #passes({ from, to, ports }: Flow): 'yes' | 'no' | 'unknown' {
    const { model } = this.#after;
    let answer: 'yes' | 'unknown' = 'yes';
    const check = (wanted: PortSet, allowed: PortSet, possible: PortSet): boolean => {
      const missing = model.algebra.difference(wanted, allowed);
      if (missing.isEmpty) return true;
      if (!model.algebra.difference(missing, possible).isEmpty) return false;
      answer = 'unknown';
      return true;
    };
    for (const [inner, outer, direction] of [
      [to, from, 'ingress'],
      [from, to, 'egress'],
    ] as const) {
      if (inner.kind !== 'workload' || (outer.kind !== 'blocks' && outer.kind !== 'anywhere')) continue;
      const wantedBlocks = outer.kind === 'blocks' ? addressesOf(outer) : undefined;
      for (const pod of this.#podsOf(inner)) {
        const wanted = model.algebra.of(rangesOf(ports, direction === 'ingress' ? pod : undefined));
        for (const { addresses, verdict } of model.outside(pod, direction)) {
          if (wantedBlocks !== undefined && intersection(addresses, wantedBlocks).length === 0) continue;
          if (!check(wanted, verdict.allowed, verdict.unknown)) return 'no';
        }
      }
    }
    for (const source of this.#podsOf(from)) {
      for (const destination of this.#podsOf(to)) {
        const wanted = model.algebra.of(rangesOf(ports, destination));
        const { allowed, unknown } = model.betweenClasses(source, destination);
        if (!check(wanted, allowed, unknown)) return 'no';
      }
    }
    return answer;
  }

  #podsOf(party: Party): readonly NetworkPod[] {
    switch (party.kind) {
      case 'workload':
        return this.#after.model.kindsOf(this.#counterpart.get(party.group)!.pods);
      case 'pods':
        return [{ ...STRANGER, namespace: party.namespace, labels: party.labels }];
      case 'anywhere':
        return [STRANGER];
      case 'blocks':
        return [];
    }
  }

  #compare(excess: Excess[]): Pick<Proof, 'stopped' | 'narrowed'> {
    let [stopped, narrowed] = [0, 0];
    const { groups } = this.#before;
    const scoped = new Set(groups.filter((group) => this.#isInScope(group)));
    for (const group of scoped) {
      this.#outside(group, 'ingress', excess);
      this.#outside(group, 'egress', excess);
    }
    for (const from of groups) {
      for (const to of groups) {
        if (from === to || !(scoped.has(from) || scoped.has(to))) continue;
        const change = this.#pair(from, to, excess);
        if (change === 'stopped') stopped++;
        else if (change === 'narrowed') narrowed++;
      }
    }
    return { stopped, narrowed };
  }

  #pair(from: WorkloadGroup, to: WorkloadGroup, excess: Excess[]): 'stopped' | 'narrowed' | undefined {
    const [before, after] = [this.#before.model, this.#after.model];
    const [afterFrom, afterTo] = [this.#counterpart.get(from)!, this.#counterpart.get(to)!];
    let passed = after.algebra.none;
    let passes = after.algebra.none;
    let tooMuch = after.algebra.none;
    const kinds = before.kindsOf(to.pods);
    for (const source of before.kindsOf(from.pods)) {
      for (const destination of kinds) {
        const { allowed } = before.betweenClasses(source, destination);
        passed = after.algebra.union(passed, after.algebra.of(allowed.ranges));
      }
    }
    for (const destination of after.kindsOf(afterTo.pods)) {
      let expected: PortSet | undefined;
      for (const source of after.kindsOf(afterFrom.pods)) {
        const { allowed, unknown } = after.betweenClasses(source, destination);
        // What is unknown is not stopped for certain.
        passes = after.algebra.union(passes, after.algebra.union(allowed, unknown));
        // Between most pairs nothing passes any more, so that nothing has to be expected of them.
        if (allowed.isEmpty) continue;
        expected ??= this.#expected(from, to, destination);
        tooMuch = after.algebra.union(tooMuch, after.algebra.difference(allowed, expected));
      }
    }
    // What was open and cannot be closed is told as such, not as a mistake.
    if (!tooMuch.isEmpty) excess.push({ from, to, ports: tooMuch });
    if (!passed.isEmpty && passes.isEmpty) return 'stopped';
    return after.algebra.difference(passed, passes).isEmpty ? undefined : 'narrowed';
  }

  /** What may pass from any pod of one workload to this pod of another. */
  #expected(from: WorkloadGroup, to: WorkloadGroup, destination: NetworkPod): PortSet {
    const { algebra } = this.#after.model;
    const ranges: PortRange[] = [];
    for (const { ports } of this.#between.get(this.#key(from, to)) ?? []) {
      ranges.push(...rangesOf(ports, destination));
    }
    for (const flow of this.#loose) {
      if (!this.#holds(flow.from, from, 'from') || !this.#holds(flow.to, to, 'to')) continue;
      // Whoever gets a policy reaches what its own evidence says, even where everybody may come.
      if (flow.from.kind === 'anywhere' && flow.to.kind === 'workload' && this.#isInScope(from)) continue;
      ranges.push(...rangesOf(flow.ports, destination));
    }
    return algebra.of(ranges);
  }

  #holds(party: Party, group: WorkloadGroup, end: 'from' | 'to'): boolean {
    switch (party.kind) {
      case 'workload':
        return this.#generation.units.get(party.group) === this.#generation.units.get(group);
      case 'pods':
        return (
          party.namespace === group.namespace &&
          group.pods.some(({ labels }) =>
            Object.entries(party.labels).every(([key, value]) => labels[key] === value),
          )
        );
      case 'anywhere':
        return end === 'from';
      case 'blocks':
        return false;
    }
  }

  /** What passes between a workload and addresses, beyond what the evidence asks for. */
  #outside(group: WorkloadGroup, direction: 'ingress' | 'egress', excess: Excess[]): void {
    const { model } = this.#after;
    const { algebra } = model;
    const [inner, outer] = direction === 'ingress' ? (['to', 'from'] as const) : (['from', 'to'] as const);
    const own = this.#loose.filter(
      (flow) =>
        this.#holds(flow[inner], group, inner) &&
        (flow[outer].kind === 'blocks' || flow[outer].kind === 'anywhere'),
    );
    let tooMuch = algebra.none;
    for (const pod of model.kindsOf(this.#counterpart.get(group)!.pods)) {
      const destination = direction === 'ingress' ? pod : undefined;
      for (const { addresses, verdict } of model.outside(pod, direction)) {
        if (verdict.allowed.isEmpty) continue;
        const asked = own.map((flow) => ({
          ports: algebra.of(rangesOf(flow.ports, destination)),
          addresses: flow[outer].kind === 'blocks' ? addressesOf(flow[outer]) : addresses,
        }));
        for (const piece of verdict.allowed.ranges) {
          tooMuch = algebra.union(tooMuch, beyond(piece, addresses, asked, algebra));
        }
      }
    }
    if (tooMuch.isEmpty) return;
    const ends = direction === 'ingress' ? (['outside', group] as const) : ([group, 'outside'] as const);
    excess.push({ from: ends[0], to: ends[1], ports: tooMuch });
  }
}
