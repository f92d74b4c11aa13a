import { type Components, stronglyConnected } from './components.ts';
import type { Network } from './edges.ts';

/** For every identity, all those that it can become. */
export class Closure {
  readonly #components: Components;
  /** By component: whom it reaches, a bit for each column; undefined for nobody. */
  readonly #rows: (Uint32Array | undefined)[] = [];
  /** The vertices that are somebody to become; others only lead on. */
  readonly #columns: readonly number[];
  readonly #columnOf: Int32Array;

  constructor(network: Network, isSomebody: (at: number) => boolean) {
    this.#components = stronglyConnected(network);
    this.#columns = network.vertices.flatMap((_, at) => (isSomebody(at) ? [at] : []));
    this.#columnOf = new Int32Array(network.vertices.length).fill(-1);
    this.#columns.forEach((at, column) => {
      this.#columnOf[at] = column;
    });
    this.#components.members.forEach((members, index) => {
      this.#rows.push(this.#rowOf(network, members, index));
    });
  }

  /** Everybody whom an identity can become, itself left out. */
  *of(at: number): Generator<number> {
    const row = this.#row(at) ?? NOBODY;
    for (let word = 0; word < row.length; word++) {
      for (let bits = row[word]!; bits !== 0; bits &= bits - 1) {
        const vertex = this.#columns[word * 32 + 31 - Math.clz32(bits & -bits)]!;
        if (vertex !== at) yield vertex;
      }
    }
  }

  /** How many that are. */
  sizeOf(at: number): number {
    let count = 0;
    for (const word of this.#row(at) ?? NOBODY) count += bitCount(word);
    return count - (this.has(at, at) ? 1 : 0);
  }

  has(at: number, other: number): boolean {
    const row = this.#row(at);
    return row !== undefined && isSet(row, this.#columnOf[other]!);
  }

  #row(at: number): Uint32Array | undefined {
    return this.#rows[this.#components.of[at]!];
  }

  #rowOf(network: Network, members: readonly number[], index: number): Uint32Array | undefined {
    const next = new Set<number>();
    for (const at of members) for (const { to } of network.edges[at]!) next.add(this.#components.of[to]!);
    next.delete(index);
    const rows = new Set<Uint32Array>();
    const others: number[] = [];
    const include = (at: number) => {
      const column = this.#columnOf[at]!;
      if (column >= 0) others.push(column);
    };
    if (members.length > 1) members.forEach(include);
    for (const component of next) {
      const row = this.#rows[component];
      if (row !== undefined) rows.add(row);
      // The members of a larger component are in its own row.
      const reached = this.#components.members[component]!;
      if (reached.length === 1) include(reached[0]!);
    }
    if (rows.size === 0 && others.length === 0) return undefined;
    const [only] = rows;
    // What only passes on shares the row of what it passes on to.
    if (rows.size === 1 && others.every((column) => isSet(only!, column))) return only;
    const row = new Uint32Array(Math.ceil(this.#columns.length / 32));
    for (const other of rows) for (let word = 0; word < row.length; word++) row[word]! |= other[word]!;
    for (const column of others) row[column >> 5]! |= 1 << (column & 31);
    return row;
  }
}

const NOBODY = new Uint32Array(0);

function isSet(row: Uint32Array, column: number): boolean {
  return column >= 0 && (row[column >> 5]! & (1 << (column & 31))) !== 0;
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
