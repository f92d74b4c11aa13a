import { asArray, asObject, asString, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { type KubernetesObject, stringMap } from '../../kubernetes/object.ts';
import type { Workload } from '../../kubernetes/workload.ts';
import { type Address, parseAddress } from './addresses.ts';
import type {
  ContainerPort,
  NetworkAccount,
  NetworkNamespace,
  NetworkNode,
  NetworkPod,
} from './endpoints.ts';
import { traitsOf, traitsOfTemplate } from './mesh/mesh-pod.ts';
import { PROTOCOLS } from './ports.ts';

/** One pod of a workload; its addresses and its node are known where the workload is a pod of a cluster. */
export function podOf(workload: Workload): NetworkPod {
  const { object, pod } = workload;
  const status = object.kind === 'Pod' ? asObject(object.raw['status']) : undefined;
  const listed = (asArray(status?.['podIPs']) ?? []).map((entry) => asObject(entry)?.['ip']);
  return {
    namespace: workload.namespace,
    name: workload.name,
    labels: workload.podLabels,
    ports: workload.containers
      .filter(({ isLongRunning }) => isLongRunning)
      .flatMap(({ ports }) =>
        ports.flatMap(({ raw }): ContainerPort[] => {
          const port = raw['containerPort'];
          const protocol = PROTOCOLS.find((each) => each === (raw['protocol'] ?? 'TCP'));
          if (typeof port !== 'number' || protocol === undefined) return [];
          return [{ name: asString(raw['name']) || undefined, protocol, port }];
        }),
      ),
    isOnHostNetwork: pod['hostNetwork'] === true,
    mesh: traitsOf(workload),
    addresses: addresses(listed.length > 0 ? listed : [status?.['podIP']]),
    node: asString(pod['nodeName']) || undefined,
    serviceAccount: accountOf(pod),
  };
}

/** The pod in which KubeVirt runs a VirtualMachine; it has the labels of the template, and any port. */
export function podOfVirtualMachine(object: KubernetesObject): NetworkPod | undefined {
  if (object.group !== 'kubevirt.io' || object.kind !== 'VirtualMachine') return undefined;
  const metadata = asObject(asObject(object.spec['template'])?.['metadata']);
  return {
    namespace: object.namespace ?? 'default',
    name: object.name,
    labels: stringMap(metadata?.['labels']),
    ports: [],
    isOnHostNetwork: false,
    mesh: traitsOfTemplate(object),
    addresses: [],
    node: undefined,
    serviceAccount: 'default',
  };
}

/** The API server fills in what is left out (plugin/pkg/admission/serviceaccount of k8s.io/kubernetes). */
function accountOf(pod: JsonObject | undefined): string {
  return asString(pod?.['serviceAccountName']) || asString(pod?.['serviceAccount']) || 'default';
}

export function namespaceOf({ name, labels }: KubernetesObject): NetworkNamespace {
  return { name, labels };
}

export function accountFrom({ namespace, name, labels }: KubernetesObject): NetworkAccount {
  return { namespace: namespace ?? 'default', name, labels };
}

/** The nodes that were seen, and those of which only pods were. */
export function nodesOf(nodes: readonly KubernetesObject[], workloads: readonly Workload[]): NetworkNode[] {
  const known = new Map<string, NetworkNode>(
    nodes.map((object) => {
      const status = asObject(object.raw['status']);
      const stated = (asArray(status?.['addresses']) ?? []).map((entry) => asObject(entry)?.['address']);
      const { name, labels } = object;
      return [name, { name, labels, addresses: addresses(stated), isSeen: true }];
    }),
  );
  for (const { object, pod } of workloads) {
    const name = asString(pod['nodeName']);
    const status = object.kind === 'Pod' ? asObject(object.raw['status']) : undefined;
    if (!name || known.has(name) || status === undefined) continue;
    // Every kubelet gives its node these labels; that it runs Linux is what a pod without spec.os says.
    const system = asString(asObject(pod['os'])?.['name']) ?? 'linux';
    const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': system };
    known.set(name, { name, labels, addresses: addresses([status['hostIP']]), isSeen: false });
  }
  return [...known.values()];
}

function addresses(texts: readonly (Json | undefined)[]): Address[] {
  const known = texts.map((text) => parseAddress(asString(text) ?? ''));
  return [...new Set(known.filter((address) => address !== undefined))];
}
