import { type Address, ALL_IPV4, ALL_IPV6, formatAddress, formatBlocks, isIpv4 } from '../addresses.ts';
import { INTERNET, PRIVATE } from '../exposure/internet.ts';
import { type Boundaries, difference, intersection, union } from '../intervals.ts';

/** Addresses outside of the cluster, cut into parts that no set of them divides. */
export interface Outside {
  readonly atoms: readonly Boundaries<Address>[];
  /** The parts that a set consists of; it must be one of those that the parts were cut by. */
  atomsOf(set: Boundaries<Address>): readonly number[];
  union(atoms: readonly number[]): Boundaries<Address>;
}

/** The internet and private networks are parts of their own, where the sets reach both. */
export function outsideOf(sets: Iterable<Boundaries<Address>>): Outside {
  const distinct = new Map<string, Boundaries<Address>>();
  for (const set of sets) distinct.set(set.join(), set);
  const cutting = [...distinct.values(), INTERNET, PRIVATE];
  const changes = cutting.flatMap((set, index) => set.map((point) => ({ point, index })));
  changes.sort((a, b) => (a.point < b.point ? -1 : a.point > b.point ? 1 : 0));
  const parts = new Map<string, { boundaries: Address[]; members: number[] }>();
  const inside = new Set<number>();
  for (let i = 0; i < changes.length; ) {
    const { point } = changes[i]!;
    for (; changes[i]?.point === point; i++) {
      const { index } = changes[i]!;
      if (!inside.delete(index)) inside.add(index);
    }
    const members = [...inside].sort((a, b) => a - b);
    // What is only in the internet, and in no set, is spoken of by nobody.
    if (members.length === 0 || members[0]! >= distinct.size) continue;
    const end = changes[i]!.point;
    const part = parts.get(members.join()) ?? { boundaries: [], members };
    parts.set(members.join(), part);
    if (part.boundaries.at(-1) === point) part.boundaries[part.boundaries.length - 1] = end;
    else part.boundaries.push(point, end);
  }
  const atoms = [...parts.values()];
  const held = new Map<string, number[]>([...distinct.keys()].map((key) => [key, []]));
  const keys = [...distinct.keys()];
  atoms.forEach(({ members }, atom) => {
    for (const member of members) {
      const key = keys[member];
      if (key !== undefined) held.get(key)!.push(atom);
    }
  });
  return {
    atoms: atoms.map(({ boundaries }) => boundaries),
    atomsOf: (set) => held.get(set.join())!,
    union: (wanted) =>
      wanted.reduce<Boundaries<Address>>((all, atom) => union(all, atoms[atom]!.boundaries), []),
  };
}

/** What a set of addresses has of the internet, of private networks, and of what is neither. */
export interface AddressPart {
  readonly of: 'internet' | 'private-networks' | 'special-purpose';
  /** Where the set has addresses of one family alone, what it is compared with is of that family too. */
  readonly family: 'IPv4' | 'IPv6' | undefined;
  readonly isWhole: boolean;
  /** All of them; where there are fewer of those that the set lacks, those are in `except` instead. */
  readonly blocks: readonly string[];
  readonly except: readonly string[];
}

const EVERYTHING: Boundaries<Address> = union(ALL_IPV6, ALL_IPV4);
const KINDS: readonly (readonly [AddressPart['of'], Boundaries<Address>])[] = [
  ['internet', INTERNET],
  ['private-networks', PRIVATE],
  ['special-purpose', difference(EVERYTHING, union(INTERNET, PRIVATE))],
];

export function partsOf(set: Boundaries<Address>): AddressPart[] {
  const families = [intersection(set, ALL_IPV4), intersection(set, ALL_IPV6)];
  const only = families.findIndex(({ length }) => length === 0);
  const family = ([undefined, 'IPv6', 'IPv4'] as const)[only + 1];
  const whole = [EVERYTHING, ALL_IPV6, ALL_IPV4][only + 1]!;
  return KINDS.flatMap(([of, kind]): AddressPart[] => {
    const own = intersection(set, kind);
    if (own.length === 0) return [];
    const lacking = difference(intersection(kind, whole), own);
    const isWhole = lacking.length === 0;
    const isShorter = lacking.length < own.length;
    return [
      {
        of,
        family,
        isWhole,
        blocks: isShorter ? [] : blocksOf(own),
        except: isShorter ? blocksOf(lacking) : [],
      },
    ];
  });
}

/** As a block with its length where it is one, as in `10.0.0.0/8`, else as `first-last`. */
function blocksOf(set: Boundaries<Address>): string[] {
  return [ALL_IPV4, ALL_IPV6].flatMap((family) => {
    const own = intersection(set, family);
    const blocks: string[] = [];
    for (let i = 0; i < own.length; i += 2) {
      const [first, end] = [own[i]!, own[i + 1]!];
      const size = end - first;
      const base = family[0]!;
      const bits = size.toString(2).length - 1;
      const isBlock = size === 1n << BigInt(bits) && (first - base) % size === 0n;
      blocks.push(
        isBlock
          ? `${formatAddress(first)}/${(isIpv4(first) ? 32 : 128) - bits}`
          : (formatBlocks([first, end])[0] ?? ''),
      );
    }
    return blocks;
  });
}
