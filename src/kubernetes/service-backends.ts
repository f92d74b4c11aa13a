import type { Cluster } from './cluster.ts';
import { asArray } from './json.ts';
import type { KubernetesObject } from './object.ts';
import { replicaFloor } from './replicas.ts';
import type { Workload } from './workload.ts';

/** Where a URL leads. */
export type Destination =
  /** To the machine of whoever calls. */
  | { readonly kind: 'self' }
  | { readonly kind: 'service'; readonly service: KubernetesObject }
  /** Out of sight: another machine, a Service that is not among the sources, or no URL. */
  | { readonly kind: 'elsewhere' };

const SELF = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const SERVICE_NAME = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?$/;

/** Tells by the host: a loopback address, the DNS name of a Service, or an address that a Service has. */
export function destinationOf(url: string, cluster: Cluster): Destination {
  const host = hostOf(url);
  if (host === undefined) return { kind: 'elsewhere' };
  if (SELF.test(host)) return { kind: 'self' };
  const [, name, namespace] = SERVICE_NAME.exec(host) ?? [];
  const service = services(cluster).get(name === undefined ? host : `${namespace}/${name}`);
  return service === undefined ? { kind: 'elsewhere' } : { kind: 'service', service };
}

function hostOf(url: string): string | undefined {
  try {
    return new URL(url).hostname;
  } catch {
    return undefined;
  }
}

/** By `namespace/name`, and by each cluster IP as URLs spell it. */
function services(cluster: Cluster): ReadonlyMap<string, KubernetesObject> {
  return cluster.memo('services by name and address', () => {
    const found = new Map<string, KubernetesObject>();
    for (const service of cluster.ofKind('Service')) {
      if (service.group !== '') continue;
      found.set(`${service.namespace ?? 'default'}/${service.name}`, service);
      const { clusterIP, clusterIPs } = service.spec;
      for (const address of [clusterIP ?? '', ...(asArray(clusterIPs) ?? [])]) {
        if (typeof address !== 'string' || address === '' || address === 'None') continue;
        found.set(address.includes(':') ? `[${address}]` : address, service);
      }
    }
    return found;
  });
}

/** The workloads whose pods a Service selects. */
export function workloadsBehind(service: KubernetesObject, cluster: Cluster): readonly Workload[] {
  const namespace = cluster.namespace(service.namespace ?? 'default');
  return (namespace?.workloads ?? []).filter((workload) => cluster.servicesOf(workload).includes(service));
}

/**
 * How many pods are at least kept behind a Service; a DaemonSet counts for two, since it has one on each node. Undefined where no
 * workload among the sources has the labels that the Service selects.
 */
export function podsBehind(service: KubernetesObject, cluster: Cluster): number | undefined {
  const workloads = workloadsBehind(service, cluster);
  if (workloads.length === 0) return undefined;
  return workloads.reduce((sum, workload) => {
    if (workload.kind === 'DaemonSet') return sum + 2;
    return sum + (replicaFloor(workload, cluster)?.count ?? 1);
  }, 0);
}
