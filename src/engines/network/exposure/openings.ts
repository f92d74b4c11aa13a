import type { Address } from '../addresses.ts';
import { blocksOf } from '../blocks.ts';
import type { NetworkPod } from '../endpoints.ts';
import { type Boundaries, difference, includes, intersection, union } from '../intervals.ts';
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
  readonly #known = new Map<Boundaries<Address>, Map<NetworkPod, readonly Opening[]>>();

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

  #openings(way: Way, pod: NetworkPod): readonly Opening[] {
    if (way.clients.length === 0) return [];
    if (way.source === 'proxy') return [{ clients: way.clients, ...this.#proxies.into(pod) }];
    const { algebra } = this.#model;
    const openings = this.#ofClients(way.clients, pod);
    // Where the address becomes that of the pod's own node, no policy holds it up.
    return way.source === 'client'
      ? openings
      : openings.map(({ clients, allowed }) => ({
          clients,
          allowed,
          unknown: algebra.difference(algebra.all, allowed),
        }));
  }

  /** By what is let through, and apart for the internet and private networks. */
  #ofClients(clients: Boundaries<Address>, pod: NetworkPod): readonly Opening[] {
    const [representative] = this.#model.kindsOf([pod]);
    let known = this.#known.get(clients);
    if (known === undefined) {
      known = new Map();
      this.#known.set(clients, known);
    }
    let openings = known.get(representative!);
    if (openings === undefined) {
      const byVerdict = new Map<string, Omit<Opening, 'clients'> & { points: Address[] }>();
      for (const [first, end] of this.#partsOf(clients, pod)) {
        const { allowed, unknown } = this.#model.fromAddress(
          this.#model.surroundings.sampleOf([first, end]),
          pod,
        );
        const key = `${allowed.id} ${unknown.id} ${includes(INTERNET, first)}`;
        let same = byVerdict.get(key);
        if (same === undefined) {
          same = { allowed, unknown, points: [] };
          byVerdict.set(key, same);
        }
        // Parts come in order, so that what touches is one.
        if (same.points.at(-1) === first) same.points.pop();
        else same.points.push(first);
        same.points.push(end);
      }
      openings = [...byVerdict.values()].map(({ points, ...verdict }) => ({ clients: points, ...verdict }));
      known.set(representative!, openings);
    }
    return openings;
  }

  /** The clients in parts of which no policy of the pod tells two apart, in the order of their addresses. */
  *#partsOf(
    clients: Boundaries<Address>,
    pod: NetworkPod,
  ): Generator<readonly [first: Address, end: Address]> {
    const { stages } = this.#model.side(pod, 'ingress');
    const rules = stages.flatMap(({ groups }) => groups.flat().flatMap((asked) => asked.rules));
    const blocks = [...blocksOf(rules), ...(this.#model.mesh?.blocks ?? [])];
    const points = [...new Set([clients, INTERNET, PRIVATE, ...blocks].flat())].sort(compare);
    for (const [index, first] of points.entries()) {
      const end = points[index + 1];
      if (end !== undefined && includes(clients, first)) yield [first, end];
    }
  }

  #doubtOf(way: Way, pod: NetworkPod, unknown: PortSet): Doubt {
    if (way.source === 'proxy') {
      const side = this.#model.side(pod, 'ingress');
      if (side.opaque.length > 0 || side.isOnHostNetwork) return 'policy';
      return this.#proxies.isOnNodes ? 'own-node' : 'proxy';
    }
    const { algebra } = this.#model;
    const isOfPolicy = this.#ofClients(way.clients, pod).some(
      (opening) => !algebra.intersection(opening.unknown, unknown).isEmpty,
    );
    return isOfPolicy ? 'policy' : 'rewritten';
  }
}

function compare(a: Address, b: Address): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
