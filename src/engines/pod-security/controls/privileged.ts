import type { Control, Forbidden } from '../control.ts';
import type { Pod } from '../pod.ts';
import { containersNamed } from '../wording.ts';

/** Privileged containers, which switch off most of the isolation, are forbidden: check_privileged.go. */
export const privileged: Control = {
  id: 'privileged',
  level: 'baseline',
  versions: [{ minimumVersion: 'v1.0', judge }],
};

function judge(pod: Pod): Forbidden | undefined {
  const bad = pod.containers.filter(({ securityContext }) => securityContext?.['privileged'] === true);
  if (bad.length === 0) return undefined;
  return {
    reason: 'privileged',
    detail: `${containersNamed(bad.map(({ name }) => name))} must not set securityContext.privileged=true`,
    paths: bad.map(({ path }) => `${path}.securityContext.privileged`),
  };
}
