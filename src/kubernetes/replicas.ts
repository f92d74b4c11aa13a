import type { Cluster } from './cluster.ts';
import { asArray, asNumber, asObject } from './json.ts';
import type { KubernetesObject } from './object.ts';
import type { Workload } from './workload.ts';

/** The number of pods below which nothing but a disruption takes a workload. */
export interface ReplicaFloor {
  readonly count: number;
  /** The autoscaler that keeps the number; without one it is the owner's `replicas`. */
  readonly autoscaler: KubernetesObject | undefined;
}

/** True for an object that another one made and keeps, as a Deployment does its ReplicaSets: what it says is not its own. */
export function hasController(object: KubernetesObject): boolean {
  return (asArray(object.metadata['ownerReferences']) ?? []).some(
    (reference) => asObject(reference)?.['controller'] === true,
  );
}

/**
 * The least number of pods that a workload is kept at: an autoscaler's minimum (1 where a HorizontalPodAutoscaler states none,
 * 0 for a KEDA ScaledObject), else its `replicas`. Undefined where the owner has no such number (DaemonSet, Job, Pod), is itself kept by
 * a controller, or states something that is no count.
 */
export function replicaFloor(workload: Workload, cluster: Cluster): ReplicaFloor | undefined {
  const stated = workload.replicas;
  if (stated === undefined || hasController(workload.object)) return undefined;
  const [autoscaler] = cluster.autoscalersOf(workload);
  if (autoscaler !== undefined) {
    const [field, usual] = autoscaler.kind === 'ScaledObject' ? ['minReplicaCount', 0] : ['minReplicas', 1];
    return { count: asNumber(autoscaler.spec[field as string]) ?? (usual as number), autoscaler };
  }
  const written = workload.object.spec['replicas'];
  if (written !== undefined && written !== null && !Number.isInteger(written)) return undefined;
  return { count: stated, autoscaler: undefined };
}
