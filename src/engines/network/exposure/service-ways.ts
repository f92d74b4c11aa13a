import { asArray, asString } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { parseAddress } from '../addresses.ts';
import type { Lead, NetworkService } from '../services.ts';
import type { NodeReach } from './node-reach.ts';
import { addressReach, loadBalancerReach } from './reach.ts';
import type { Reach, Way, WayKind } from './way.ts';

/** A way that a Service opens, with the port that clients use for each of its ports. */
export interface ServiceWay extends Way {
  outside(lead: Lead): number | undefined;
}

const NOBODY: Reach = { clients: [], doubt: undefined };

/** The ways that a Service opens by itself (https://kubernetes.io/docs/concepts/services-networking/service/). */
export function serviceWays(
  service: NetworkService,
  object: KubernetesObject,
  nodes: NodeReach,
  isComplete: boolean,
): ServiceWay[] {
  const { spec } = object;
  // Headless Services and aliases have no address of their own; what else they state is not looked at (kube-proxy).
  if (service.type === 'ExternalName') return [];
  const isHeadless = spec['clusterIP'] === 'None';
  // https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy
  const source = spec['externalTrafficPolicy'] === 'Local' ? 'client' : 'client-or-node';
  const make = (kind: WayKind, path: string, reach: Reach, outside: ServiceWay['outside']): ServiceWay => ({
    kind,
    object: service.object,
    path,
    through: [],
    source,
    outside,
    ...reach,
  });
  const ownPort = ({ port }: Lead) => port.port;
  const ways = [
    make(
      isHeadless ? 'headless' : 'cluster-ip',
      '',
      NOBODY,
      isHeadless ? ({ target }) => target.from : ownPort,
    ),
  ];
  if (isHeadless) return ways;
  const isBalanced = service.type === 'LoadBalancer';
  if (isBalanced) {
    ways.push(make('load-balancer', 'spec.type', loadBalancerReach(object, isComplete), ownPort));
  }
  if (service.type === 'NodePort' || (isBalanced && spec['allocateLoadBalancerNodePorts'] !== false)) {
    ways.push(make('node-port', 'spec.ports', nodes.any, ({ port }) => port.nodePort));
  }
  const external = (asArray(spec['externalIPs']) ?? []).flatMap((text) => {
    const address = parseAddress(asString(text) ?? '');
    return address === undefined ? [] : [address];
  });
  if (external.length > 0) {
    ways.push(make('external-ip', 'spec.externalIPs', addressReach(external), ownPort));
  }
  return ways;
}

/** Whether addresses stand behind the Service at which no pod is known. */
export function leadsElsewhere(service: NetworkService): boolean {
  return (
    service.endpoints.some(({ elsewhere }) => elsewhere.length > 0) ||
    (service.type === 'ExternalName' && service.aliasOf === undefined)
  );
}
