import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { Workload } from '../../../kubernetes/workload.ts';
import { type Address, parseAddress } from '../addresses.ts';
import { type NetworkPod, portsNamed } from '../endpoints.ts';
import { nodesOf, podOf } from '../from-objects.ts';
import type { Network, WorkloadGroup } from '../network.ts';
import { Pods } from '../pods.ts';
import type { Protocol } from '../ports.ts';
import type { NetworkService, ServicePort } from '../services.ts';
import type { PolicyPort } from './evidence.ts';

/** What a host name means to a pod. */
export type Meaning =
  | { readonly kind: 'service'; readonly services: readonly NetworkService[] }
  /** The API server's own Service. */
  | { readonly kind: 'api-server' }
  /** Certainly a Service, and none that is known. */
  | { readonly kind: 'unknown-service' }
  | { readonly kind: 'address'; readonly address: Address }
  /** A name that the cluster's own DNS does not answer. */
  | { readonly kind: 'outside' }
  /** A word, or a Service of its namespace that is not known. */
  | { readonly kind: 'word' }
  /** The pod itself. */
  | { readonly kind: 'nothing' };

const NOTHING: Meaning = { kind: 'nothing' };
const LOCAL = /^(?:(?:.*\.)?localhost(?:\.localdomain)?|127\..*|0\.0\.0\.0|255\..*|::1?)$/;
/** Two labels end in the name of a namespace, unless they end in a domain of the internet. */
const TOP_LEVEL = /\.(?:[a-z]{2,3}|info|cloud|site|tech|online|local|internal|test|example|invalid)$/;
const CLUSTER_ZONE = /\.cluster\.local$/;

/** Finds workloads by the names and addresses by which others know them. */
export class Directory {
  readonly network: Network;
  readonly #groupOf = new Map<NetworkPod, WorkloadGroup>();
  readonly #byNamespace = new Map<string, WorkloadGroup[]>();
  readonly #running = new Map<Address, WorkloadGroup>();
  readonly #clusterIps = new Map<Address, NetworkService>();
  readonly #behind = new Map<NetworkService, readonly WorkloadGroup[]>();
  readonly #servicesOf = new Map<WorkloadGroup, readonly NetworkService[]>();
  readonly #standing: Pods;
  /** Addresses of nodes, as far as they are known. */
  readonly nodes: ReadonlySet<Address>;

  constructor(network: Network, objects: readonly KubernetesObject[]) {
    this.network = network;
    for (const group of network.groups) {
      for (const pod of group.pods) this.#groupOf.set(pod, group);
      const same = this.#byNamespace.get(group.namespace);
      if (same === undefined) this.#byNamespace.set(group.namespace, [group]);
      else same.push(group);
    }
    const stated = objects.flatMap((object) => Workload.of(object));
    this.#standing = new Pods(stated, network.workloads);
    const seen = objects.filter(({ kind, apiVersion }) => kind === 'Node' && apiVersion === 'v1');
    this.nodes = new Set(nodesOf(seen, stated).flatMap(({ addresses }) => addresses));
    for (const workload of stated) {
      if (workload.kind !== 'Pod') continue;
      const { addresses, isOnHostNetwork } = podOf(workload);
      const group = this.podNamed(workload.namespace, workload.name);
      if (isOnHostNetwork || group === undefined) continue;
      for (const address of addresses) this.#running.set(address, group);
    }
    for (const service of [...network.entries.services.values()].flat()) {
      const spec = (service.object['spec'] ?? {}) as Record<string, unknown>;
      for (const text of [spec['clusterIP'], ...((spec['clusterIPs'] as unknown[] | undefined) ?? [])]) {
        const address = typeof text === 'string' ? parseAddress(text) : undefined;
        if (address !== undefined) this.#clusterIps.set(address, service);
      }
    }
  }

  groupsIn(namespace: string): readonly WorkloadGroup[] {
    return this.#byNamespace.get(namespace) ?? [];
  }

  /** The workload of a pod that runs, or that a manifest states. */
  podNamed(namespace: string, name: string): WorkloadGroup | undefined {
    const [pod] = this.#standing.named(namespace, name);
    return pod === undefined ? undefined : this.#groupOf.get(pod);
  }

  podAt(address: Address): WorkloadGroup | undefined {
    return this.#running.get(address);
  }

  serviceAt(address: Address): NetworkService | undefined {
    return this.#clusterIps.get(address);
  }

  service(namespace: string, name: string): readonly NetworkService[] {
    return this.network.entries.services.get(`${namespace}/${name}`) ?? [];
  }

