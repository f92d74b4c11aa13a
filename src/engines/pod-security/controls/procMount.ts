import type { Control, Forbidden } from '../control.ts';
import type { Pod } from '../pod.ts';
import { containersNamed, joinQuote, sortedSet } from '../wording.ts';

/**
 * The masks over /proc stay, except for a pod in a user namespace from v1.35 on: check_procMount_baseline.go.
 */
export const procMount: Control = {
  id: 'procMount',
  level: 'baseline',
  versions: [
    { minimumVersion: 'v1.0', judge: judgeProcMount },
    { minimumVersion: 'v1.35', judge: (pod) => (pod.inUserNamespace ? undefined : judgeProcMount(pod)) },
  ],
};

/** The unconditional form, which the restricted level keeps. */
export function judgeProcMount(pod: Pod): Forbidden | undefined {
  const bad: string[] = [];
  const forbidden: string[] = [];
  const paths: string[] = [];
  for (const { name, path, securityContext } of pod.containers) {
    const type = securityContext?.['procMount'];
    if (typeof type !== 'string' || type === 'Default') continue;
    bad.push(name);
    forbidden.push(type);
    paths.push(`${path}.securityContext.procMount`);
  }
  if (bad.length === 0) return undefined;
  return {
    reason: 'procMount',
    detail: `${containersNamed(bad)} must not set securityContext.procMount to ${joinQuote(sortedSet(forbidden))}`,
    paths,
  };
}
