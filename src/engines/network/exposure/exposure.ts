import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { Address } from '../addresses.ts';
import type { NetworkPod } from '../endpoints.ts';
import type { Boundaries } from '../intervals.ts';
import type { Network, WorkloadGroup } from '../network.ts';
import { newcomer } from '../newcomer.ts';
import type { PortAlgebra, PortRange, PortSet } from '../ports.ts';
import type { Verdict } from '../side.ts';
import { AnyPod } from './any-pod.ts';
import { NodeReach } from './node-reach.ts';
import { Openings, type Passage } from './openings.ts';
import { Proxies } from './proxies.ts';
import type { Doubt, Way, WayPort } from './way.ts';
import { type LooseWay, type PodWay, Ways } from './ways.ts';

/** Ports at the end of a way of which the same is known. */
export interface OpenPort {
  /** The port that clients use, where it is known and one. */
  readonly outside: number | undefined;
  readonly target: PortRange;
  readonly isDeclared: boolean;
  /** False where policies stop everybody who may use the way, `named` where they let in certain pods of the cluster alone. */
  readonly isOpen: boolean | 'named' | 'unknown';
  readonly doubt: Doubt | undefined;
  /** Who gets through; undefined where it is everybody who may use the way. */
  readonly clients: Boundaries<Address> | undefined;
}

export interface WayIn {
  readonly way: Way;
  readonly ports: readonly OpenPort[];
}

/** How a workload is reached. Of several pods, what reaches any of them. */
export interface WorkloadExposure {
  readonly group: WorkloadGroup;
  /** The ports that its containers declare; what listens besides is not known. */
  readonly declared: PortSet;
  readonly internet: Verdict;
  /** From private networks outside of the cluster. */
  readonly private: Verdict;
  /** What every pod in any namespace may reach, whatever its labels are. */
  readonly anyNamespace: Verdict;
  /** Beyond that, what pods in any namespace may reach that have certain labels, or lack them. */
  readonly byLabels: PortSet;
  /** From the node on which the pod runs. */
  readonly node: Verdict;
  readonly ways: readonly WayIn[];
}

export interface ExposureOptions {
  readonly objects: readonly KubernetesObject[];
  /** Whether the objects are those of a cluster. */
  readonly isComplete: boolean;
  /** Whether all nodes of the cluster were listed. */
  readonly knowsNodes: boolean;
}

/** What runs on a node, outside of pods. */
const NODE: NetworkPod = { ...newcomer('on-the-node'), isOnHostNetwork: true };

/** What of a network is reachable, and by which ways. */
export class Exposure {
  readonly #network: Network;
  readonly #ways: Ways;
  readonly #openings: Openings;
  readonly #anyPod: AnyPod;
  readonly #numbers = new Map<object, number>();

  constructor(network: Network, { objects, isComplete, knowsNodes }: ExposureOptions) {
    const nodes = new NodeReach(
      objects.filter(({ kind, apiVersion }) => kind === 'Node' && apiVersion === 'v1'),
      isComplete && knowsNodes,
    );
    const pods = network.groups.flatMap((group) => group.pods);
    this.#network = network;
    this.#ways = new Ways({ network, objects, nodes, isComplete });
    this.#anyPod = new AnyPod(network.model);
    this.#openings = new Openings(network.model, new Proxies(network.model, this.#anyPod, pods));
  }

