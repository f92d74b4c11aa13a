import { backendsOf } from '../engines/network/entries.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { ASKING_PLUGINS, askingAnnotation } from '../kubernetes/edge-authentication.ts';
import { istioAuthorizations } from '../kubernetes/istio-requests.ts';
import { asArray, asNumber, asObject, asString, objectsIn } from '../kubernetes/json.ts';
import { type KubernetesObject, stringMap } from '../kubernetes/object.ts';
import { WORKLOADS } from '../kubernetes/reads.ts';
import type { Container, Workload } from '../kubernetes/workload.ts';
import { gatewaysOf, istioGatewaysOf } from './edge-reach.ts';
import { type Guard, guarded, OPEN } from './guard.ts';
import { middlewares } from './traefik-guard.ts';
import { askedBy, workloadGuard } from './workload-guard.ts';

/** A Service that an entry leads to. */
interface Reference {
  readonly namespace: string;
  readonly service: string;
  /** Of the Service, by its number or its name. */
  readonly port?: number | string | undefined;
}

/**
 * Of an Ingress, an HTTPRoute, a GRPCRoute, a Route of OpenShift, a VirtualService of Istio or an IngressRoute of Traefik.
 *
 * @param reached a container that is known to be asked by what comes in there
 */
export function guardOf(entry: KubernetesObject, cluster: Cluster, reached?: Container): Guard {
  const annotation = askingAnnotation(entry);
  if (annotation !== undefined) return guarded(annotation);
  const answers = [
    middlewares(entry, cluster),
    plugins(entry, cluster),
    globalUrl(entry, cluster),
    gatewayPolicy(entry, cluster),
    authorizedGateway(entry, cluster),
    servicesGuard(entry, cluster, reached),
  ];
  const first = (kind: Guard['kind']) => answers.find((each) => each.kind === kind);
  return first('guarded') ?? first('unknown') ?? first('partly') ?? OPEN;
}

/** The Services to which an entry leads. */
export function servicesOf(entry: KubernetesObject): readonly Reference[] {
  const own = entry.namespace ?? 'default';
  switch (entry.kind) {
    case 'VirtualService':
      return ['http', 'tls', 'tcp'].flatMap((protocol) =>
        objectsIn(entry.spec[protocol]).flatMap((route) =>
          objectsIn(route['route']).map(({ destination }) => {
            const { host, port } = asObject(destination) ?? {};
            const [service = '', namespace = own] = (asString(host) ?? '').split('.');
            return { service, namespace, port: asNumber(asObject(port)?.['number']) };
          }),
        ),
      );
    case 'IngressRoute':
      return objectsIn(entry.spec['routes']).flatMap((route) =>
        objectsIn(route['services']).map(({ name, namespace, port }) => ({
          service: asString(name) ?? '',
          namespace: asString(namespace) ?? own,
          port: asNumber(port) ?? asString(port),
        })),
      );
    default:
      return backendsOf(entry.raw);
  }
}

