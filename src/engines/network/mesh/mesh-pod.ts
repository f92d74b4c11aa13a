import { asArray, asObject, asString } from '../../../kubernetes/json.ts';
import { type KubernetesObject, stringMap } from '../../../kubernetes/object.ts';
import type { Container, Workload } from '../../../kubernetes/workload.ts';
import type { NetworkPod } from '../endpoints.ts';
import type { Statement } from './statement.ts';

/** What a mesh looks at in a pod, besides its labels and its service account. */
export interface MeshTraits {
  /** Those that meshes read. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The proxy among its containers; `gateway` is one of Istio that stands alone, before others' services. */
  readonly proxy: 'istio' | 'linkerd' | 'gateway' | undefined;
  /** Whether it runs, so that what adds proxies to pods has been asked. */
  readonly isRunning: boolean;
  /** Ports that the kubelet asks by HTTP whether the pod is well. */
  readonly httpProbes: readonly number[];
  /** Equal for pods that are equal in all this. */
  readonly key: string;
  /** Where its annotations are written. */
  readonly source: Statement | undefined;
}

/** A pod as a mesh knows it. */
export type MeshPod = Pick<
  NetworkPod,
  'namespace' | 'labels' | 'ports' | 'isOnHostNetwork' | 'addresses' | 'serviceAccount' | 'mesh'
>;

const ISTIO_ANNOTATIONS = new Set([
  'sidecar.istio.io/inject',
  'sidecar.istio.io/status',
  'ambient.istio.io/redirection',
  'ambient.istio.io/bypass-inbound-capture',
  'inject.istio.io/templates',
  'traffic.sidecar.istio.io/includeInboundPorts',
  'traffic.sidecar.istio.io/excludeInboundPorts',
  'traffic.sidecar.istio.io/excludeOutboundPorts',
  'traffic.sidecar.istio.io/excludeOutboundIPRanges',
  'traffic.sidecar.istio.io/includeOutboundPorts',
  'traffic.sidecar.istio.io/includeOutboundIPRanges',
  'status.sidecar.istio.io/port',
]);

const isOfMesh = (key: string) =>
  ISTIO_ANNOTATIONS.has(key) || key === 'linkerd.io/inject' || key.startsWith('config.linkerd.io/');

export function traitsOf(workload: Workload): MeshTraits {
  const { object, containers, podAnnotations } = workload;
  return traits(
    podAnnotations,
    proxyOf(containers, podAnnotations, workload.podLabels),
    object.kind === 'Pod' && asObject(object.raw['status'])?.['podIP'] !== undefined,
    containers.flatMap((container) => probesOf(container)),
    { object: object.raw, path: workload.metadataAt('annotations') },
  );
}

/** Of a template that stands for pods that run: what it lacks, they lack too. */
export function asRunning(own: MeshTraits): MeshTraits {
  return own.isRunning ? own : { ...own, isRunning: true, key: `${own.key} running` };
}

/** Of the pod of a virtual machine, which has the annotations of its template. */
export function traitsOfTemplate({ raw, spec }: KubernetesObject): MeshTraits {
  const metadata = asObject(asObject(spec['template'])?.['metadata']);
  const source = { object: raw, path: 'spec.template.metadata.annotations' };
  return traits(stringMap(metadata?.['annotations']), undefined, false, [], source);
}

/** Of a pod of which nothing is known. */
export const NO_TRAITS: MeshTraits = traits({}, undefined, false, [], undefined);

function traits(
  all: Readonly<Record<string, string>>,
  proxy: MeshTraits['proxy'],
  isRunning: boolean,
  httpProbes: readonly number[],
  source: MeshTraits['source'],
): MeshTraits {
  const own = Object.entries(all)
    .filter(([key]) => isOfMesh(key))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const isPlain = own.length === 0 && proxy === undefined && httpProbes.length === 0;
  return {
    annotations: Object.fromEntries(own),
    proxy,
    isRunning,
    httpProbes,
    source,
    key: isPlain && !isRunning ? '' : JSON.stringify([own, proxy, isRunning, httpProbes]),
  };
}

function proxyOf(
  containers: readonly Container[],
  annotations: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): MeshTraits['proxy'] {
  const istio = containers.find(({ name }) => name === 'istio-proxy');
  const isGateway =
    labels['gateway.networking.k8s.io/gateway-name'] !== undefined ||
    (annotations['inject.istio.io/templates'] ?? '').split(',').includes('gateway') ||
    istio?.commandLine.some(({ text }) => text === 'router' || text === 'waypoint') === true;
  if (isGateway) return 'gateway';
  if (istio !== undefined) return 'istio';
  return containers.some(({ name }) => name === 'linkerd-proxy') ? 'linkerd' : undefined;
}

/** As Linkerd's policy controller finds them (policy-controller/k8s/index/src/inbound/workload.rs, pod_http_probes). */
function probesOf({ spec }: Container): number[] {
  return ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) => {
    const port = asObject(asObject(spec[probe])?.['httpGet'])?.['port'];
    if (typeof port === 'number') return [port];
    const named = (asArray(spec['ports']) ?? [])
      .map(asObject)
      .find((each) => port !== undefined && each?.['name'] === asString(port))?.['containerPort'];
    return typeof named === 'number' ? [named] : [];
  });
}

/** Ports and ranges of ports as annotations list them: `8080,9000-9010`; what is none is left out. */
export function portList(text: string | undefined): readonly (readonly [from: number, to: number])[] {
  if (text === undefined || text === '') return [];
  return text.split(',').flatMap((part) => {
    const match = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(part);
    if (match === null) return [];
    const from = Number(match[1]);
    return [[from, Number(match[2] ?? from)] as const];
  });
}

export const isIn = (ports: ReturnType<typeof portList>, port: number): boolean =>
  ports.some(([from, to]) => port >= from && port <= to);

/** Whether an object is of a mesh's own kinds, or says where a mesh is. */
export function meshOf(object: KubernetesObject): 'istio' | 'linkerd' | undefined {
  const { group, kind, name } = object;
  if (group === 'security.istio.io' || group === 'networking.istio.io') return 'istio';
  if (group === 'policy.linkerd.io') return 'linkerd';
  if (group !== '' || kind !== 'ConfigMap') return undefined;
  if (name === 'linkerd-config') return 'linkerd';
  return isMeshConfig(object) ? 'istio' : undefined;
}

/** The ConfigMap `istio`, or `istio-` and the name of a revision (manifests/charts/istio-control/istio-discovery). */
export function isMeshConfig({ name, raw }: KubernetesObject): boolean {
  return (name === 'istio' || name.startsWith('istio-')) && asObject(raw['data'])?.['mesh'] !== undefined;
}