  of(group: WorkloadGroup): WorkloadExposure {
    const { model } = this.#network;
    const { algebra } = model;
    const sums = {
      internet: new Sum(algebra),
      private: new Sum(algebra),
      anyNamespace: new Sum(algebra),
      node: new Sum(algebra),
    };
    let [declared, byLabels] = [algebra.none, algebra.none];
    const ways = new Map<string, { way: Way; ports: Map<string, OpenPort> }>();
    for (const pod of group.pods) {
      const own = algebra.of(pod.ports.map(({ protocol, port }) => ({ protocol, from: port, to: port })));
      declared = algebra.union(declared, own);
      const admission = this.#anyPod.into(pod);
      const { every, maybeEvery, unknown } = admission;
      sums.anyNamespace.add({ allowed: every, unknown: algebra.union(unknown, maybeEvery) });
      byLabels = algebra.union(byLabels, admission.byLabels);
      sums.node.add(this.#fromNode(pod));
      for (const { way, ports } of this.#ways.into(pod)) {
        const key = `${way.kind} ${way.path} ${[way.object, ...way.through].map((object) => this.#numberOf(object)).join()}`;
        const known = ways.get(key) ?? { way, ports: new Map() };
        ways.set(key, known);
        for (const open of this.#open(way, pod, ports, own, sums)) {
          const name = JSON.stringify([open.outside ?? null, open.target, open.isDeclared]);
          const other = known.ports.get(name);
          if (other === undefined || rank(open) > rank(other)) known.ports.set(name, open);
        }
      }
    }
    return {
      group,
      declared,
      internet: sums.internet.verdict,
      private: sums.private.verdict,
      anyNamespace: sums.anyNamespace.verdict,
      byLabels: algebra.difference(byLabels, sums.anyNamespace.verdict.allowed),
      node: sums.node.verdict,
      ways: [...ways.values()].map(({ way, ports }) => ({ way, ports: [...ports.values()] })),
    };
  }

  /** What is open to the outside and ended in none of the workloads that were asked about. */
  loose(): readonly LooseWay[] {
    return this.#ways.loose();
  }

  /**
   * Whatever policies of namespaces say, a node reaches the pods that run on it (https://kubernetes.io/docs/concepts/services-networking/
   * network-policies/, exception to IP blocks). A mesh may still refuse whoever has no identity.
   */
  #fromNode(pod: NetworkPod): Verdict {
    const { algebra, mesh } = this.#network.model;
    const isOpaque = this.#network.model.side(pod, 'ingress').opaque.some(({ isOfMesh }) => !isOfMesh);
    if (isOpaque) return { allowed: algebra.none, unknown: algebra.all };
    return mesh?.admits(NODE, pod) ?? { allowed: algebra.all, unknown: algebra.none };
  }

  *#open(
    way: Way,
    pod: NetworkPod,
    ports: PodWay['ports'],
    declared: PortSet,
    sums: { readonly internet: Sum; readonly private: Sum },
  ): Generator<OpenPort> {
    const { model } = this.#network;
    const { algebra } = model;
    const { every, some, unknown: undecided } = this.#anyPod.into(pod);
    for (const port of ports) {
      const target = algebra.of([port.target]);
      const passage = way.clients.length > 0 ? this.#openings.through(way, pod, target) : undefined;
      if (passage !== undefined) {
        sums.internet.add(passage.internet);
        sums.private.add(passage.private);
      }
      const { allowed, unknown } = passage ?? {
        allowed: algebra.intersection(some, target),
        unknown: algebra.intersection(undecided, target),
      };
      const named = passage === undefined ? algebra.difference(allowed, every) : algebra.none;
      const stopped = algebra.difference(target, algebra.union(allowed, unknown));
      yield* pieces(algebra, algebra.difference(allowed, named), true, port, declared, passage);
      yield* pieces(algebra, named, 'named', port, declared, undefined);
      yield* pieces(algebra, unknown, 'unknown', port, declared, passage);
      yield* pieces(algebra, stopped, false, port, declared, undefined);
    }
  }

  #numberOf(object: object): number {
    let number = this.#numbers.get(object);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(object, number);
    }
    return number;
  }
}

function rank({ isOpen }: OpenPort): number {
  return isOpen === true ? 3 : isOpen === 'named' ? 2 : isOpen === 'unknown' ? 1 : 0;
}

function* pieces(
  algebra: PortAlgebra,
  ports: PortSet,
  isOpen: OpenPort['isOpen'],
  { outside }: WayPort,
  declared: PortSet,
  passage: Passage | undefined,
): Generator<OpenPort> {
  if (ports.isEmpty) return;
  const doubt = isOpen === 'unknown' ? (passage === undefined ? 'policy' : passage.doubt) : undefined;
  for (const [set, isDeclared] of [
    [algebra.intersection(ports, declared), true],
    [algebra.difference(ports, declared), false],
  ] as const) {
    if (set.isEmpty) continue;
    const clients = passage?.clientsOf(set);
    for (const target of set.ranges) yield { outside, target, isDeclared, isOpen, doubt, clients };
  }
}

/** Verdicts of several pods or ways, of which any will do. */
class Sum {
  readonly #algebra: PortAlgebra;
  #allowed: PortSet;
  #possible: PortSet;

  constructor(algebra: PortAlgebra) {
    this.#algebra = algebra;
    this.#allowed = algebra.none;
    this.#possible = algebra.none;
  }

  add({ allowed, unknown }: Verdict): void {
    this.#allowed = this.#algebra.union(this.#allowed, allowed);
    this.#possible = this.#algebra.union(this.#possible, this.#algebra.union(allowed, unknown));
  }

  get verdict(): Verdict {
    return { allowed: this.#allowed, unknown: this.#algebra.difference(this.#possible, this.#allowed) };
  }
}
