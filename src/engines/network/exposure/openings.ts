import type { Address } from '../addresses.ts';
import type { NetworkPod } from '../endpoints.ts';
import { type Boundaries, difference, intersection, union } from '../intervals.ts';
import type { NetworkModel } from '../model.ts';
import type { PortSet } from '../ports.ts';
import { INTERNET, PRIVATE } from './internet.ts';
import type { Proxies } from './proxies.ts';
import type { Doubt, Way } from './way.ts';

/** What policies let through for clients of which none is told apart from another. */
interface Opening {
  readonly clients: Boundaries<Address>;
  readonly allowed: PortSet;
  readonly unknown: PortSet;
}

/** What of the ports at the end of a way is open. */
export interface Passage {
  readonly allowed: PortSet;
  readonly unknown: PortSet;
  readonly doubt: Doubt | undefined;
  /** The same for clients on the internet alone, and for those in private networks. */
  readonly internet: Pick<Passage, 'allowed' | 'unknown'>;
  readonly private: Pick<Passage, 'allowed' | 'unknown'>;
  /** By the set of ports the clients that have it, where these are not all who may use the way. */
  clientsOf(port: PortSet): Boundaries<Address> | undefined;
}

/** Says what policies let through of what a way leads to. */
export class Openings {
  readonly #model: NetworkModel;
  readonly #proxies: Proxies;
  readonly #parts = new Map<Boundaries<Address>, readonly Boundaries<Address>[]>();

  constructor(model: NetworkModel, proxies: Proxies) {
    this.#model = model;
    this.#proxies = proxies;
  }

  /** @param target the ports to which the way leads in the pod */
  through(way: Way, pod: NetworkPod, target: PortSet): Passage {
    const { algebra } = this.#model;
    const openings = this.#openings(way, pod).map(
      ({ clients, allowed, unknown }): Opening => ({
        clients,
        allowed: algebra.intersection(allowed, target),
        unknown: algebra.intersection(unknown, target),
      }),
    );
    const sum = (within: Boundaries<Address> | undefined) => {
      let [allowed, possible] = [algebra.none, algebra.none];
      for (const opening of openings) {
        if (within !== undefined && intersection(opening.clients, within).length === 0) continue;
        allowed = algebra.union(allowed, opening.allowed);
        possible = algebra.union(possible, algebra.union(opening.allowed, opening.unknown));
      }
      // Behind a door of which nobody knows whether it is open, everything is as unknown as the door.
      if (way.doubt !== undefined) allowed = algebra.none;
      return { allowed, unknown: algebra.difference(possible, allowed) };
    };
    const all = sum(undefined);
    return {
      ...all,
      doubt: all.unknown.isEmpty ? undefined : (way.doubt ?? this.#doubtOf(way, pod, all.unknown)),
      internet: sum(INTERNET),
      private: sum(PRIVATE),
      clientsOf: (ports) => {
        const having = openings.filter(
          ({ allowed, unknown }) => !algebra.intersection(algebra.union(allowed, unknown), ports).isEmpty,
        );
        const clients = having.reduce<Boundaries<Address>>((set, each) => union(set, each.clients), []);
        return difference(way.clients, clients).length === 0 ? undefined : clients;
      },
    };
  }

  #openings(way: Way, pod: NetworkPod): Opening[] {
    if (way.clients.length === 0) return [];
    if (way.source === 'proxy') return [{ clients: way.clients, ...this.#proxies.into(pod) }];
    const { algebra } = this.#model;
    return this.#partsOf(way.clients).map((clients) => {
      const { allowed, unknown } = this.#model.fromAddress(clients[0]!, pod);
      // Where the address becomes that of the pod's own node, no policy holds it up.
      return way.source === 'client-or-node'
        ? { clients, allowed, unknown: algebra.difference(algebra.all, allowed) }
        : { clients, allowed, unknown };
    });
  }

  /** The clients in parts of which no policy tells two apart. */
  #partsOf(clients: Boundaries<Address>): readonly Boundaries<Address>[] {
    let parts = this.#parts.get(clients);
    if (parts === undefined) {
      let rest = clients;
      const named: Boundaries<Address>[] = [];
      for (const block of this.#model.blocks) {
        const part = intersection(clients, block);
        if (part.length === 0) continue;
        // One part, so that the internet and private networks are told apart.
        for (const within of [INTERNET, PRIVATE]) {
          const inside = intersection(part, within);
          if (inside.length > 0) named.push(inside);
        }
        rest = difference(rest, part);
      }
      // What lies outside of every block is IPv6 where no policy speaks of IPv6.
      for (const within of [INTERNET, PRIVATE]) {
        const inside = intersection(rest, within);
        if (inside.length > 0) named.push(inside);
      }
      parts = named;
      this.#parts.set(clients, parts);
    }
    return parts;
  }

  #doubtOf(way: Way, pod: NetworkPod, unknown: PortSet): Doubt {
    if (way.source === 'proxy') {
      const side = this.#model.side(pod, 'ingress');
      if (side.opaque.length > 0 || side.isOnHostNetwork) return 'policy';
      return this.#proxies.isOnNodes ? 'own-node' : 'proxy';
    }
    const { algebra } = this.#model;
    const isOfPolicy = this.#partsOf(way.clients).some(
      (clients) => !algebra.intersection(this.#model.fromAddress(clients[0]!, pod).unknown, unknown).isEmpty,
    );
    return isOfPolicy ? 'policy' : 'rewritten';
  }
}
