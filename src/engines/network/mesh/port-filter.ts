import type { Address } from '../addresses.ts';
import { type Endpoint, isPod, type NetworkPod } from '../endpoints.ts';
import { type Boundaries, isSame } from '../intervals.ts';
import type { PortAlgebra, PortRange, PortSet } from '../ports.ts';
import type { OTHER, Verdict } from '../side.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Decision, MeshStep, Outcome } from './client.ts';
import type { MeshFilter } from './filter.ts';
import type { Mesh, Peer } from './mesh.ts';

const FIRST = 1;
const END = 65_536;

/** What stands before pods of a kind, and what was found out about it. */
interface Gate {
  /** Where the ports of TCP part that may be told from each other. */
  readonly starts: readonly number[];
  readonly verdicts: Map<string | number, Verdict>;
}

/** Which ports of pods a mesh leaves open, remembered for pods that it does not tell apart. */
export class PortFilter implements MeshFilter {
  readonly #mesh: Mesh;
  readonly #algebra: PortAlgebra;
  readonly #surroundings: Surroundings;
  /** All that no mesh sees. */
  readonly #others: PortSet;
  readonly #classes = new WeakMap<NetworkPod, string>();
  readonly #numbers = new Map<string, number>();
  readonly #gates = new Map<string, Gate>();
  readonly #gateByPod = new WeakMap<NetworkPod, Gate | 'none'>();
  readonly blocks: readonly Boundaries<Address>[];

  constructor(mesh: Mesh, algebra: PortAlgebra, surroundings: Surroundings) {
    this.#mesh = mesh;
    this.#surroundings = surroundings;
    this.#algebra = algebra;
    this.#others = algebra.of([
      { protocol: 'UDP', from: FIRST, to: END - 1 },
      { protocol: 'SCTP', from: FIRST, to: END - 1 },
    ]);
    const known: Boundaries<Address>[] = [];
    for (const block of mesh.blocks) if (!known.some((each) => isSame(each, block))) known.push(block);
    this.blocks = known;
  }

  classOf(pod: NetworkPod): string {
    let key = this.#classes.get(pod);
    if (key === undefined) {
      const isOut = this.#mesh.planesOf(pod).every((plane) => plane === 'none');
      key = isOut
        ? ''
        : this.#number(`${pod.namespace}/${pod.serviceAccount} ${pod.mesh.key} ${this.#mesh.keyOf(pod)}`);
      this.#classes.set(pod, key);
    }
    return key;
  }

  admits(peer: Endpoint | typeof OTHER, destination: NetworkPod): Verdict | undefined {
    const gate = this.#gateOf(destination);
    if (gate === undefined) return undefined;
    const key = this.#mesh.signature(destination, who(peer), this.#mayBeNode(peer));
    let verdict = gate.verdicts.get(key);
    if (verdict === undefined) {
      verdict = this.#judge(gate, peer, destination);
      gate.verdicts.set(key, verdict);
    }
    return verdict;
  }

  #gateOf(pod: NetworkPod): Gate | undefined {
    const known = this.#gateByPod.get(pod);
    if (known !== undefined) return known === 'none' ? undefined : known;
    const own = this.classOf(pod);
    let gate = own === '' ? undefined : this.#gates.get(own);
    if (gate === undefined && own !== '') {
      gate = { starts: this.#starts(pod), verdicts: new Map() };
      this.#gates.set(own, gate);
    }
    this.#gateByPod.set(pod, gate ?? 'none');
    return gate;
  }

  blocksAt(destination: NetworkPod): readonly Boundaries<Address>[] {
    return this.#mesh.blocksAt(destination);
  }

  steps(peer: Endpoint, destination: NetworkPod, port: number | undefined): readonly MeshStep[] {
    const ports = port === undefined ? this.#starts(destination) : [port];
    const told = ports.flatMap((each) => this.#decide(peer, destination, each).steps);
    return [...new Map(told.map((step) => [JSON.stringify(step), step])).values()];
  }

  #decide(peer: Endpoint | typeof OTHER, destination: NetworkPod, port: number): Decision {
    return this.#mesh.decide(destination, port, who(peer), this.#mayBeNode(peer));
  }

  #mayBeNode(peer: Endpoint | typeof OTHER): boolean {
    if (peer === 'other') return false;
    return isPod(peer) ? peer.isOnHostNetwork : this.#surroundings.isOnNode(peer, 'all') !== 'no';
  }

  #judge({ starts }: Gate, peer: Endpoint | typeof OTHER, destination: NetworkPod): Verdict {
    const ranges: Record<Outcome, PortRange[]> = { pass: [], refuse: [], unknown: [] };
    starts.forEach((from, index) => {
      const { outcome } = this.#decide(peer, destination, from);
      ranges[outcome].push({ protocol: 'TCP', from, to: (starts[index + 1] ?? END) - 1 });
    });
    const allowed = this.#algebra.union(this.#others, this.#algebra.of(ranges.pass));
    return { allowed, unknown: this.#algebra.of(ranges.unknown) };
  }

  #starts(pod: NetworkPod): readonly number[] {
    const starts = new Set([FIRST]);
    for (const [from, to] of this.#mesh.portsOf(pod)) {
      if (from >= FIRST && from < END) starts.add(from);
      if (to + 1 > FIRST && to + 1 < END) starts.add(to + 1);
    }
    return [...starts].sort((a, b) => a - b);
  }

  #number(key: string): string {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size + 1;
      this.#numbers.set(key, number);
    }
    return String(number);
  }
}

function who(peer: Endpoint | typeof OTHER): Peer {
  return peer === 'other' ? 'stranger' : peer;
}
