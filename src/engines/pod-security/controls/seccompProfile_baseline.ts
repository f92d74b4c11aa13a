import type { Control, Forbidden } from '../control.ts';
import { annotation, annotationPath, type Pod } from '../pod.ts';
import { explicitlyForbidden, readSeccompProfiles } from '../seccomp.ts';
import { compareBytes, pluralize, quote } from '../wording.ts';

/**
 * Seccomp may not be switched off or set to an unknown profile; before v1.19 it was an annotation:
 * check_seccompProfile_baseline.go.
 */
export const seccompProfile_baseline: Control = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  versions: [
    { minimumVersion: 'v1.0', judge: judgeAnnotations },
    { minimumVersion: 'v1.19', judge: (pod) => explicitlyForbidden(readSeccompProfiles(pod)) },
  ],
};

const POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
const CONTAINER_ANNOTATION_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/';

function judgeAnnotations(pod: Pod): Forbidden | undefined {
  const forbidden = new Map<string, string>();
  const keys = [POD_ANNOTATION, ...pod.containers.map(({ name }) => CONTAINER_ANNOTATION_PREFIX + name)];
  for (const key of keys) {
    const value = annotation(pod, key);
    if (value !== undefined && !allowed(value)) forbidden.set(`${key}=${quote(value)}`, annotationPath(key));
  }
  if (forbidden.size === 0) return undefined;
  const settings = [...forbidden.keys()].sort(compareBytes);
  return {
    reason: 'seccompProfile',
    detail: `forbidden ${pluralize('annotation', 'annotations', settings.length)} ${settings.join(', ')}`,
    paths: [...forbidden.values()],
  };
}

function allowed(profile: string): boolean {
  return profile === 'runtime/default' || profile === 'docker/default' || profile.startsWith('localhost/');
}
