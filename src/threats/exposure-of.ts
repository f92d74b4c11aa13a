import { reachesInternet } from '../engines/network/exposure/internet.ts';
import { Exposure, entriesNotRead, type WayIn, type WorkloadExposure } from '../engines/network/index.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { asObject, asString, isObject, type Json, type JsonObject } from '../kubernetes/json.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { portPath } from '../kubernetes/programs.ts';
import type { Container, Workload } from '../kubernetes/workload.ts';
import { unknown } from './define-check.ts';
import { guardOf } from './edge-guard.ts';
import type { Guard } from './guard.ts';
import { networkOf } from './network-of.ts';
import { isOpenInItsFolder } from './network-questions.ts';

/** The reasons for which it is not known who reaches a port. */
export const EXPOSURE_REASONS = {
  'node-addresses': ['way'],
  'clients-unknown': ['way'],
  'policies-undecided': ['way'],
  'reference-undecided': ['way'],
  'entry-not-evaluated': ['entry'],
  'asked-in-part': ['way'],
} as const;

export const NAMESPACE_REASONS = { 'policy-not-evaluated': [] } as const;

type ExposureReason = keyof typeof EXPOSURE_REASONS;
type Doubt = NonNullable<WayIn['ports'][number]['doubt']>;

const REASONS: Readonly<Record<Doubt, Exclude<ExposureReason, 'entry-not-evaluated'>>> = {
  'node-addresses': 'node-addresses',
  'no-address': 'clients-unknown',
  firewall: 'clients-unknown',
  class: 'clients-unknown',
  rewritten: 'policies-undecided',
  proxy: 'policies-undecided',
  'own-node': 'policies-undecided',
  policy: 'policies-undecided',
  alias: 'reference-undecided',
  'reference-grant': 'reference-undecided',
};

/** Kinds that let clients in and are not evaluated, of which a cluster is asked. */
const ENTRY_KINDS = [
  'VirtualService',
  'IngressRoute',
  'IngressRouteTCP',
  'IngressRouteUDP',
  'HTTPProxy',
  'Mapping',
  'TCPMapping',
  'TCPIngress',
  'UDPIngress',
  'VirtualServer',
  'TransportServer',
  'ApisixRoute',
  'CiliumEnvoyConfig',
  'CiliumClusterwideEnvoyConfig',
  'MultiClusterIngress',
] as const;

