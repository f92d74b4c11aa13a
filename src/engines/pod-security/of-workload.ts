import type { Cluster } from '../../kubernetes/cluster.ts';
import type { Workload } from '../../kubernetes/workload.ts';
import { evaluate, type Violation } from './index.ts';

/**
 * What of the baseline level a workload's pods violate in the newest policy version, judged once for all who ask.
 * Paths are those of the pod; `Workload.sourcePath` leads to the source object.
 */
export function baselineViolations(workload: Workload, cluster: Cluster): readonly Violation[] {
  const known = cluster.memo('baseline violations', () => new WeakMap<Workload, readonly Violation[]>());
  let violations = known.get(workload);
  if (violations === undefined) {
    violations = evaluate(workload.template, 'baseline', 'latest');
    known.set(workload, violations);
  }
  return violations;
}

/** Field paths, in the source object, of what violates one baseline control. */
export function baselinePaths(workload: Workload, cluster: Cluster, control: string): readonly string[] {
  return baselineViolations(workload, cluster)
    .filter((violation) => violation.control === control)
    .flatMap(({ paths }) => paths);
}
