import { type Address, ALL_IPV4, ALL_IPV6 } from './addresses.ts';
import { type Boundaries, intersection } from './intervals.ts';
import type { Peer, Policy, Rule } from './policies/policy.ts';

/** Peers with all that they are made of. */
export function partsOf(peers: readonly Peer[]): readonly Peer[] {
  return peers.flatMap((peer) => {
    if (peer.kind === 'not') return [peer, ...partsOf([peer.peer])];
    return peer.kind === 'all-of' || peer.kind === 'any-of' ? [peer, ...partsOf(peer.peers)] : [peer];
  });
}

/** Everything that a rule asks for: of its peers, and of the pod at which it is asked. */
export function termsOf({ peers, own }: Rule): readonly Peer[] {
  return partsOf([...(peers === 'all' ? [] : peers), ...(own === undefined ? [] : [own])]);
}

/** The addresses that rules name. */
export function blocksOf(rules: readonly Rule[]): Boundaries<Address>[] {
  return rules.flatMap(termsOf).flatMap((peer) => (peer.kind === 'addresses' ? [peer.addresses] : []));
}

export function blocksIn(policies: readonly Policy[]): Boundaries<Address>[] {
  return policies.flatMap(({ ingress, egress }) => blocksOf([...(ingress ?? []), ...(egress ?? [])]));
}

/** All addresses that are spoken of; of IPv6 only where one of the blocks is. */
export function spokenOf(named: readonly Boundaries<Address>[]): Boundaries<Address> {
  return named.some((block) => intersection(block, ALL_IPV6).length > 0)
    ? [ALL_IPV6[0]!, ALL_IPV4[1]!]
    : ALL_IPV4;
}

/** All addresses in blocks of one family, of which none of the given ones tells two addresses apart. */
export function atomsOf(
  named: readonly Boundaries<Address>[],
  everywhere: Boundaries<Address>,
): Boundaries<Address>[] {
  const points = new Set<Address>([...everywhere, ...ALL_IPV4]);
  for (const block of named) for (const point of block) points.add(point);
  const sorted = [...points].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted.slice(1).map((end, index) => [sorted[index]!, end] as const);
}
