import type { Address } from './addresses.ts';
import { type Boundaries, intersection, union } from './intervals.ts';

/** Addresses of which something is said. */
export interface Piece {
  readonly addresses: Boundaries<Address>;
}

/** Pieces of which the same is said, as the key tells, become one. */
export function joined<P extends Piece>(pieces: Iterable<P>, keyOf: (piece: P) => string): P[] {
  const byKey = new Map<string, P>();
  for (const piece of pieces) {
    const key = keyOf(piece);
    const same = byKey.get(key);
    const addresses = same === undefined ? piece.addresses : union(same.addresses, piece.addresses);
    byKey.set(key, same === undefined ? piece : { ...same, addresses });
  }
  return [...byKey.values()];
}

/** What two lists have in common, piece by piece. */
export function* crossed<A extends Piece, B extends Piece>(
  some: readonly A[],
  others: readonly B[],
): Generator<{ readonly addresses: Boundaries<Address>; readonly one: A; readonly other: B }> {
  for (const one of some) {
    for (const other of others) {
      const addresses = intersection(one.addresses, other.addresses);
      if (addresses.length > 0) yield { addresses, one, other };
    }
  }
}
