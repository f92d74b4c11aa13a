import type { Control, Forbidden } from '../control.ts';
import { fieldPath, type Pod } from '../pod.ts';
import { containersNamed } from '../wording.ts';

/** Privilege escalation (set-user-ID, file capabilities) must be turned off: check_allowPrivilegeEscalation.go. */
export const allowPrivilegeEscalation: Control = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  versions: [
    { minimumVersion: 'v1.8', judge },
    { minimumVersion: 'v1.25', judge: (pod) => (pod.windows ? undefined : judge(pod)) },
  ],
};

function judge(pod: Pod): Forbidden | undefined {
  const bad: string[] = [];
  const paths: string[] = [];
  for (const { name, path, securityContext } of pod.containers) {
    if (securityContext?.['allowPrivilegeEscalation'] === false) continue;
    bad.push(name);
    paths.push(
      securityContext
        ? fieldPath(`${path}.securityContext`, securityContext, 'allowPrivilegeEscalation')
        : path,
    );
  }
  if (bad.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersNamed(bad)} must set securityContext.allowPrivilegeEscalation=false`,
    paths,
  };
}
