import type { Cluster } from './cluster.ts';
import type { Json } from './json.ts';
import type { KubernetesObject } from './object.ts';
import { replicaFloor } from './replicas.ts';

/** How many of its pods a PodDisruptionBudget lets be evicted while all of them are healthy. */
export type Disruptions =
  | {
      readonly allowed: number;
      /** What the budget states; undefined where it states neither and so protects nothing. */
      readonly field: 'minAvailable' | 'maxUnavailable' | undefined;
      /** The pods that were counted, where their number decided. */
      readonly pods?: number;
    }
  /** The number of pods decides, and the sources do not tell it. */
  | { readonly undecided: 'no-pods-seen' | 'replicas-not-known' | 'no-number' };

/**
 * Evictions that a budget allows when every pod of the workloads among the sources is healthy, autoscalers at their minimum
 * (k8s.io/kubernetes pkg/controller/disruption: percentages are of the owners' scale and are rounded up).
 */
export function allowedDisruptions(budget: KubernetesObject, cluster: Cluster): Disruptions {
  const { maxUnavailable, minAvailable } = budget.spec;
  const field = isStated(maxUnavailable)
    ? 'maxUnavailable'
    : isStated(minAvailable)
      ? 'minAvailable'
      : undefined;
  if (field === undefined) return { allowed: Number.POSITIVE_INFINITY, field };
  const amount = readAmount(budget.spec[field]);
  if (amount === undefined) return { undecided: 'no-number' };
  if (field === 'maxUnavailable') {
    // Rounding up, any share but none lets at least one go.
    return { allowed: amount.value === 0 ? 0 : amount.percent ? 1 : amount.value, field };
  }
  if (amount.value === 0) return { allowed: Number.POSITIVE_INFINITY, field };
  if (amount.percent && amount.value >= 100) return { allowed: 0, field };
  const pods = podsOf(budget, cluster);
  if (typeof pods === 'string') return { undecided: pods };
  const wanted = amount.percent ? Math.ceil((amount.value * pods) / 100) : amount.value;
  return { allowed: Math.max(0, pods - wanted), field, pods };
}

function isStated(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

/** An IntOrString as intstr.GetScaledValueFromIntOrPercent reads it. */
function readAmount(value: Json | undefined): { value: number; percent: boolean } | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? { value, percent: false } : undefined;
  if (typeof value !== 'string' || !/^[0-9]{1,9}%$/.test(value)) return undefined;
  return { value: Number(value.slice(0, -1)), percent: true };
}

function podsOf(budget: KubernetesObject, cluster: Cluster): number | 'no-pods-seen' | 'replicas-not-known' {
  const workloads = budgetIndex(cluster).get(budget);
  if (workloads === undefined) return 'no-pods-seen';
  let sum = 0;
  for (const count of workloads) {
    if (count === undefined) return 'replicas-not-known';
    sum += count;
  }
  return sum === 0 ? 'no-pods-seen' : sum;
}

/** The number of pods of each workload that a budget selects. */
function budgetIndex(cluster: Cluster): Map<KubernetesObject, (number | undefined)[]> {
  return cluster.memo('pods of disruption budgets', () => {
    const index = new Map<KubernetesObject, (number | undefined)[]>();
    for (const workload of cluster.workloads) {
      const budgets = cluster.disruptionBudgetsOf(workload);
      if (budgets.length === 0 || workload.runsToCompletion) continue;
      const count = replicaFloor(workload, cluster)?.count;
      for (const budget of budgets) {
        const counts = index.get(budget);
        if (counts === undefined) index.set(budget, [count]);
        else counts.push(count);
      }
    }
    return index;
  });
}
