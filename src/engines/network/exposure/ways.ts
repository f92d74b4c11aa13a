import type { JsonObject } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { NetworkPod } from '../endpoints.ts';
import { type Backend, leadsOf } from '../entries.ts';
import type { Network } from '../network.ts';
import type { Lead, NetworkService } from '../services.ts';
import { Gateways } from './gateways.ts';
import type { NodeReach } from './node-reach.ts';
import { podWays } from './pod-ways.ts';
import { gatewayReach, ingressReach } from './reach.ts';
import { leadsElsewhere, type ServiceWay, serviceWays } from './service-ways.ts';
import type { Doubt, Reach, Way, WayPort } from './way.ts';

export interface PodWay {
  readonly way: Way;
  readonly ports: readonly WayPort[];
}

/** Something that is open to the outside and ends in no pod that is known. */
export interface LooseWay {
  readonly object: JsonObject;
  readonly path: string;
  readonly reason: /** There is no such Service. */
    | 'no-service'
    /** No pod has the labels that the Service selects. */
    | 'no-pods'
    /** The Service has no selector, and no endpoints were seen. */
    | 'no-endpoints'
    /** It leads to addresses or names that are no pod's. */
    | 'elsewhere'
    /** No pod of the Service has the port. */
    | 'no-port';
}

export interface WaysOptions {
  readonly network: Network;
  readonly objects: readonly KubernetesObject[];
  readonly nodes: NodeReach;
  /** Whether the objects are those of a cluster. */
  readonly isComplete: boolean;
}

/** Finds what leads into pods. */
export class Ways {
  readonly #network: Network;
  readonly #nodes: NodeReach;
  readonly #isComplete: boolean;
  readonly #gateways: Gateways;
  readonly #objects = new Map<JsonObject, KubernetesObject>();
  readonly #ofService = new Map<NetworkService, readonly ServiceWay[]>();
  readonly #byNamespace = new Map<string, NetworkService[]>();
  readonly #listed = new Map<NetworkPod, NetworkService[]>();
  /** Aliases by the Service that they stand for. */
  readonly #aliases = new Map<string, NetworkService[]>();
  readonly #backends = new Map<string, Backend[]>();
  readonly #backendWays = new Map<Backend, readonly Way[]>();
  readonly #served = new Set<NetworkService>();
  readonly #ended = new Set<Backend>();