function plugins(entry: KubernetesObject, cluster: Cluster): Guard {
  const names = (entry.annotations['konghq.com/plugins'] ?? entry.annotations['plugins.konghq.com'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) return OPEN;
  const seen = cluster.ofKind('KongPlugin', 'KongClusterPlugin');
  const unseen: string[] = [];
  for (const name of names) {
    const found = seen.filter(
      (object) => object.name === name && (object.namespace ?? entry.namespace) === entry.namespace,
    );
    if (found.some(({ raw }) => ASKING_PLUGINS.has(asString(raw['plugin']) ?? '')))
      return guarded(`KongPlugin/${name}`);
    if (found.length === 0) unseen.push(name);
  }
  return unseen[0] === undefined ? OPEN : { kind: 'unknown', by: `KongPlugin/${unseen[0]}` };
}

const NGINX = /nginx/;

/** ingress-nginx can ask for all Ingresses that do not opt out (`global-auth-url`). */
function globalUrl(entry: KubernetesObject, cluster: Cluster): Guard {
  if (entry.kind !== 'Ingress') return OPEN;
  const className =
    asString(entry.spec['ingressClassName']) ?? entry.annotations['kubernetes.io/ingress.class'];
  if (
    (className !== undefined && !NGINX.test(className)) ||
    entry.annotations['nginx.ingress.kubernetes.io/enable-global-auth'] === 'false'
  ) {
    return OPEN;
  }
  const setting = cluster.memo('global-auth-url of ingress-nginx', () =>
    cluster
      .ofKind('ConfigMap')
      .find(({ raw }) => (asString(asObject(raw['data'])?.['global-auth-url']) ?? '') !== ''),
  );
  if (setting === undefined) return OPEN;
  const by = `ConfigMap/${setting.name} (global-auth-url)`;
  // Without a class, the cluster's default serves it, whichever that is.
  return className === undefined ? { kind: 'unknown', by } : guarded(by);
}

/** SecurityPolicy of Envoy Gateway and GCPBackendPolicy, which attach themselves to Gateways, routes and Services. */
function gatewayPolicy(entry: KubernetesObject, cluster: Cluster): Guard {
  if (!['HTTPRoute', 'GRPCRoute'].includes(entry.kind)) return OPEN;
  const own = entry.namespace ?? 'default';
  const attached = new Set([
    `${own}/${entry.kind}/${entry.name}`,
    ...objectsIn(entry.spec['parentRefs']).map(
      (parent) => `${asString(parent['namespace']) ?? own}/Gateway/${asString(parent['name'])}`,
    ),
  ]);
  const found = cluster.ofKind('SecurityPolicy').find(({ namespace = 'default', spec }) => {
    const asks = ['jwt', 'oidc', 'basicAuth', 'apiKeyAuth', 'extAuth'].some(
      (field) => spec[field] !== undefined,
    );
    const targets = [spec['targetRef'], ...(asArray(spec['targetRefs']) ?? [])].map((item) => asObject(item));
    return (
      asks &&
      targets.some((target) =>
        attached.has(`${namespace}/${asString(target?.['kind'])}/${asString(target?.['name'])}`),
      )
    );
  });
  return found === undefined ? OPEN : guarded(`SecurityPolicy/${found.name}`);
}

/** A policy of Istio for the pods of the gateways that serve an entry, all of which have one. */
function authorizedGateway(entry: KubernetesObject, cluster: Cluster): Guard {
  const gateways =
    entry.kind === 'VirtualService' ? istioGatewaysOf(entry, cluster) : gatewaysOf(entry, cluster);
  const guards = gateways.map((gateway) =>
    gateway === undefined ? OPEN : gatewayAuthorization(gateway, cluster),
  );
  return weakest(guards) ?? OPEN;
}

function gatewayAuthorization(gateway: KubernetesObject, cluster: Cluster): Guard {
  const known = cluster.memo('guards of gateways', () => {
    // That these were read, as what is found is remembered gateway by gateway.
    istioAuthorizations(cluster);
    return new Map<KubernetesObject, Guard>();
  });
  let guard = known.get(gateway);
  if (guard === undefined) {
    const pods = stringMap(gateway.spec['selector']);
    guard = askedBy(istioAuthorizations(cluster).filter((policy) => policy.isForGateway(gateway, pods)));
    known.set(gateway, guard);
  }
  return guard;
}

/** What stands before or in all the Services behind an entry: a proxy that asks, Identity-Aware Proxy, or a policy of a mesh. */
function servicesGuard(entry: KubernetesObject, cluster: Cluster, reached?: Container): Guard {
  const references = servicesOf(entry);
  if (references.length === 0) return OPEN;
  const guards = references.map((reference) => serviceGuard(reference, cluster, reached));
  return weakest(guards)!;
}

/** Of several that clients may take, the one that asks least. */
function weakest(guards: readonly Guard[]): Guard | undefined {
  const first = (kind: Guard['kind']) => guards.find((each) => each.kind === kind);
  return first('open') ?? first('partly') ?? first('unknown') ?? guards[0];
}

function serviceGuard(
  { namespace, service: name, port }: Reference,
  cluster: Cluster,
  reached?: Container,
): Guard {
  const service = cluster
    .memo('services by name', () => {
      const found = new Map<string, KubernetesObject>();
      for (const each of cluster.ofKind('Service')) {
        if (each.group === '') found.set(`${each.namespace ?? 'default'}/${each.name}`, each);
      }
      return found;
    })
    .get(`${namespace}/${name}`);
  if (service === undefined) return OPEN;
  const aware = identityAwareProxy(service, cluster);
  if (aware !== undefined) return guarded(aware);
  const workloads = workloadsBehind(service, namespace, cluster);
  const targets = targetsOf(service, port);
  const answers = workloads.map((workload) =>
    workloadGuard(workload, reached?.workload === workload ? reached : targets, cluster),
  );
  return weakest(answers) ?? OPEN;
}

/** Ports of the pods to which one port of a Service leads; those of all where it is not known which one. */
function targetsOf({ spec }: KubernetesObject, port: number | string | undefined): (number | string)[] {
  const ports = objectsIn(spec['ports']);
  const meant = ports.filter((each) => each['port'] === port || each['name'] === port);
  return (meant.length > 0 ? meant : ports).flatMap(({ port: own, targetPort = own }) =>
    typeof targetPort === 'number' || typeof targetPort === 'string' ? [targetPort] : [],
  );
}

function workloadsBehind(
  service: KubernetesObject,
  namespace: string,
  cluster: Cluster,
): readonly Workload[] {
  const index = cluster.indexed('workloads by service', ['Service', WORKLOADS], namespace, () => {
    const found = new Map<KubernetesObject, Workload[]>();
    for (const workload of cluster.workloads) {
      for (const each of cluster.servicesOf(workload)) {
        const same = found.get(each);
        if (same === undefined) found.set(each, [workload]);
        else same.push(workload);
      }
    }
    return found;
  });
  return index.get(service) ?? [];
}

/** Google's Identity-Aware Proxy, by the BackendConfig that a Service names or the GCPBackendPolicy that names the Service. */
function identityAwareProxy(service: KubernetesObject, cluster: Cluster): string | undefined {
  const stated = service.annotations['cloud.google.com/backend-config'] ?? '';
  const configured =
    stated === ''
      ? undefined
      : cluster
          .ofKind('BackendConfig')
          .find(
            ({ name, namespace, spec }) =>
              namespace === service.namespace &&
              stated.includes(JSON.stringify(name)) &&
              asObject(spec['iap'])?.['enabled'] === true,
          );
  if (configured !== undefined) return `BackendConfig/${configured.name}`;
  const attached = cluster
    .ofKind('GCPBackendPolicy')
    .find(
      ({ namespace, spec }) =>
        namespace === service.namespace &&
        asObject(spec['targetRef'])?.['name'] === service.name &&
        asObject(asObject(spec['default'])?.['iap'])?.['enabled'] === true,
    );
  return attached === undefined ? undefined : `GCPBackendPolicy/${attached.name}`;
}
