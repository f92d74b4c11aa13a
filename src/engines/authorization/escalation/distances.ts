import type { Edge, Network } from './edges.ts';

/** More than any path has steps. */
const POSSIBLE = 2 ** 20;
/** Less than any path has steps in which somebody does something: of two with as many, the plainer one is the shorter. */
const BEING = 2 ** -10;
/** Nothing is done to have what is had. */
const HAD: ReadonlySet<Edge['way']> = new Set<Edge['way']>(['holds-cluster-admin', 'privileged-group']);

/** The edges of a network by where they lead: those into a vertex stand between its start and that of the next. */
export interface Incoming {
  readonly starts: Int32Array;
  readonly from: Int32Array;
  readonly costs: Float64Array;
}

export function incomingOf({ vertices, edges }: Network): Incoming {
  const starts = new Int32Array(vertices.length + 1);
  for (const list of edges) for (const { to } of list) starts[to + 1]!++;
  for (let at = 0; at < vertices.length; at++) starts[at + 1]! += starts[at]!;
  const next = starts.slice();
  const from = new Int32Array(starts[vertices.length]!);
  const costs = new Float64Array(from.length);
  edges.forEach((list, at) => {
    for (const edge of list) {
      const place = next[edge.to]!++;
      from[place] = at;
      costs[place] = costOf(edge);
    }
  });
  return { starts, from, costs };
}

/** How to get from anywhere to one target: by the fewest steps that are only possible, then by the fewest steps. */
export class Distances {
  /** Infinity where there is no way. */
  readonly #costs: Float64Array;
  readonly #edges: readonly (readonly Edge[])[];
  readonly #target: number;

  /** Dijkstra's algorithm from the target backwards. */
  constructor(network: Network, target: number, { starts, from, costs }: Incoming) {
    this.#costs = new Float64Array(network.vertices.length).fill(Number.POSITIVE_INFINITY);
    this.#edges = network.edges;
    this.#target = target;
    this.#costs[target] = 0;
    const queue = new Queue();
    queue.push(target, 0);
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      const cost = this.#costs[at.vertex]!;
      if (at.cost > cost) continue;
      for (let edge = starts[at.vertex]!; edge < starts[at.vertex + 1]!; edge++) {
        const before = from[edge]!;
        const through = cost + costs[edge]!;
        if (through >= this.#costs[before]!) continue;
        this.#costs[before] = through;
        queue.push(before, through);
      }
    }
  }

  isReached(from: number): boolean {
    return this.#costs[from] !== Number.POSITIVE_INFINITY;
  }

  /** Edges of a shortest path, of several the one by the first edges; none where there is no way, or nothing to go. */
  path(from: number): Edge[] {
    const edges: Edge[] = [];
    if (!this.isReached(from)) return edges;
    for (let at = from; at !== this.#target; ) {
      const rest = this.#costs[at]!;
      // Edges that cost nothing lead from members to groups and from hubs to identities, never in a circle.
      const next = this.#edges[at]!.find((edge) => costOf(edge) + this.#costs[edge.to]! === rest)!;
      edges.push(next);
      at = next.to;
    }
    return edges;
  }
}

/** Being a member of a group, or in a hub, is no step. */
function costOf({ way, certainty }: Edge): number {
  const step = way === undefined || way === 'member-of' ? 0 : HAD.has(way) ? BEING : 1;
  return step + (certainty === 'possible' ? POSSIBLE : 0);
}

interface Entry {
  readonly vertex: number;
  readonly cost: number;
}

/** A binary heap; entries that were overtaken stay in it. */
class Queue {
  readonly #heap: Entry[] = [];

  push(vertex: number, cost: number): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push({ vertex, cost });
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.cost <= cost) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = { vertex, cost };
  }

  pop(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.cost < heap[child]!.cost) child++;
      if (heap[child]!.cost >= last.cost) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
