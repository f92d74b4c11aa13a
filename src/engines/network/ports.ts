import { type Boundaries, difference, includes, intersection, union } from './intervals.ts';

export const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** Ports `from` to `to`, both included. */
export interface PortRange {
  readonly protocol: Protocol;
  readonly from: number;
  readonly to: number;
}

const FIRST = 1;
const LAST = 65_535;
/** Where the ports of the next protocol begin: all protocols lie on one line, so that a set is one list. */
const STRIDE = 65_536;

/** A set of ports of the protocols that policies can name. Equal sets are one object of the algebra that made them. */
export class PortSet {
  readonly boundaries: Boundaries<number>;
  /** Small number, unique in the algebra. */
  readonly id: number;
  #ranges: readonly PortRange[] | undefined;

  constructor(boundaries: Boundaries<number>, id: number) {
    this.boundaries = boundaries;
    this.id = id;
  }

  get isEmpty(): boolean {
    return this.boundaries.length === 0;
  }

  has(protocol: Protocol, port: number): boolean {
    return includes(this.boundaries, PROTOCOLS.indexOf(protocol) * STRIDE + port);
  }

  /** In the order TCP, UDP, SCTP, and by number. */
  get ranges(): readonly PortRange[] {
    this.#ranges ??= PROTOCOLS.flatMap((protocol, index) => {
      const start = index * STRIDE;
      const own = intersection(this.boundaries, [start + FIRST, start + LAST + 1]);
      const ranges: PortRange[] = [];
      for (let i = 0; i < own.length; i += 2) {
        ranges.push({ protocol, from: own[i]! - start, to: own[i + 1]! - 1 - start });
      }
      return ranges;
    });
    return this.#ranges;
  }
}

/** Makes port sets, and remembers what it made: an engine meets few sets and combines them millions of times. */
export class PortAlgebra {
  readonly none: PortSet;
  readonly all: PortSet;
  readonly #byKey = new Map<string, PortSet>();
  readonly #unions = new Map<number, PortSet>();
  readonly #intersections = new Map<number, PortSet>();
  readonly #differences = new Map<number, PortSet>();

  constructor() {
    this.none = this.#intern([]);
    this.all = this.of(PROTOCOLS.map((protocol) => ({ protocol, from: FIRST, to: LAST })));
  }

  /** Ports outside of 1–65535 are left out. */
  of(ranges: readonly PortRange[]): PortSet {
    let boundaries: Boundaries<number> = [];
    for (const { protocol, from, to } of ranges) {
      const start = PROTOCOLS.indexOf(protocol) * STRIDE;
      const first = Math.max(from, FIRST);
      const last = Math.min(to, LAST);
      if (first <= last) boundaries = union(boundaries, [start + first, start + last + 1]);
    }
    return this.#intern(boundaries);
  }

  union(a: PortSet, b: PortSet): PortSet {
    if (a === b || b === this.none || a === this.all) return a;
    if (a === this.none || b === this.all) return b;
    return this.#remembered(this.#unions, a, b, union);
  }

  intersection(a: PortSet, b: PortSet): PortSet {
    if (a === b || b === this.all || a === this.none) return a;
    if (a === this.all || b === this.none) return b;
    return this.#remembered(this.#intersections, a, b, intersection);
  }

  difference(a: PortSet, b: PortSet): PortSet {
    if (a === this.none || b === this.none) return a;
    if (a === b || b === this.all) return this.none;
    return this.#remembered(this.#differences, a, b, difference);
  }

  #remembered(
    known: Map<number, PortSet>,
    a: PortSet,
    b: PortSet,
    combine: (a: Boundaries<number>, b: Boundaries<number>) => Boundaries<number>,
  ): PortSet {
    // Sets are far fewer than 2^26, so that two numbers fit into one.
    const key = a.id * 2 ** 26 + b.id;
    let result = known.get(key);
    if (result === undefined) {
      result = this.#intern(combine(a.boundaries, b.boundaries));
      known.set(key, result);
    }
    return result;
  }

  #intern(boundaries: Boundaries<number>): PortSet {
    const key = boundaries.join();
    let set = this.#byKey.get(key);
    if (set === undefined) {
      set = new PortSet(boundaries, this.#byKey.size);
      this.#byKey.set(key, set);
    }
    return set;
  }
}
