import type { KubernetesObject } from '../kubernetes/object.ts';
import { podTemplates } from '../kubernetes/pod-templates.ts';
import { namedSteps } from './named-path.ts';
import type { Finding, Undecided } from './report.ts';

/**
 * What a pod that differs from its owner's template adds to what is said of the owner: the container that a webhook put in, and
 * not once more what the template says already. All statements are of one check.
 */
export function beyondOwner<T extends Finding | Undecided>(
  statements: readonly T[],
  owner: KubernetesObject,
  ofOwner: readonly T[],
): readonly T[] {
  if (statements.length === 0) return statements;
  const known = new Set(ofOwner.map(inPod));
  return statements
    .filter((statement) => !known.has(inPod(statement)))
    .map((statement) => ({ ...statement, beside: owner }));
}

/** What is said and where in the pod, wherever the pod stands in its object. */
function inPod(statement: Finding | Undecided): string {
  const { object, path, params } = statement;
  const what = 'message' in statement ? statement.message : statement.reason;
  return JSON.stringify([placeInPod(object, path), what, params]);
}

function placeInPod(object: KubernetesObject, path: string): string {
  const named = (namedSteps(object, path) ?? []).map(({ step, item }) =>
    typeof step === 'string' ? `.${step}` : `[${item?.key}=${item?.value ?? step}]`,
  );
  const place = named.join('').slice(1);
  for (const { specPath, metadataPath } of podTemplates(object)) {
    if (isWithin(path, specPath)) return `spec${place.slice(specPath.length)}`;
    if (isWithin(path, metadataPath)) return `metadata${place.slice(metadataPath.length)}`;
  }
  return place;
}

function isWithin(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}.`);
}