class ExposureOfWorkloads {
  readonly #exposure: Exposure;
  readonly #known = new Map<string, Map<KubernetesObject, WorkloadExposure | undefined>>();
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    const { objects, isComplete } = cluster;
    // Nodes that could not be listed are the assessment's business, as they are read.
    this.#exposure = new Exposure(networkOf(cluster), { objects, isComplete, knowsNodes: true });
  }

  of(workload: Workload): WorkloadExposure | undefined {
    let known = this.#known.get(workload.path);
    if (known === undefined) {
      known = new Map();
      this.#known.set(workload.path, known);
    }
    if (!known.has(workload.object)) known.set(workload.object, this.#of(workload));
    return known.get(workload.object);
  }

  #of({ namespace, kind, name, object, path }: Workload): WorkloadExposure | undefined {
    const { workloads } = networkOf(this.#cluster);
    const pods = this.#cluster
      .memo('pods by object', () => {
        const found = new Map<KubernetesObject, [path: string, pod: Pod][]>();
        for (const [pod, workload] of workloads) {
          found.set(workload.object, [...(found.get(workload.object) ?? []), [workload.path, pod]]);
        }
        return found;
      })
      .get(object)
      ?.filter(([each]) => each === path)
      .map(([, pod]) => pod);
    return pods && this.#exposure.of({ namespace, kind, name, pods });
  }

  /** An object of a kind that is not evaluated and that names a Service of the workload, so that it may let clients in. */
  entryFor(workload: Workload): KubernetesObject | undefined {
    // Knative serves what it runs by itself.
    if (workload.object.group === 'serving.knative.dev') return workload.object;
    const entries = this.#cluster.memo('names in entries that are not evaluated', () => {
      this.#cluster.ofKind(...ENTRY_KINDS);
      return namesIn(entriesNotRead(this.#cluster.objects));
    });
    if (entries.size === 0) return undefined;
    for (const { name, namespace = 'default' } of this.#cluster.servicesOf(workload)) {
      const entry =
        entries.get(`${namespace}/${name}`) ??
        entries.get(`/${name}.${namespace}`) ??
        entries.get(`/${name}.${namespace}.svc`) ??
        entries.get(`/${name}.${namespace}.svc.cluster.local`);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }
}

type Pod = WorkloadExposure['group']['pods'][number];

function exposures(cluster: Cluster): ExposureOfWorkloads {
  return cluster.memo('exposure of workloads', () => new ExposureOfWorkloads(cluster));
}

/** Every text in the objects: without a dot by the object's namespace, with one by itself. */
function namesIn(objects: readonly KubernetesObject[]): Map<string, KubernetesObject> {
  const names = new Map<string, KubernetesObject>();
  const visit = (value: Json | undefined, object: KubernetesObject): void => {
    if (typeof value === 'string') {
      names.set(value.includes('.') ? `/${value}` : `${object.namespace ?? 'default'}/${value}`, object);
    } else if (Array.isArray(value)) for (const item of value) visit(item, object);
    else if (isObject(value)) for (const item of Object.values(value)) visit(item, object);
  };
  for (const object of objects) visit(object.raw['spec'], object);
  return names;
}

const CLOSED = { verdict: 'closed' } as const;

/**
 * Whether clients on the internet reach one of the ports of a container, without being asked who they are at the edge; `closed` where no
 * way among the sources leads there.
 */
export function fromInternet(container: Container, ports: readonly number[], cluster: Cluster) {
  const { workload } = container;
  const at = portPath(container, ports);
  const known = exposures(cluster);
  const ways = known.of(workload)?.ways ?? [];
  let undecided: ReturnType<typeof doubtOf> | undefined;
  const isLoose = () => isOpenInItsFolder(workload, cluster, 'ingress');
  for (const { way, ports: ends } of ways) {
    for (const { target, isOpen, doubt, clients = way.clients } of ends) {
      const port = ports.find(
        (each) => target.protocol === 'TCP' && target.from <= each && each <= target.to,
      );
      const isStopped = (isOpen === false || isOpen === 'named') && !isLoose();
      if (port === undefined || isStopped || !reachesInternet(clients)) continue;
      const guard = guardOfWay(way.object, container, cluster);
      if (guard === 'guarded') continue;
      const name = nameOf(way);
      if (guard === 'unknown') undecided ??= doubtOf('clients-unknown', name, at);
      else if (guard === 'partly') undecided ??= doubtOf('asked-in-part', name, at);
      else if (isOpen === true) return { verdict: 'open', port, way: name } as const;
      else undecided ??= doubtOf(REASONS[doubt ?? 'policy'], name, at);
    }
  }
  if (undecided !== undefined) return undecided;
  const entry = known.entryFor(workload);
  if (entry !== undefined)
    return unknown('entry-not-evaluated', { entry: `${entry.kind}/${entry.name}` }, at);
  return CLOSED;
}

function doubtOf(reason: Exclude<ExposureReason, 'entry-not-evaluated'>, way: string, at: string) {
  return unknown(reason, { way }, at);
}

/** Whether every pod of the cluster reaches one of the ports of a container, whatever its namespace and its labels are. */
export function fromEveryNamespace(container: Container, ports: readonly number[], cluster: Cluster) {
  const exposure = exposures(cluster).of(container.workload);
  if (exposure === undefined) return CLOSED;
  const { allowed, unknown: undecided } = exposure.anyNamespace;
  const port = isOpenInItsFolder(container.workload, cluster, 'ingress')
    ? ports[0]
    : ports.find((each) => allowed.has('TCP', each));
  if (port !== undefined) return { verdict: 'open', port } as const;
  return ports.some((each) => undecided.has('TCP', each))
    ? unknown('policy-not-evaluated', {}, portPath(container, ports))
    : CLOSED;
}

const FIELDS: Readonly<Record<string, string>> = {
  'load-balancer': 'LoadBalancer',
  'node-port': 'nodePort',
  'external-ip': 'externalIPs',
  'host-port': 'hostPort',
  'host-network': 'hostNetwork',
};

function nameOf({ kind, object }: WayIn['way']): string {
  const name = `${asString(object['kind'])}/${asString(asObject(object['metadata'])?.['name'])}`;
  return kind in FIELDS ? `${name} (${FIELDS[kind]})` : name;
}

function guardOfWay(object: JsonObject, container: Container, cluster: Cluster): Guard['kind'] {
  const entry = object === container.workload.object.raw ? undefined : entryObjects(cluster).get(object);
  return entry === undefined ? 'open' : guardOf(entry, cluster, container).kind;
}

function entryObjects(cluster: Cluster): ReadonlyMap<JsonObject, KubernetesObject> {
  return cluster.memo(
    'entries by what they are read from',
    () =>
      new Map(
        cluster.ofKind('Ingress', 'HTTPRoute', 'GRPCRoute', 'Route').map((object) => [object.raw, object]),
      ),
  );
}
