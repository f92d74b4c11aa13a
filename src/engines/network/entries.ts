import { asArray, asObject, asObjects, asString, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { type PodFinder, readEndpoints } from './endpoint-slices.ts';
import type { NetworkPod } from './endpoints.ts';
import type { PortRange } from './ports.ts';
import { type Lead, NetworkService } from './services.ts';

/** A Service to which an Ingress, a route of the Gateway API or a Route of OpenShift leads. */
export interface Backend {
  readonly object: JsonObject;
  /** Field path of the reference. */
  readonly path: string;
  readonly kind: 'ingress' | 'gateway-route' | 'openshift-route';
  readonly namespace: string;
  readonly service: string;
  /** Number or name of the Service's port; undefined: all. */
  readonly port: number | string | undefined;
  /** Port of the pods themselves, as Routes state it. */
  readonly target?: number | string;
}

/** Routes of the Gateway API, with the protocol in which the gateway speaks to the backend. */
const GATEWAY_ROUTES = new Map([
  ['HTTPRoute', 'TCP'],
  ['GRPCRoute', 'TCP'],
  ['TLSRoute', 'TCP'],
  ['TCPRoute', 'TCP'],
  ['UDPRoute', 'UDP'],
] as const);

/** What is served to the outside of the cluster through ingress controllers, gateways and routers. */
export class Entries {
  /** By `namespace/name`; manifests may state several of one name, of which any may be the one that is applied. */
  readonly services: ReadonlyMap<string, readonly NetworkService[]>;
  readonly backends: readonly Backend[];

  constructor(objects: readonly JsonObject[], finder: PodFinder) {
    const endpoints = readEndpoints(objects, finder);
    const services = new Map<string, NetworkService[]>();
    const backends: Backend[] = [];
    for (const object of objects) {
      if (object['kind'] === 'Service' && object['apiVersion'] === 'v1') {
        const metadata = asObject(object['metadata']);
        const key = `${asString(metadata?.['namespace']) || 'default'}/${asString(metadata?.['name']) ?? ''}`;
        const service = new NetworkService(object, endpoints.get(key));
        services.set(key, [...(services.get(key) ?? []), service]);
      } else backends.push(...backendsOf(object));
    }
    this.services = services;
    this.backends = backends;
  }

  /** The ports of a pod to which they lead. */
  portsOf(pod: NetworkPod): PortRange[] {
    return this.backends.flatMap((backend) =>
      (this.services.get(`${backend.namespace}/${backend.service}`) ?? []).flatMap((service) =>
        leadsOf(backend, service, pod).map(({ target }) => target),
      ),
    );
  }
}

/** Where a backend leads in a pod of its Service. */
export function leadsOf({ port, target }: Backend, service: NetworkService, pod: NetworkPod): Lead[] {
  if (target === undefined) return service.leads(pod, port);
  // By the name or the number of the pods' port, or by the name of the Service's port.
  return service
    .leads(pod, undefined)
    .filter(({ port: each }) => each.target === target || each.name === target);
}

/** What an object leads to; nothing where it is of another kind. */
export function backendsOf(object: JsonObject): Backend[] {
  const [group = ''] = (asString(object['apiVersion']) ?? '').split('/');
  const kind = asString(object['kind']) ?? '';
  const namespace = asString(asObject(object['metadata'])?.['namespace']) || 'default';
  const spec = asObject(object['spec']) ?? {};
  if (kind === 'Ingress' && (group === 'networking.k8s.io' || group === 'extensions')) {
    return ingressBackends(spec).map((each) => ({ ...each, object, kind: 'ingress', namespace }));
  }
  if (kind === 'Route' && group === 'route.openshift.io') {
    return routeBackends(spec).map((each) => ({ ...each, object, kind: 'openshift-route', namespace }));
  }
  if (group === 'gateway.networking.k8s.io' && GATEWAY_ROUTES.has(kind as 'HTTPRoute')) {
    return gatewayBackends(spec, namespace).map((each) => ({ ...each, object, kind: 'gateway-route' }));
  }
  return [];
}

type Reference = Pick<Backend, 'path' | 'service' | 'port' | 'target'>;

function ingressBackends(spec: JsonObject): Reference[] {
  const paths = asObjects(spec['rules']).flatMap((rule, index) =>
    asObjects(asObject(rule['http'])?.['paths']).map(
      ({ backend }, at) => [`spec.rules[${index}].http.paths[${at}].backend`, backend] as const,
    ),
  );
  const field = spec['defaultBackend'] === undefined ? 'backend' : 'defaultBackend';
  return [[`spec.${field}`, spec[field]] as const, ...paths].flatMap(([path, value]): Reference[] => {
    const backend = asObject(value);
    const service = asObject(backend?.['service']);
    const port = asObject(service?.['port']);
    // networking.k8s.io/v1beta1 stated both flat.
    const name = asString(service?.['name']) ?? asString(backend?.['serviceName']);
    if (name === undefined) return [];
    const stated = portOf(port?.['number'] ?? port?.['name'] ?? backend?.['servicePort']);
    return [{ path, service: name, port: stated }];
  });
}

/** https://docs.openshift.com/container-platform/latest/rest_api/network_apis/route-route-openshift-io-v1.html */
function routeBackends(spec: JsonObject): Reference[] {
  const target = portOf(asObject(spec['port'])?.['targetPort']);
  const alternates = (asArray(spec['alternateBackends']) ?? []).map(
    (value, index) => [`spec.alternateBackends[${index}]`, value] as const,
  );
  return [['spec.to', spec['to']] as const, ...alternates].flatMap(([path, value]): Reference[] => {
    const to = asObject(value);
    const name = asString(to?.['name']);
    if (name === undefined || (to?.['kind'] ?? 'Service') !== 'Service') return [];
    return [{ path, service: name, port: undefined, ...(target === undefined ? {} : { target }) }];
  });
}

function gatewayBackends(spec: JsonObject, own: string): (Reference & Pick<Backend, 'namespace'>)[] {
  return asObjects(spec['rules']).flatMap((rule, index) =>
    asObjects(rule['backendRefs']).flatMap((reference, at) => {
      const name = asString(reference['name']);
      if (name === undefined || (reference['kind'] ?? 'Service') !== 'Service') return [];
      const namespace = asString(reference['namespace']) ?? own;
      const path = `spec.rules[${index}].backendRefs[${at}]`;
      return [{ path, namespace, service: name, port: portOf(reference['port']) }];
    }),
  );
}

function portOf(value: Json | undefined): number | string | undefined {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? value : undefined;
}
