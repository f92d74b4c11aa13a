import { asArray, asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { KubernetesObject } from '../../../kubernetes/object.ts';
import {
  firewallAnnotation,
  isInternalLoadBalancer,
  sourceRanges,
} from '../../../kubernetes/service-exposure.ts';
import { type Address, parseAddress, parseBlock } from '../addresses.ts';
import { type Boundaries, includes, intersection, union } from '../intervals.ts';
import { ANYWHERE, INTERNET, PRIVATE } from './internet.ts';
import type { Reach } from './way.ts';

/**
 * Who reaches a load balancer. Without a word to the contrary that is the internet, as it is external by its API
 * (https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer).
 * @param isComplete whether the object is one of a cluster, where the address is known once it is given
 */
export function loadBalancerReach(service: KubernetesObject, isComplete: boolean): Reach {
  const stated = sourceRanges(service)?.ranges;
  // Each range is one that the API server has validated, blanks aside.
  const ranges = stated?.flatMap((range) => {
    const block = parseBlock(range.trim());
    return block === undefined ? [] : [block];
  });
  const limited = (clients: Boundaries<Address>) =>
    ranges === undefined
      ? clients
      : intersection(
          clients,
          ranges.reduce((set, range) => union(set, range), []),
        );
  const isInternal = isInternalLoadBalancer(service);
  const given = givenAddresses(service.raw);
  if (isInternal || given === 'private') return { clients: limited(PRIVATE), doubt: undefined };
  const doubt =
    firewallAnnotation(service) !== undefined
      ? 'firewall'
      : given === 'none' && isComplete
        ? 'no-address'
        : undefined;
  return { clients: ranges === undefined ? INTERNET : limited(ANYWHERE), doubt };
}

/** Which addresses the status of a Service or an Ingress names; a host name counts as public. */
function givenAddresses(object: JsonObject): 'public' | 'private' | 'none' {
  const status = asObject(object['status']);
  const points = [
    ...(asArray(asObject(status?.['loadBalancer'])?.['ingress']) ?? []),
    // Of a Gateway.
    ...(asArray(status?.['addresses']) ?? []),
  ].map((point) => asObject(point));
  if (points.length === 0) return 'none';
  const isPublic = points.some((point) => {
    const address = parseAddress(asString(point?.['ip']) ?? asString(point?.['value']) ?? '');
    return address === undefined || includes(INTERNET, address);
  });
  return isPublic ? 'public' : 'private';
}

/** Who reaches an address of a node or a Service. */
export function addressReach(addresses: readonly Address[]): Reach {
  const isPublic = addresses.some((address) => includes(INTERNET, address));
  return { clients: isPublic ? INTERNET : PRIVATE, doubt: undefined };
}

/** Annotations that say which clients an Ingress or a Route serves; lists are separated by commas or blanks. */
const ALLOWED = [
  'nginx.ingress.kubernetes.io/whitelist-source-range',
  'nginx.ingress.kubernetes.io/allowlist-source-range',
  'alb.ingress.kubernetes.io/inbound-cidrs',
  'haproxy.org/allow-list',
  'haproxy-ingress.github.io/allowlist-source-range',
  'haproxy.router.openshift.io/ip_whitelist',
  'haproxy.router.openshift.io/ip_allowlist',
] as const;

/** Who reaches an Ingress or a Route of OpenShift. */
export function ingressReach(ingress: KubernetesObject): Reach {
  const { annotations, spec } = ingress;
  const className = asString(spec['ingressClassName']) ?? annotations['kubernetes.io/ingress.class'];
  const scheme = annotations['alb.ingress.kubernetes.io/scheme'];
  const isInternal =
    scheme === 'internal' ||
    className === 'gce-internal' ||
    className === 'tailscale' ||
    annotations['appgw.ingress.kubernetes.io/use-private-ip'] === 'true' ||
    givenAddresses(ingress.raw) === 'private';
  const stated = ALLOWED.map((name) => annotations[name]).find((text) => text !== undefined && text !== '');
  const clients = isInternal ? PRIVATE : INTERNET;
  // The AWS Load Balancer Controller is internal by default, unless the parameters of the class say otherwise.
  const doubt = !isInternal && className === 'alb' && scheme === undefined ? 'class' : undefined;
  if (stated === undefined) return { clients, doubt };
  const ranges = stated.split(/[\s,]+/).flatMap((text) => {
    const block = parseBlock(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);
    return block === undefined ? [] : [block];
  });
  const allowed = ranges.reduce<Boundaries<Address>>((set, range) => union(set, range), []);
  return { clients: intersection(isInternal ? PRIVATE : ANYWHERE, allowed), doubt };
}

/** Who reaches a Gateway, by its class, the annotations for its load balancer, and its addresses. */
export function gatewayReach(gateway: KubernetesObject | undefined): Reach {
  if (gateway === undefined) return { clients: INTERNET, doubt: undefined };
  const { annotations } = asObject(gateway.spec['infrastructure']) ?? {};
  const balancer = { metadata: { ...gateway.metadata, annotations } };
  const className = asString(gateway.spec['gatewayClassName']) ?? '';
  const isInternal =
    /^gke-l7-(?:rilb|cross-regional-internal)/.test(className) ||
    isInternalLoadBalancer(new KubernetesObject(balancer, gateway.origin)) ||
    isInternalLoadBalancer(gateway) ||
    givenAddresses(gateway.raw) === 'private';
  return { clients: isInternal ? PRIVATE : INTERNET, doubt: undefined };
}
