import type { LabelMatcher } from '../../kubernetes/selectors.ts';
import { type Address, ALL_IPV4, ALL_IPV6 } from './addresses.ts';
import { takesAll } from './exposure/any-pod.ts';
import { INTERNET } from './exposure/internet.ts';
import { type Boundaries, difference, intersection, union } from './intervals.ts';
import type { Peer, Rule } from './policies/policy.ts';

/** Peers of a rule that are pods of every namespace. */
export interface EveryNamespace {
  readonly path: string;
  /**
   * `all`: whatever the labels of namespaces and pods are; `but-some`: of every namespace, whose name may be anything, that has no label by
   * which it is left out; `by-labels`: of all namespaces, if the pods have labels that whoever makes them chooses.
   */
  readonly which: 'all' | 'but-some' | 'by-labels';
}

/** How much of the world a rule names. */
export interface Breadth {
  /** The rule names nobody, so that everybody is meant. */
  readonly isEverybody: boolean;
  /** Field path of the peer that is every address on the internet, of IPv4 or IPv6, or of the first of those that are so together. */
  readonly internet: string | undefined;
  readonly namespaces: readonly EveryNamespace[];
}

const EVERYWHERE = [ALL_IPV6[0]!, ALL_IPV4[1]!];
const FAMILIES = [ALL_IPV4, ALL_IPV6].map((family) => intersection(INTERNET, family));

/** @param isEvery whether namespaces that are known are all meant */
export function breadthOf({ peers }: Rule, isEvery: (namespaces: LabelMatcher) => boolean): Breadth {
  if (peers === 'all') return { isEverybody: true, internet: undefined, namespaces: [] };
  return {
    isEverybody: false,
    internet: internetOf(peers),
    namespaces: peers.flatMap((peer) => everyNamespace(peer, isEvery)),
  };
}

function internetOf(peers: readonly Peer[]): string | undefined {
  const blocks = peers.flatMap((peer) => {
    const addresses = addressesOf(peer);
    return addresses === undefined || addresses.length === 0 ? [] : [{ path: peer.path, addresses }];
  });
  const all = blocks.reduce<Boundaries<Address>>((set, { addresses }) => union(set, addresses), []);
  const family = FAMILIES.find((each) => difference(each, all).length === 0);
  if (family === undefined) return undefined;
  const within = blocks.filter(({ addresses }) => intersection(family, addresses).length > 0);
  return (within.find(({ addresses }) => difference(family, addresses).length === 0) ?? within[0])?.path;
}

/** The addresses that a peer is; undefined where it is not said by addresses alone. */
function addressesOf(peer: Peer): Boundaries<Address> | undefined {
  switch (peer.kind) {
    case 'addresses':
      return peer.addresses;
    case 'not': {
      const inner = addressesOf(peer.peer);
      return inner && difference(EVERYWHERE, inner);
    }
    case 'any-of':
    case 'all-of': {
      const combine = peer.kind === 'any-of' ? union<Address> : intersection<Address>;
      const [first, ...others] = peer.peers.map(addressesOf);
      return others.reduce<Boundaries<Address> | undefined>(
        (set, other) => (set === undefined || other === undefined ? undefined : combine(set, other)),
        first,
      );
    }
    default:
      return undefined;
  }
}

/** A name that no namespace has: it stands for whichever is made next. */
const ANY_NAME = Object.freeze({ 'kubernetes.io/metadata.name': '-' });

function everyNamespace(peer: Peer, isEvery: (namespaces: LabelMatcher) => boolean): EveryNamespace[] {
  if (peer.kind !== 'pods') return [];
  const { namespaces, pods, derived } = peer.selector;
  if (typeof namespaces === 'string') return [];
  // Such a selector asks for namespaces or service accounts among the labels of pods.
  if (derived?.asksNamespace === true || derived?.asksAccount === true) return [];
  const isAll = takesAll(namespaces) || isEvery(namespaces);
  if (!isAll && !namespaces(ANY_NAME)) return [];
  const which = takesAll(pods) ? (isAll ? 'all' : 'but-some') : 'by-labels';
  return [{ path: peer.path, which }];
}