  constructor({ network, objects, nodes, isComplete }: WaysOptions) {
    this.#network = network;
    this.#nodes = nodes;
    this.#isComplete = isComplete;
    this.#gateways = new Gateways(objects, network.model.surroundings);
    for (const object of objects) this.#objects.set(object.raw, object);
    for (const service of [...network.entries.services.values()].flat()) {
      if (service.hasSelector) put(this.#byNamespace, service.namespace, service);
      for (const { pods } of service.endpoints) {
        for (const pod of pods) {
          if (!this.#listed.get(pod)?.includes(service)) put(this.#listed, pod, service);
        }
      }
      if (service.aliasOf !== undefined) put(this.#aliases, service.aliasOf, service);
    }
    for (const backend of network.entries.backends) {
      put(this.#backends, `${backend.namespace}/${backend.service}`, backend);
    }
  }

  /** Everything that leads into a pod, from the outside or inside of the cluster. */
  into(pod: NetworkPod): PodWay[] {
    const workload = this.#network.workloads.get(pod);
    const found: PodWay[] = workload === undefined ? [] : podWays(pod, workload, this.#nodes);
    const services = [
      ...(this.#byNamespace.get(pod.namespace) ?? []).filter((service) => service.has(pod)),
      ...(this.#listed.get(pod) ?? []),
    ];
    for (const service of services) {
      this.#served.add(service);
      const leads = service.leads(pod, undefined);
      for (const way of this.#waysOf(service)) {
        found.push({
          way,
          ports: leads.map((lead) => ({ outside: way.outside(lead), target: lead.target })),
        });
      }
      const key = `${service.namespace}/${service.name}`;
      this.#enter(found, this.#backends.get(key) ?? [], service, pod, []);
      for (const alias of this.#aliases.get(key) ?? []) {
        const reach: Reach = { clients: [], doubt: undefined };
        const { object } = alias;
        found.push({
          way: {
            kind: 'external-name',
            object,
            path: 'spec.externalName',
            through: [service.object],
            source: 'client',
            ...reach,
          },
          ports: leads.map(({ port, target }) => ({ outside: port.port, target })),
        });
        const entering = this.#backends.get(`${alias.namespace}/${alias.name}`) ?? [];
        this.#enter(found, entering, service, pod, [alias]);
      }
    }
    return found;
  }

  #enter(
    found: PodWay[],
    backends: readonly Backend[],
    service: NetworkService,
    pod: NetworkPod,
    aliases: readonly NetworkService[],
  ): void {
    for (const backend of backends) {
      const leads: readonly Lead[] = leadsOf(backend, service, pod);
      if (leads.length > 0) this.#ended.add(backend);
      if (leads.length === 0) continue;
      const ports = leads.map(({ target }) => ({ outside: undefined, target }));
      for (const way of this.#waysFrom(backend)) {
        const through = [...way.through, ...aliases.map(({ object }) => object), service.object];
        const doubt: Doubt | undefined = way.doubt ?? (aliases.length > 0 ? 'alias' : undefined);
        found.push({ way: { ...way, through, doubt }, ports });
      }
    }
  }

  #waysOf(service: NetworkService): readonly ServiceWay[] {
    let ways = this.#ofService.get(service);
    if (ways === undefined) {
      ways = serviceWays(service, this.#objects.get(service.object)!, this.#nodes, this.#isComplete);
      this.#ofService.set(service, ways);
    }
    return ways;
  }

  #waysFrom(backend: Backend): readonly Way[] {
    let ways = this.#backendWays.get(backend);
    if (ways === undefined) {
      const { object, path, kind } = backend;
      const make = (reach: Reach, through: readonly JsonObject[]): Way => ({
        kind,
        object,
        path,
        through,
        source: 'proxy',
        ...reach,
      });
      if (kind === 'gateway-route') {
        const refused: Doubt | undefined = this.#gateways.mayRefer(backend) ? undefined : 'reference-grant';
        ways = this.#gateways.serving(object).map((gateway) => {
          const reach = gatewayReach(gateway);
          return make(
            { ...reach, doubt: reach.doubt ?? refused },
            gateway === undefined ? [] : [gateway.raw],
          );
        });
      } else ways = [make(ingressReach(this.#objects.get(object)!), [])];
      this.#backendWays.set(backend, ways);
    }
    return ways;
  }

  /** What is open to the outside and ended in none of the pods that were asked about with `into`. */
  loose(): LooseWay[] {
    const found: LooseWay[] = [];
    const { services, backends } = this.#network.entries;
    const reasonOf = (service: NetworkService): LooseWay['reason'] =>
      leadsElsewhere(service) ? 'elsewhere' : service.hasSelector ? 'no-pods' : 'no-endpoints';
    for (const service of [...services.values()].flat()) {
      const isOpen = this.#waysOf(service).some(({ clients }) => clients.length > 0);
      if (isOpen && (!this.#served.has(service) || leadsElsewhere(service))) {
        found.push({ object: service.object, path: 'spec', reason: reasonOf(service) });
      }
    }
    for (const backend of backends) {
      const { object, path } = backend;
      if (this.#ended.has(backend) || this.#waysFrom(backend).length === 0) continue;
      const meant = services.get(`${backend.namespace}/${backend.service}`) ?? [];
      const ends = meant.flatMap((service) =>
        service.aliasOf === undefined ? [service] : (services.get(service.aliasOf) ?? []),
      );
      const reason = ends.some((service) => this.#served.has(service))
        ? 'no-port'
        : ends[0] === undefined
          ? 'no-service'
          : reasonOf(ends[0]);
      found.push({ object, path, reason });
    }
    return found;
  }
}

function put<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