  /** What a name means in a namespace, by the search domains of the pods there (dnsPolicy ClusterFirst). */
  meaningOf(host: string, namespace: string): Meaning {
    if (LOCAL.test(host)) return NOTHING;
    const address = parseAddress(host);
    if (address !== undefined) return { kind: 'address', address };
    const labels = host.split('.');
    const marker = labels.indexOf('svc');
    if (marker >= 2)
      return this.#known(labels[marker - 1]!, labels[marker - 2]!) ?? { kind: 'unknown-service' };
    const [first = '', second, third] = labels;
    if (second === undefined) return this.#known(namespace, first) ?? { kind: 'word' };
    const short =
      labels.length === 2
        ? (this.#known(second, first) ?? this.#headless(namespace, second))
        : labels.length === 3
          ? this.#headless(third!, second)
          : undefined;
    if (short !== undefined) return short;
    const isInside = CLUSTER_ZONE.test(host) || (labels.length === 2 && !TOP_LEVEL.test(host));
    return isInside ? { kind: 'unknown-service' } : { kind: 'outside' };
  }

  #known(namespace: string, name: string, depth = 0): Meaning | undefined {
    if (namespace === 'default' && name === 'kubernetes') return { kind: 'api-server' };
    const services = this.service(namespace, name);
    if (services.length === 0) return undefined;
    const [first] = services;
    if (first!.type !== 'ExternalName') return { kind: 'service', services };
    const [aliasNamespace, alias] = first!.aliasOf?.split('/') ?? [];
    if (alias === undefined) return { kind: 'outside' };
    if (depth > 4) return { kind: 'unknown-service' };
    return this.#known(aliasNamespace!, alias, depth + 1) ?? { kind: 'unknown-service' };
  }

  /** Names of single pods, such as `db-0.db`. */
  #headless(namespace: string, name: string): Meaning | undefined {
    const services = this.service(namespace, name).filter(isHeadless);
    return services.length === 0 ? undefined : { kind: 'service', services };
  }

  /** The workloads behind a Service. */
  behind(service: NetworkService): readonly WorkloadGroup[] {
    const known = this.#behind.get(service);
    if (known !== undefined) return known;
    const listed = service.endpoints.flatMap(({ pods }) => pods);
    const groups = service.hasSelector
      ? this.groupsIn(service.namespace).filter(({ pods }) => pods.some((pod) => service.has(pod)))
      : listed.flatMap((pod) => this.#groupOf.get(pod) ?? []);
    const found = [...new Set(groups)];
    this.#behind.set(service, found);
    return found;
  }

  servicesOf(group: WorkloadGroup): readonly NetworkService[] {
    let services = this.#servicesOf.get(group);
    if (services === undefined) {
      const all = [...this.network.entries.services.values()].flat();
      services = all.filter((service) => this.behind(service).includes(group));
      this.#servicesOf.set(group, services);
    }
    return services;
  }

  /** Where ports of a Service lead in the pods of one workload behind it; undefined asks for all. */
  targets(service: NetworkService, group: WorkloadGroup, port: number | string | undefined): PolicyPort[] {
    const pods = group.pods.filter((pod) => service.has(pod));
    const found: PolicyPort[] = [];
    const asked = service.ports.filter(
      (each) => port === undefined || each.port === port || each.name === port,
    );
    for (const each of asked) found.push(...this.#target(service, each, pods));
    return uniquePorts(found);
  }

  #target(service: NetworkService, { port, protocol, target }: ServicePort, pods: readonly NetworkPod[]) {
    if (typeof target === 'string' && service.hasSelector) return namedPort(pods, target, protocol);
    return pods.flatMap((pod) =>
      service
        .leads(pod, port)
        .filter((lead) => lead.port.protocol === protocol)
        .map((lead): PolicyPort => ({ protocol, port: lead.target.from })),
    );
  }
}

/** By its number where all pods agree on it, else by its name. */
export function namedPort(
  pods: readonly NetworkPod[],
  name: string,
  protocol: Protocol | undefined,
): PolicyPort[] {
  const found = pods.flatMap((pod) => portsNamed(pod, name, protocol));
  const protocols = new Set(found.map((each) => each.protocol));
  return [...protocols].map((each) => {
    const numbers = new Set(found.filter((range) => range.protocol === each).map(({ from }) => from));
    return { protocol: each, port: numbers.size === 1 ? [...numbers][0]! : name };
  });
}

export function uniquePorts(ports: readonly PolicyPort[]): PolicyPort[] {
  return [...new Map(ports.map((each) => [`${each.protocol} ${each.port}`, each])).values()];
}

/** Clients of such a Service reach the pods themselves, and its ports are not translated. */
export function isHeadless(service: NetworkService): boolean {
  const spec = service.object['spec'] as Record<string, unknown> | undefined;
  return spec?.['clusterIP'] === 'None';
}
