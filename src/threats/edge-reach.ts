import { reachesInternet } from '../engines/network/exposure/internet.ts';
import { gatewayReach, ingressReach } from '../engines/network/exposure/reach.ts';
import type { Reach } from '../engines/network/exposure/way.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { asArray, asObject, asString } from '../kubernetes/json.ts';
import { type KubernetesObject, stringMap } from '../kubernetes/object.ts';
import { isInternalLoadBalancer } from '../kubernetes/service-exposure.ts';

/** Whether clients on the internet reach what an entry leads to; `none` where it serves nobody outside of the cluster. */
export type EdgeReach = 'internet' | 'private' | 'unknown' | 'none';

/** The kinds of entries of which that is told. */
export const EDGE_KINDS: ReadonlySet<string> = new Set([
  'networking.k8s.io/Ingress',
  'extensions/Ingress',
  'gateway.networking.k8s.io/HTTPRoute',
  'gateway.networking.k8s.io/GRPCRoute',
  'route.openshift.io/Route',
  'networking.istio.io/VirtualService',
  'traefik.io/IngressRoute',
]);

export function edgeReach(entry: KubernetesObject, cluster: Cluster): EdgeReach {
  switch (entry.kind) {
    case 'HTTPRoute':
    case 'GRPCRoute':
      return best(gatewaysOf(entry, cluster).map((gateway) => told(gatewayReach(gateway))));
    case 'VirtualService':
      return best(istioGatewaysOf(entry, cluster).map((gateway) => reachOfIstio(gateway, cluster)));
    case 'IngressRoute':
      return 'internet';
    default:
      return told(ingressReach(entry));
  }
}

function told({ clients, doubt }: Reach): EdgeReach {
  if (!reachesInternet(clients)) return 'private';
  return doubt === undefined ? 'internet' : 'unknown';
}

function best(reaches: readonly EdgeReach[]): EdgeReach {
  for (const each of ['internet', 'unknown', 'private'] as const) if (reaches.includes(each)) return each;
  return 'none';
}

/** Undefined stands for a Gateway that is not among the sources. */
export function gatewaysOf(route: KubernetesObject, cluster: Cluster): (KubernetesObject | undefined)[] {
  return (asArray(route.spec['parentRefs']) ?? []).flatMap((item) => {
    const parent = asObject(item);
    const kind = asString(parent?.['kind']) ?? 'Gateway';
    // A Service for a parent is one whose clients are in a mesh.
    if (parent === undefined || kind === 'Service') return [];
    const namespace = asString(parent['namespace']) ?? route.namespace ?? 'default';
    return [gateways(cluster).get(`gateway.networking.k8s.io/${namespace}/${asString(parent['name'])}`)];
  });
}

export function istioGatewaysOf(
  service: KubernetesObject,
  cluster: Cluster,
): (KubernetesObject | undefined)[] {
  return (asArray(service.spec['gateways']) ?? []).flatMap((item) => {
    const text = asString(item) ?? '';
    if (text === '' || text === 'mesh') return [];
    const key = text.includes('/') ? text : `${service.namespace ?? 'default'}/${text}`;
    return [gateways(cluster).get(`networking.istio.io/${key}`)];
  });
}

function gateways(cluster: Cluster): ReadonlyMap<string, KubernetesObject> {
  return cluster.memo('gateways by name', () => {
    const found = new Map<string, KubernetesObject>();
    for (const object of cluster.ofKind('Gateway')) {
      found.set(`${object.group}/${object.namespace ?? 'default'}/${object.name}`, object);
    }
    return found;
  });
}

/** One that is not among the sources may be anywhere. */
function reachOfIstio(gateway: KubernetesObject | undefined, cluster: Cluster): EdgeReach {
  const known = cluster.memo('reach of gateways of Istio', () => {
    const services = cluster.ofKind('Service').filter(({ group }) => group === '');
    return new Map(
      cluster
        .ofKind('Gateway')
        .filter(({ group }) => group === 'networking.istio.io')
        .map((each) => [each, istioReach(each, services)]),
    );
  });
  return (gateway && known.get(gateway)) ?? 'internet';
}

/** By the Services of the pods that a Gateway of Istio selects. */
function istioReach(gateway: KubernetesObject, all: readonly KubernetesObject[]): EdgeReach {
  const labels = Object.entries(stringMap(gateway.spec['selector']));
  if (labels.length === 0) return 'internet';
  const services = all.filter(({ spec }) => {
    const selector = stringMap(spec['selector']);
    return labels.every(([key, value]) => selector[key] === value);
  });
  // Gateways of clients inside of the cluster have Services without a load balancer.
  const isInside = services.every(({ spec }) => (spec['type'] ?? 'ClusterIP') === 'ClusterIP');
  if (services.length > 0 && isInside) return 'none';
  const balancers = services.filter(({ spec }) => spec['type'] === 'LoadBalancer');
  return balancers.length > 0 && balancers.every(isInternalLoadBalancer) ? 'private' : 'internet';
}
