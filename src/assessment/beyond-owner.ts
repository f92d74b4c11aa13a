import type { KubernetesObject } from '../kubernetes/object.ts';
import { podTemplates } from '../kubernetes/pod-templates.ts';
import { namedSteps } from './named-path.ts';
import type { Finding } from './report.ts';

/**
 * What a pod that differs from its owner's template adds to the owner's findings: the container that a webhook put in, and not
 * once more what the template says already. All findings are of one check.
 */
export function beyondOwner(findings: readonly Finding[], ofOwner: readonly Finding[]): readonly Finding[] {
  if (findings.length === 0 || ofOwner.length === 0) return findings;
  const known = new Set(ofOwner.map(inPod));
  return findings.filter((finding) => !known.has(inPod(finding)));
}

/** What a finding says and where in the pod, wherever the pod stands in its object. */
function inPod({ object, path, message, params }: Finding): string {
  return JSON.stringify([placeInPod(object, path), message, params]);
}

function placeInPod(object: KubernetesObject, path: string): string {
  const named = (namedSteps(object, path) ?? []).map(({ step, item }) =>
    typeof step === 'string' ? `.${step}` : `[${item?.key}=${item?.value ?? step}]`,
  );
  const place = named.join('');
  for (const { specPath, metadataPath } of podTemplates(object)) {
    if (path === specPath || path.startsWith(`${specPath}.`))
      return `spec${place.slice(specPath.length + 1)}`;
    if (path.startsWith(`${metadataPath}.`)) return `metadata${place.slice(metadataPath.length + 1)}`;
  }
  return place;
}
