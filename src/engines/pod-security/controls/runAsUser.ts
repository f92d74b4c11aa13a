import type { Control, Forbidden } from '../control.ts';
import type { Pod } from '../pod.ts';
import { setters } from '../wording.ts';

/** The user id 0 is forbidden, except in a user namespace from v1.35 on (KEP-127): check_runAsUser.go. */
export const runAsUser: Control = {
  id: 'runAsUser',
  level: 'restricted',
  versions: [
    { minimumVersion: 'v1.23', judge },
    { minimumVersion: 'v1.35', judge: (pod) => (pod.inUserNamespace ? undefined : judge(pod)) },
  ],
};

function judge(pod: Pod): Forbidden | undefined {
  const podIsBad = pod.securityContext?.['runAsUser'] === 0;
  const bad = pod.containers.filter(({ securityContext }) => securityContext?.['runAsUser'] === 0);
  if (!podIsBad && bad.length === 0) return undefined;
  const paths = bad.map(({ path }) => `${path}.securityContext.runAsUser`);
  if (podIsBad) paths.unshift('spec.securityContext.runAsUser');
  const who = setters(
    podIsBad,
    bad.map(({ name }) => name),
  );
  return { reason: 'runAsUser=0', detail: `${who.join(' and ')} must not set runAsUser=0`, paths };
}
