import { type Direction, type NetworkPod, newcomer } from '../engines/network/index.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { NetworkPolicy } from '../kubernetes/network-policies.ts';
import type { Workload } from '../kubernetes/workload.ts';
import { networkAtPods } from './network-of.ts';
import { networkPodOf, policyReading } from './network-questions.ts';

/** Whether policies limit what reaches pods, or what they reach; else the policies by which that is not known. */
export type Isolation = 'isolated' | 'open' | { readonly undecided: string };

/**
 * What the labels of the pods tell is told by them; whether policies isolate that are asked in an order (those of administrators, of
 * Calico's tiers) takes the network engine: one that only allows, or passes on, isolates nothing.
 */
export function isolationOf(workload: Workload, cluster: Cluster, direction: Direction): Isolation {
  const policies = cluster.networkPoliciesAround(workload).filter((policy) => policy[direction]);
  const selecting = policies.filter((policy) => policy.selects(workload) === 'selected');
  // The API server refuses the others, which network-policy-invalid reports: they are not there.
  if (selecting.some((policy) => !isRefused(policy, cluster))) return 'isolated';
  const doubtful = policies.filter((policy) => policy.selects(workload) === 'unknown');
  const [first] = doubtful;
  if (first === undefined) return 'open';
  // Those that name no namespace are one to the engine, and folders here.
  const pod = workload.object.namespace === undefined ? undefined : networkPodOf(workload, cluster);
  const decided = pod === undefined ? undefined : decide(pod, cluster, direction, doubtful);
  return decided ?? { undecided: `${first.object.kind}/${first.object.name}` };
}

function isRefused(policy: NetworkPolicy, cluster: Cluster): boolean {
  const { policies, problems } = policyReading(policy, cluster);
  return policies.length === 0 && problems.some(({ isReadAsMeant }) => !isReadAsMeant);
}

function decide(
  pod: NetworkPod,
  cluster: Cluster,
  direction: Direction,
  doubtful: readonly NetworkPolicy[],
): 'isolated' | 'open' | undefined {
  const { model } = networkAtPods(cluster);
  const side = model.side(pod, direction);
  if (side.opaque.some(({ isOfMesh }) => !isOfMesh)) return undefined;
  if (side.stages.some(({ isIsolating }) => isIsolating)) return 'isolated';
  const { allowed, unknown } = model.withoutMesh.judge(
    side,
    newcomer(''),
    direction === 'ingress' ? pod : undefined,
  );
  if (allowed === model.algebra.all) {
    // By labels of a Namespace that was not seen, others may select the pods as well.
    const asked = side.stages.flatMap(({ groups }) => groups.flat().map(({ policy }) => policy.object));
    const isSeen = cluster.namespace(pod.namespace)?.definition !== undefined;
    return isSeen || doubtful.every(({ object }) => asked.includes(object.raw)) ? 'open' : undefined;
  }
  // Something is refused to a pod of which nothing is known.
  return unknown.isEmpty ? 'isolated' : undefined;
}
