import type { Address } from '../addresses.ts';
import { type Boundaries, includes } from '../intervals.ts';
import type { Statement } from './statement.ts';
import { type Truth, truthOf } from './truth.ts';

/** Whoever connects, as the proxy before a pod sees it. */
export interface Client {
  /** Of its certificate; `none` where it has none, so that it speaks in plaintext. */
  readonly identity: Identity | 'none' | 'unknown';
  /** Undefined where they are not known. */
  readonly addresses: readonly Address[] | undefined;
  readonly isPod: boolean;
}

export interface Identity {
  readonly namespace: string;
  readonly account: string;
  /** As Istio's principals end. */
  readonly path: string;
}

export function identityOf(namespace: string, account: string): Identity {
  return { namespace, account, path: `/ns/${namespace}/sa/${account}` };
}

/** What the proxy before a pod does with a connection. */
export interface Decision {
  readonly outcome: Outcome;
  /** Which statements it goes by, in their order. */
  readonly steps: readonly MeshStep[];
}

export type Outcome = 'pass' | 'refuse' | 'unknown';

export interface MeshStep {
  readonly effect: 'allowed' | 'denied' | 'undecided' | 'no-rule';
  readonly statements: readonly Statement[];
}

/** Whether it comes from one of the blocks. */
export function comesFrom({ addresses }: Client, blocks: Boundaries<Address>): Truth {
  if (addresses === undefined || addresses.length === 0) return 'unknown';
  const inside = addresses.filter((address) => includes(blocks, address)).length;
  // Of which family a connection will be is not known.
  return inside > 0 && inside < addresses.length ? 'unknown' : truthOf(inside > 0);
}

/** The same, where something else may decide otherwise. */
export function undecided({ steps }: Decision): Decision {
  return { outcome: 'unknown', steps: steps.map((step) => ({ ...step, effect: 'undecided' })) };
}
