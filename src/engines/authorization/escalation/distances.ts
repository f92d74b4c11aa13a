import type { Edge, Network } from './edges.ts';

/** More than any path has steps. */
const POSSIBLE = 2 ** 20;

/** How to get from anywhere to one target: by the fewest steps that are only possible, then by the fewest steps. */
export class Distances {
  /** Infinity where there is no way. */
  readonly #costs: Float64Array;
  readonly #edges: readonly (readonly Edge[])[];
  readonly #target: number;

  /** Dijkstra's algorithm from the target backwards. */
  constructor(network: Network, target: number) {
    const count = network.vertices.length;
    this.#costs = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    this.#edges = network.edges;
    this.#target = target;
    const incoming: { from: number; edge: Edge }[][] = Array.from({ length: count }, () => []);
    network.edges.forEach((edges, from) => {
      for (const edge of edges) incoming[edge.to]!.push({ from, edge });
    });
    this.#costs[target] = 0;
    const queue = new Queue();
    queue.push(target, 0);
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      const cost = this.#costs[at.vertex]!;
      if (at.cost > cost) continue;
      for (const { from, edge } of incoming[at.vertex]!) {
        const through = cost + costOf(edge);
        if (through >= this.#costs[from]!) continue;
        this.#costs[from] = through;
        queue.push(from, through);
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
  return (way === undefined || way === 'member-of' ? 0 : 1) + (certainty === 'possible' ? POSSIBLE : 0);
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
