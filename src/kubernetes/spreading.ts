import { asArray, asObject, asObjects, type JsonObject } from './json.ts';
import { labelSelector } from './selectors.ts';
import type { Workload } from './workload.ts';

/** The rules by which a pod asks to be kept apart from others, and those of them that concern the pods of its own workload. */
export interface SpreadRules {
  readonly stated: number;
  readonly own: number;
}

/** Topology spread constraints and pod anti-affinity terms, required or preferred (PodSpec). */
export function spreadRules(workload: Workload): SpreadRules {
  const constraints = asObjects(workload.pod['topologySpreadConstraints']);
  const terms = antiAffinityTerms(workload);
  const own =
    constraints.filter((constraint) => selectsItself(constraint, workload)).length +
    terms.filter((term) => reachesOwnNamespace(term, workload) && selectsItself(term, workload)).length;
  return { stated: constraints.length + terms.length, own };
}

function antiAffinityTerms(workload: Workload): JsonObject[] {
  const rules = asObject(asObject(workload.pod['affinity'])?.['podAntiAffinity']);
  return [
    ...asObjects(rules?.['requiredDuringSchedulingIgnoredDuringExecution']),
    ...asObjects(rules?.['preferredDuringSchedulingIgnoredDuringExecution']).map(
      (weighted) => asObject(weighted['podAffinityTerm']) ?? {},
    ),
  ];
}

/** A null selector matches no pods; `mismatchLabelKeys` takes out the pods that share the pod's own labels. */
function selectsItself(rule: JsonObject, workload: Workload): boolean {
  if ((asArray(rule['mismatchLabelKeys']) ?? []).length > 0) return false;
  return labelSelector(asObject(rule['labelSelector']))?.(workload.podLabels) ?? false;
}

/** Without namespaces a term is about the pod's own; which namespaces a selector selects is not examined. */
function reachesOwnNamespace(term: JsonObject, workload: Workload): boolean {
  const names = asArray(term['namespaces']) ?? [];
  if (names.length === 0 || asObject(term['namespaceSelector']) !== undefined) return true;
  return workload.object.namespace === undefined || names.includes(workload.namespace);
}
