import { type Address, ALL_IPV4, ALL_IPV6 } from './addresses.ts';
import { type Endpoint, isPod, type NetworkPod } from './endpoints.ts';
import { PRIVATE } from './exposure/internet.ts';
import { type Boundaries, difference, includes, intersection } from './intervals.ts';
import type { Peer, PodSelector, Policy, Rule } from './policies/policy.ts';
import type { Nearness, Surroundings } from './surroundings.ts';

/** A pod outside of the network of its node that no selector names, of unknown address. */
export const OTHER = 'other';

export type Match = 'yes' | 'no' | 'unknown';

/** What is seen of the other end besides itself. */
interface Sight {
  /** Whether pods on the network of their node are seen as pods. */
  readonly seesHosts: boolean;
  readonly nearness: Nearness;
}

/** Decides whom the peers of rules mean. */
export class Matcher {
  readonly #surroundings: Surroundings;
  readonly #unknownAddress = new Map<Boundaries<Address>, Match>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Whether a rule of a policy speaks of what passes between its pods and the other end; its own condition is not asked. */
  rule(policy: Policy, rule: Rule, peer: Endpoint | typeof OTHER, nearness: Nearness = 'elsewhere'): Match {
    const sight = { seesHosts: seesHostNetwork(policy), nearness };
    const match = rule.peers === 'all' ? 'yes' : this.#any(rule.peers, peer, sight);
    return match === 'yes' && rule.isConditional === true ? 'unknown' : match;
  }

  protected selects(selector: PodSelector, pod: NetworkPod): Match {
    return this.#surroundings.selects(selector, pod) ? 'yes' : 'no';
  }

  /** Whether the pod at which a rule is asked is one of those that the rule is for. */
  own(policy: Policy, { own }: Rule, pod: NetworkPod): Match {
    const sight = { seesHosts: seesHostNetwork(policy), nearness: 'elsewhere' } as const;
    return own === undefined ? 'yes' : this.#one(own, pod, sight);
  }

  #any(peers: readonly Peer[], end: Endpoint | typeof OTHER, sight: Sight): Match {
    let match: Match = 'no';
    for (const peer of peers) {
      const one = this.#one(peer, end, sight);
      if (one === 'yes') return 'yes';
      if (one === 'unknown') match = 'unknown';
    }
    return match;
  }

  #one(peer: Peer, end: Endpoint | typeof OTHER, sight: Sight): Match {
    switch (peer.kind) {
      case 'pods':
        if (end === OTHER || !isPod(end) || (end.isOnHostNetwork && !sight.seesHosts)) return 'no';
        return this.selects(peer.selector, end);
      case 'addresses':
        return this.#addresses(peer.addresses, peer.pods, end);
      case 'nodes':
        if (end === OTHER) return 'no';
        return both(this.#surroundings.isOnNode(end, peer.nodes), isOf(peer.whose, sight.nearness));
      case 'names':
        return end !== OTHER && !isPod(end) ? 'unknown' : peer.mayBePods ? 'unknown' : 'no';
      case 'unknown':
        return 'unknown';
      case 'any-of':
        return this.#any(peer.peers, end, sight);
      case 'all-of': {
        let match: Match = 'yes';
        for (const each of peer.peers) {
          const one = this.#one(each, end, sight);
          if (one === 'no') return 'no';
          if (one === 'unknown') match = 'unknown';
        }
        return match;
      }
      case 'not': {
        const match = this.#one(peer.peer, end, sight);
        return match === 'unknown' ? match : match === 'yes' ? 'no' : 'yes';
      }
    }
  }

  #addresses(
    addresses: Boundaries<Address>,
    pods: 'known' | 'possible' | 'never',
    end: Endpoint | typeof OTHER,
  ): Match {
    if (end !== OTHER && !isPod(end)) {
      const isMeant =
        includes(addresses, end) && !(pods === 'never' && this.#surroundings.isOnNode(end, 'all') !== 'no');
      return isMeant ? 'yes' : 'no';
    }
    if (pods === 'never') return 'no';
    const known = end === OTHER ? [] : end.addresses;
    if (known.length > 0 || pods === 'known') {
      return known.some((address) => includes(addresses, address)) ? 'yes' : 'no';
    }
    let match = this.#unknownAddress.get(addresses);
    if (match === undefined) {
      match = ofUnknownAddress(addresses);
      this.#unknownAddress.set(addresses, match);
    }
    return match;
  }
}

function both(a: Match, b: Match): Match {
  if (a === 'no' || b === 'no') return 'no';
  return a === 'yes' ? b : a;
}

/** Whether a node is the own one, or another, as it is asked for. */
function isOf(whose: 'own' | 'other' | undefined, nearness: Nearness): Match {
  if (whose === undefined) return 'yes';
  if (nearness === 'maybe-own-node') return 'unknown';
  return (nearness === 'own-node') === (whose === 'own') ? 'yes' : 'no';
}

/** Of a pod whose address is not known: pods have addresses of private networks. */
function ofUnknownAddress(addresses: Boundaries<Address>): Match {
  const isWhole = [ALL_IPV4, ALL_IPV6].some((family) => difference(family, addresses).length === 0);
  if (isWhole) return 'yes';
  return intersection(addresses, PRIVATE).length > 0 ? 'unknown' : 'no';
}

/** For NetworkPolicy that is not defined, and taken as if; other policies leave out pods on the network of their node. */
export function seesHostNetwork({ plugin, stage }: Policy): boolean {
  return plugin === 'kubernetes' && stage.combination === 'united';
}
