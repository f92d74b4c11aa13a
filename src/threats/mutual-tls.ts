import type { NetworkPod } from '../engines/network/endpoints.ts';
import type { Mesh } from '../engines/network/index.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { networkOf } from './network-of.ts';

/** Names of the workloads of a namespace, by how their ports take connections from others. */
export interface MutualTlsOfNamespace {
  /** Plaintext is refused, or a PeerAuthentication says otherwise, of which its own check speaks. */
  readonly settled: string[];
  /** By what the mesh does where nothing says otherwise, or by Linkerd's settings, plaintext is taken. */
  readonly permissive: string[];
  readonly unknown: string[];
  /** For certain in no mesh. */
  readonly outside: string[];
}

/** By namespace; undefined where nothing among the sources speaks of a mesh. */
export function mutualTlsOf(cluster: Cluster): ReadonlyMap<string, MutualTlsOfNamespace> | undefined {
  return cluster.memo('mutual TLS by namespace', () => {
    const { mesh, workloads } = networkOf(cluster);
    if (mesh === undefined) return undefined;
    const found = new Map<string, MutualTlsOfNamespace>();
    for (const [pod, workload] of workloads) {
      const kind = kindOf(mesh, pod);
      if (kind === undefined) continue;
      let own = found.get(pod.namespace);
      if (own === undefined) {
        own = { settled: [], permissive: [], unknown: [], outside: [] };
        found.set(pod.namespace, own);
      }
      own[kind].push(workload.name);
    }
    return found;
  });
}

/** Undefined for gateways, which serve clients outside of the mesh, and for pods on the network of their node, which no mesh takes. */
function kindOf(mesh: Mesh, pod: NetworkPod): keyof MutualTlsOfNamespace | undefined {
  const planes = mesh.planesOf(pod);
  if (pod.isOnHostNetwork || planes.includes('gateway')) return undefined;
  if (planes.every((plane) => plane === 'none')) return 'outside';
  if (planes.length > 1) return 'unknown';
  const apart = mesh.portsOf(pod);
  const ports = pod.ports
    .filter(
      ({ protocol, port }) => protocol === 'TCP' && apart.some(([from, to]) => from <= port && port <= to),
    )
    .map(({ port }) => port);
  const answers = [undefined, ...ports].map((port) => mesh.mutualTls(pod, port));
  const isStated = (answer: ReturnType<Mesh['mutualTls']>) =>
    answer.because.some(({ object }) => object['kind'] === 'PeerAuthentication');
  const open = answers.filter(({ mode }) => mode === 'permissive' || mode === 'disabled');
  if (open.some((answer) => !isStated(answer))) return 'permissive';
  return answers.some(({ mode }) => mode === 'unknown') ? 'unknown' : 'settled';
}

const NAMED = 5;

/** Names as a message lists them. */
export function listed(names: readonly string[]): string {
  const shown = [...names].sort().slice(0, NAMED).join(', ');
  return names.length > NAMED ? `${shown} …` : shown;
}
