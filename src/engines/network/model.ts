import { type Address, isIpv4 } from './addresses.ts';
import { atomsOf, blocksIn, spokenOf, termsOf } from './blocks.ts';
import {
  type Endpoint,
  isPod,
  type NetworkAccount,
  type NetworkNamespace,
  type NetworkNode,
  type NetworkPod,
} from './endpoints.ts';
import type { Boundaries } from './intervals.ts';
import { Matcher } from './match.ts';
import { membersOf, portNamesOf } from './members.ts';
import type { MeshFilter } from './mesh/filter.ts';
import type { Direction, OpaquePolicy, Policy } from './policies/policy.ts';
import { PortAlgebra } from './ports.ts';
import { Judge, OTHER, type Side, type Verdict } from './side.ts';
import { Sides } from './sides.ts';
import { type Nearness, Surroundings } from './surroundings.ts';
import { type Common, type Part, View } from './view.ts';

export interface NetworkWorld {
  readonly pods: readonly NetworkPod[];
  readonly namespaces: readonly NetworkNamespace[];
  readonly nodes: readonly NetworkNode[];
  readonly policies: readonly Policy[];
  readonly opaque: readonly OpaquePolicy[];
  readonly accounts?: readonly NetworkAccount[];
  /** Makes what a service mesh has to say of what reaches pods. */
  readonly mesh?: (parts: {
    readonly algebra: PortAlgebra;
    readonly surroundings: Surroundings;
  }) => MeshFilter;
}

/**
 * Which packets the network policies of a cluster let through. Pods that no policy can tell apart are one class, so that the work
 * grows with the classes and not with the pods; and each end of a class is judged once for all peers that its rules do not name.
 */
