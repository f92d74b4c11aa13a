import { asArray, asObject, asString, type Json, type JsonObject } from '../../kubernetes/json.ts';
import type { NetworkPod } from './endpoints.ts';
import type { PortRange } from './ports.ts';
import { NetworkService, portsOf } from './services.ts';

/** A Service to which an Ingress, a route of the Gateway API or a Route of OpenShift leads. */
interface Backend {
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
  readonly #services = new Map<string, NetworkService>();
  readonly #backends: Backend[] = [];

  constructor(objects: readonly JsonObject[]) {
    for (const object of objects) {
      if (object['kind'] === 'Service' && object['apiVersion'] === 'v1') {
        const service = new NetworkService(object);
        this.#services.set(`${service.namespace}/${service.name}`, service);
      } else this.#backends.push(...backendsOf(object));
    }
  }

  /** The ports of a pod to which they lead. */
  portsOf(pod: NetworkPod): PortRange[] {
    return this.#backends.flatMap(({ namespace, service: name, port, target }): PortRange[] => {
      const service = this.#services.get(`${namespace}/${name}`);
      if (service === undefined || !service.selects(pod)) return [];
      if (target === undefined) return service.targets(pod, port);
      // By the name or the number of the pods' port, or by the name of the Service's port.
      const named = service.ports.filter((each) => each.target === target || each.name === target);
      return named.flatMap((each) => [...portsOf(pod, each.target, each.protocol)]);
    });
  }
}

function backendsOf(object: JsonObject): Backend[] {
  const [group = ''] = (asString(object['apiVersion']) ?? '').split('/');
  const kind = asString(object['kind']) ?? '';
  const namespace = asString(asObject(object['metadata'])?.['namespace']) || 'default';
  const spec = asObject(object['spec']) ?? {};
  if (kind === 'Ingress' && (group === 'networking.k8s.io' || group === 'extensions')) {
    return ingressBackends(spec, namespace);
  }
  if (kind === 'Route' && group === 'route.openshift.io') return routeBackends(spec, namespace);
  if (group === 'gateway.networking.k8s.io' && GATEWAY_ROUTES.has(kind as 'HTTPRoute')) {
    return gatewayBackends(spec, namespace);
  }
  return [];
}

function ingressBackends(spec: JsonObject, namespace: string): Backend[] {
  const paths = objects(spec['rules']).flatMap((rule) => objects(asObject(rule['http'])?.['paths']));
  const backends = [spec['defaultBackend'] ?? spec['backend'], ...paths.map((path) => path['backend'])];
  return backends.flatMap((value): Backend[] => {
    const backend = asObject(value);
    const service = asObject(backend?.['service']);
    const port = asObject(service?.['port']);
    // networking.k8s.io/v1beta1 stated both flat.
    const name = asString(service?.['name']) ?? asString(backend?.['serviceName']);
    if (name === undefined) return [];
    return [
      {
        namespace,
        service: name,
        port: portOf(port?.['number'] ?? port?.['name'] ?? backend?.['servicePort']),
      },
    ];
  });
}

/** https://docs.openshift.com/container-platform/latest/rest_api/network_apis/route-route-openshift-io-v1.html */
function routeBackends(spec: JsonObject, namespace: string): Backend[] {
  const target = portOf(asObject(spec['port'])?.['targetPort']);
  return [spec['to'], ...(asArray(spec['alternateBackends']) ?? [])].flatMap((value): Backend[] => {
    const to = asObject(value);
    const name = asString(to?.['name']);
    if (name === undefined || (to?.['kind'] ?? 'Service') !== 'Service') return [];
    return [{ namespace, service: name, port: undefined, ...(target === undefined ? {} : { target }) }];
  });
}

function gatewayBackends(spec: JsonObject, namespace: string): Backend[] {
  return objects(spec['rules']).flatMap((rule) =>
    objects(rule['backendRefs']).flatMap((reference): Backend[] => {
      const name = asString(reference['name']);
      if (name === undefined || (reference['kind'] ?? 'Service') !== 'Service') return [];
      const within = asString(reference['namespace']) ?? namespace;
      return [{ namespace: within, service: name, port: portOf(reference['port']) }];
    }),
  );
}

function portOf(value: Json | undefined): number | string | undefined {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? value : undefined;
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return (asArray(value) ?? []).map((item) => asObject(item) ?? {});
}
