import type { Cluster } from '../kubernetes/cluster.ts';
import { asArray, asObject, asString } from '../kubernetes/json.ts';
import type { NetworkPolicy } from '../kubernetes/network-policies.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Workload } from '../kubernetes/workload.ts';
import { networkOf } from './network-of.ts';

/**
 * Whether something leads from outside of the network of pods to pods that a policy selects: a Service with an address or a port outside, an
 * Ingress, a route, a port of their node, or the registration of a webhook, which the API server calls from an address that no policy can
 * name.
 */
export function hasWayIn(policy: NetworkPolicy, cluster: Cluster): boolean {
  const workloads = policy.isClusterWide
    ? cluster.workloads
    : (cluster.namespace(policy.namespace)?.workloads ?? []);
  return workloads.some(
    (workload) => policy.selects(workload) !== 'not-selected' && isServed(workload, cluster),
  );
}

function isServed(workload: Workload, cluster: Cluster): boolean {
  if (workload.pod['hostNetwork'] === true) return true;
  if (workload.containers.some(({ ports }) => ports.some(({ raw }) => raw['hostPort'] !== undefined)))
    return true;
  const routed = calledServices(cluster);
  return cluster
    .servicesOf(workload)
    .some((service) => isOutside(service) || routed.has(`${service.namespace ?? 'default'}/${service.name}`));
}

function isOutside({ spec }: KubernetesObject): boolean {
  const { type } = spec;
  return type === 'LoadBalancer' || type === 'NodePort' || (asArray(spec['externalIPs'])?.length ?? 0) > 0;
}

/** Services that Ingresses, routes of the Gateway API, Routes of OpenShift and registrations of webhooks name, as `namespace/name`. */
function calledServices(cluster: Cluster): ReadonlySet<string> {
  return cluster.memo('services that are called from outside', () => {
    const { backends } = networkOf(cluster).entries;
    const hooks = cluster.subjects('webhook').flatMap(({ clientConfig }) => {
      const service = asObject(clientConfig['service']);
      return service === undefined ? [] : [`${asString(service['namespace'])}/${asString(service['name'])}`];
    });
    return new Set([...backends.map(({ namespace, service }) => `${namespace}/${service}`), ...hooks]);
  });
}