export class NetworkModel {
  readonly algebra = new PortAlgebra();
  readonly surroundings: Surroundings;
  readonly judge: Judge;
  /** Judges by policies alone. */
  readonly withoutMesh: Judge;
  readonly mesh: MeshFilter | undefined;
  readonly #policies: readonly Policy[];
  readonly opaque: readonly OpaquePolicy[];
  /** The first pod of each class stands for all of them. */
  readonly #classOf = new Map<NetworkPod, NetworkPod>();
  readonly #byClass = new Map<string, NetworkPod>();
  readonly #sides: Sides;
  readonly #verdicts: Record<Nearness, Map<Side, Map<Endpoint, Map<NetworkPod | undefined, Verdict>>>> = {
    'own-node': new Map(),
    'maybe-own-node': new Map(),
    elsewhere: new Map(),
  };
  readonly #ofFamily = new Map<NetworkPod, readonly NetworkPod[]>();
  /** Blocks of which no policy tells two addresses apart. */
  readonly blocks: readonly Boundaries<Address>[];
  readonly #namesBlocks: boolean;
  readonly #common: Common;
  readonly #plain: ReadonlySet<NetworkPod>;
  readonly #views: Record<Direction, Map<NetworkPod, View>> = { ingress: new Map(), egress: new Map() };
  readonly #asksAccounts: boolean;

  constructor(world: NetworkWorld) {
    this.surroundings = new Surroundings(world.namespaces, world.nodes, world.accounts);
    this.mesh = world.mesh?.({ algebra: this.algebra, surroundings: this.surroundings });
    const matcher = new Matcher(this.surroundings);
    this.judge = new Judge(this.algebra, matcher, this.mesh);
    this.withoutMesh = new Judge(this.algebra, matcher, undefined);
    this.#policies = world.policies;
    this.opaque = world.opaque;
    this.#sides = new Sides(
      this.surroundings,
      matcher,
      world.policies,
      world.opaque,
      (pod) => this.mesh?.admits(OTHER, pod) !== undefined,
    );
    this.#asksAccounts =
      world.policies.some(asksAccount) ||
      world.opaque.some(({ subject }) => subject?.derived?.asksAccount === true);
    const named = [...blocksIn(world.policies), ...(this.mesh?.blocks ?? [])];
    this.#namesBlocks = named.length > 0;
    const everywhere = spokenOf(named);
    this.blocks = atomsOf(named, everywhere);
    for (const pod of world.pods) this.#classify(pod);
    const plain = this.classes.filter(
      ({ isOnHostNetwork, addresses }) => !isOnHostNetwork && addresses.length === 0,
    );
    this.#plain = new Set(plain);
    this.#common = {
      policies: this.withoutMesh,
      judge: this.judge,
      everywhere,
      plain,
      members: membersOf(plain, this.surroundings),
      portNames: portNamesOf(),
      mesh: this.mesh,
      sampleOf: (block) => this.surroundings.sampleOf(block),
    };
  }

  #classify(pod: NetworkPod): NetworkPod {
    const known = this.#classOf.get(pod);
    if (known !== undefined) return known;
    const named = pod.ports.filter(({ name }) => name !== undefined);
    const labels = Object.entries(pod.labels).sort(([a], [b]) => (a < b ? -1 : 1));
    const addresses = pod.addresses.map((address) => this.#blockOf(address));
    const node = pod.isOnHostNetwork ? (pod.node ?? '') : undefined;
    const account = this.#asksAccounts ? pod.serviceAccount : '';
    const inMesh = this.mesh?.classOf(pod) ?? '';
    const key = JSON.stringify([pod.namespace, labels, named, addresses, node, account, inMesh]);
    const representative = this.#byClass.get(key) ?? pod;
    this.#byClass.set(key, representative);
    this.#classOf.set(pod, representative);
    return representative;
  }

  /** The block of an address among those that policies tell apart; -1 where no policy speaks of addresses. */
  #blockOf(address: Address): number {
    return this.#namesBlocks
      ? this.blocks.findIndex(([first, end]) => address >= first! && address < end!)
      : -1;
  }

  /** The policies that have a say at a pod. */
  side(pod: NetworkPod, direction: Direction): Side {
    return this.#sides.of(this.#classify(pod), direction);
  }

  /** What passes from one pod to another, of whichever IP family. A pod always reaches itself. */
  between(from: NetworkPod, to: NetworkPod): Verdict {
    if (from === to) return { allowed: this.algebra.all, unknown: this.algebra.none };
    return this.#ofAnyFamily(from, to, (source, destination) =>
      this.#both(
        this.at(source, 'egress', destination, destination),
        this.at(destination, 'ingress', source, destination),
      ),
    );
  }

  /** What passes from any pod of one class to another pod, of the same class or not, whichever nodes they run on. */
  betweenClasses(from: NetworkPod, to: NetworkPod): Verdict {
    const nearness = (pod: NetworkPod, peer: NetworkPod): Nearness =>
      peer.isOnHostNetwork && !pod.isOnHostNetwork ? 'maybe-own-node' : 'elsewhere';
    if (this.#plain.has(from) && this.#plain.has(to)) {
      return this.#both(this.#view(from, 'egress').to(to), this.#view(to, 'ingress').to(from));
    }
    return this.#ofAnyFamily(from, to, (one, other) => {
      const [source, destination] = [this.#classify(one), this.#classify(other)];
      return this.#both(
        this.#judged(this.side(source, 'egress'), destination, destination, nearness(source, destination)),
        this.#judged(this.side(destination, 'ingress'), source, destination, nearness(destination, source)),
      );
    });
  }

  /** What an address outside of the cluster may send to a pod. */
  fromAddress(address: Address, to: NetworkPod): Verdict {
    const destination = this.#classify(to);
    return this.#judged(this.side(destination, 'ingress'), address, destination, 'elsewhere');
  }

  /** What a pod may send to an address outside of the cluster. */
  toAddress(from: NetworkPod, address: Address): Verdict {
    return this.#judged(this.side(from, 'egress'), address, undefined, 'elsewhere');
  }

  /** What passes between a class of pods and addresses outside of the cluster, block by block. */
  outside(pod: NetworkPod, direction: Direction): readonly Part[] {
    return this.#view(this.#classify(pod), direction).outside;
  }

  #view(pod: NetworkPod, direction: Direction): View {
    let view = this.#views[direction].get(pod);
    if (view === undefined) {
      view = new View(this.#common, this.side(pod, direction), pod);
      this.#views[direction].set(pod, view);
    }
    return view;
  }

  /** What an end that is in no policy's sight may send to a pod. */
  into(from: NetworkPod, to: NetworkPod): Verdict {
    const destination = this.#classify(to);
    return this.#judged(this.side(destination, 'ingress'), from, destination, 'elsewhere');
  }

  /** What passes at one pod, as far as its own policies say; an address may be that of a node. */
  at(pod: NetworkPod, direction: Direction, peer: Endpoint, destination: NetworkPod | undefined): Verdict {
    return this.#judged(
      this.side(pod, direction),
      isPod(peer) ? this.#classify(peer) : peer,
      destination && this.#classify(destination),
      this.surroundings.nearness(pod, peer),
    );
  }

  /** Two ends with their addresses of one IP family alone, for each family that a packet between them may be of. */
  ways(from: Endpoint, to: Endpoint): (readonly [from: Endpoint, to: Endpoint])[] {
    const [sources, destinations] = [this.#byFamily(from), this.#byFamily(to)];
    if (sources.length === 1 && destinations.length === 1) return [[from, to]];
    return sources.flatMap((source) =>
      destinations
        .filter((destination) => mayMeet(source, destination))
        .map((destination) => [source, destination] as const),
    );
  }

  #byFamily(end: Endpoint): readonly Endpoint[] {
    if (!isPod(end) || end.addresses.length < 2) return [end];
    let pods = this.#ofFamily.get(end);
    if (pods === undefined) {
      const families = [end.addresses.filter(isIpv4), end.addresses.filter((address) => !isIpv4(address))];
      pods = families.some((addresses) => addresses.length === 0)
        ? [end]
        : families.map((addresses) => ({ ...end, addresses }));
      this.#ofFamily.set(end, pods);
    }
    return pods;
  }

  #ofAnyFamily(
    from: NetworkPod,
    to: NetworkPod,
    judge: (from: NetworkPod, to: NetworkPod) => Verdict,
  ): Verdict {
    return this.ways(from, to)
      .map(([source, destination]) => judge(source as NetworkPod, destination as NetworkPod))
      .reduce((a, b) => this.either(a, b));
  }

  get policies(): readonly Policy[] {
    return this.#policies;
  }

  /** One pod of each class. */
  get classes(): readonly NetworkPod[] {
    return [...this.#byClass.values()];
  }

  /** One pod of each class among the pods. */
  kindsOf(pods: readonly NetworkPod[]): NetworkPod[] {
    return [...new Set(pods.map((pod) => this.#classify(pod)))];
  }

  #judged(side: Side, peer: Endpoint, destination: NetworkPod | undefined, nearness: Nearness): Verdict {
    const verdicts = this.#verdicts[nearness];
    let byPeer = verdicts.get(side);
    if (byPeer === undefined) {
      byPeer = new Map();
      verdicts.set(side, byPeer);
    }
    let byDestination = byPeer.get(peer);
    if (byDestination === undefined) {
      byDestination = new Map();
      byPeer.set(peer, byDestination);
    }
    let verdict = byDestination.get(destination);
    if (verdict === undefined) {
      verdict = this.judge.judge(side, peer, destination, nearness);
      byDestination.set(destination, verdict);
    }
    return verdict;
  }

  /** What passes one way or another. */
  either(a: Verdict, b: Verdict): Verdict {
    const { algebra } = this;
    const allowed = algebra.union(a.allowed, b.allowed);
    return { allowed, unknown: algebra.difference(algebra.union(a.unknown, b.unknown), allowed) };
  }

  #both(egress: Verdict, ingress: Verdict): Verdict {
    const { algebra } = this;
    const allowed = algebra.intersection(egress.allowed, ingress.allowed);
    if (egress.unknown.isEmpty && ingress.unknown.isEmpty) return { allowed, unknown: algebra.none };
    const possible = algebra.intersection(
      algebra.union(egress.allowed, egress.unknown),
      algebra.union(ingress.allowed, ingress.unknown),
    );
    return { allowed, unknown: algebra.difference(possible, allowed) };
  }
}

/** Whether two ends have addresses of the same family, where those of both are known. */
function mayMeet(a: Endpoint, b: Endpoint): boolean {
  const [one, other] = [a, b].map((end) => (isPod(end) ? end.addresses[0] : end));
  return one === undefined || other === undefined || isIpv4(one) === isIpv4(other);
}

/** Whether a policy tells pods apart by their service accounts. */
function asksAccount({ subject, ingress, egress }: Policy): boolean {
  const terms = [...(ingress ?? []), ...(egress ?? [])].flatMap(termsOf);
  const selectors = [subject, ...terms.flatMap((peer) => (peer.kind === 'pods' ? [peer.selector] : []))];
  return selectors.some(({ derived }) => derived?.asksAccount === true);
}
