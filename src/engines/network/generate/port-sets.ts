import { parseBlock } from '../addresses.ts';
import { type NetworkPod, portsNamed } from '../endpoints.ts';
import { type Boundaries, difference, union } from '../intervals.ts';
import type { PortAlgebra, PortRange, PortSet } from '../ports.ts';
import type { Party, PolicyPort } from './evidence.ts';

export interface Asked {
  readonly ports: PortSet;
  readonly addresses: Boundaries<bigint>;
}

/** The ports of a range that nobody asks for at some of the addresses. */
export function beyond(
  { protocol, from, to }: PortRange,
  addresses: Boundaries<bigint>,
  asked: readonly Asked[],
  algebra: PortAlgebra,
): PortSet {
  const edges = new Set([from, to + 1]);
  for (const { ports } of asked) {
    for (const range of ports.ranges) {
      if (range.protocol !== protocol) continue;
      for (const edge of [range.from, range.to + 1]) if (edge > from && edge <= to) edges.add(edge);
    }
  }
  const sorted = [...edges].sort((a, b) => a - b);
  let found = algebra.none;
  for (let index = 0; index + 1 < sorted.length; index++) {
    const first = sorted[index]!;
    const covered = asked
      .filter(({ ports }) => ports.has(protocol, first))
      .reduce<Boundaries<bigint>>((all, each) => union(all, each.addresses), []);
    if (difference(addresses, covered).length === 0) continue;
    found = algebra.union(found, algebra.of([{ protocol, from: first, to: sorted[index + 1]! - 1 }]));
  }
  return found;
}

/** @param destination the pod whose names of ports are meant; undefined where an address is reached, which has none */
export function rangesOf(ports: readonly PolicyPort[], destination: NetworkPod | undefined): PortRange[] {
  return ports.flatMap(({ protocol, port }) => {
    if (typeof port === 'number') return [{ protocol, from: port, to: port }];
    return destination === undefined ? [] : portsNamed(destination, port, protocol);
  });
}

export function addressesOf(party: Party & { readonly kind: 'blocks' }): Boundaries<bigint> {
  return party.blocks.reduce<Boundaries<bigint>>((set, { cidr, except }) => {
    const without = except.reduce<Boundaries<bigint>>(
      (rest, each) => difference(rest, parseBlock(each) ?? []),
      parseBlock(cidr) ?? [],
    );
    return union(set, without);
  }, []);
}
