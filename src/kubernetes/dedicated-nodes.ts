import { asArray, asObject, asString, isObject, type JsonObject } from './json.ts';
import type { Workload } from './workload.ts';

/** Labels that say what kind of machine a node is, not what it is meant for. */
const MACHINE_LABELS = new Set([
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
]);

/** Annotation of the mirror that a kubelet makes of a static pod. */
const MIRROR = 'kubernetes.io/config.mirror';

/** Taints that the control plane puts on nodes in trouble, and whose tolerations it gives to pods by itself. */
const CONDITION_TAINTS = 'node.kubernetes.io/';

/**
 * Whether the pods may run on chosen nodes only: by name, by nodeSelector, or by a required node affinity each of whose terms
 * asks for a label that says more than what kind of machine the node is.
 */
export function choosesNodes(workload: Workload): boolean {
  const { pod } = workload;
  if (asString(pod['nodeName']) && !isBoundByScheduler(workload)) return true;
  const selector = asObject(pod['nodeSelector']) ?? {};
  if (Object.keys(selector).some((label) => !MACHINE_LABELS.has(label))) return true;
  const affinity = asObject(asObject(pod['affinity'])?.['nodeAffinity']);
  const required = asObject(affinity?.['requiredDuringSchedulingIgnoredDuringExecution']);
  const terms = objects(required, 'nodeSelectorTerms');
  return terms.length > 0 && terms.every(choosesByTerm);
}

/**
 * A pod in the API names the node that the scheduler gave it, which nobody chose; just the mirror of a static pod names the node
 * on which somebody put its file.
 */
function isBoundByScheduler({ object }: Workload): boolean {
  return object.origin.isApi === true && object.kind === 'Pod' && !(MIRROR in object.annotations);
}

function choosesByTerm(term: JsonObject): boolean {
  return (
    objects(term, 'matchFields').length > 0 ||
    objects(term, 'matchExpressions').some(
      ({ key, operator }) =>
        !MACHINE_LABELS.has(asString(key) ?? '') && (operator === 'In' || operator === 'Exists'),
    )
  );
}

/** Whether the pods tolerate a taint that somebody put on nodes on purpose, such as one that keeps other pods away. */
export function toleratesReservedNodes(workload: Workload): boolean {
  return objects(workload.pod, 'tolerations').some(
    ({ key, effect }) =>
      !(asString(key) ?? '').startsWith(CONDITION_TAINTS) && asString(effect) !== 'PreferNoSchedule',
  );
}

function objects(parent: JsonObject | undefined, field: string): JsonObject[] {
  return (asArray(parent?.[field]) ?? []).filter(isObject);
}
