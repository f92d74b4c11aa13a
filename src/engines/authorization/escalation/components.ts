import type { Network } from './edges.ts';

export interface Components {
  /** The number of each vertex's strongly connected component. */
  readonly of: Int32Array;
  /** Of each component; a component comes after all that it leads to. */
  readonly members: readonly (readonly number[])[];
}

/** Tarjan's algorithm, without recursion. */
export function stronglyConnected({ edges }: Network): Components {
  const count = edges.length;
  const of = new Int32Array(count).fill(-1);
  const order = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const next = new Int32Array(count);
  const members: number[][] = [];
  const open: number[] = [];
  const path: number[] = [];
  let visited = 0;
  const enter = (at: number) => {
    order[at] = visited;
    low[at] = visited++;
    open.push(at);
    path.push(at);
  };
  const leave = (at: number) => {
    path.pop();
    const before = path[path.length - 1];
    if (before !== undefined) low[before] = Math.min(low[before]!, low[at]!);
    if (low[at] !== order[at]) return;
    const found: number[] = [];
    for (let member = -1; member !== at; ) {
      member = open.pop()!;
      of[member] = members.length;
      found.push(member);
    }
    members.push(found);
  };
  for (let start = 0; start < count; start++) {
    if (order[start] !== -1) continue;
    enter(start);
    for (let at = path[path.length - 1]; at !== undefined; at = path[path.length - 1]) {
      const edge = edges[at]![next[at]!++];
      if (edge === undefined) leave(at);
      else if (order[edge.to] === -1) enter(edge.to);
      else if (of[edge.to] === -1) low[at] = Math.min(low[at]!, order[edge.to]!);
    }
  }
  return { of, members };
}
