import type { Control, Forbidden } from '../control.ts';
import type { Pod } from '../pod.ts';
import { explicitlyForbidden, readSeccompProfiles } from '../seccomp.ts';
import { containersNamed } from '../wording.ts';

const overrides = ['seccompProfile_baseline'];

/** An allowed seccomp profile must be set, by the pod or by each container: check_seccompProfile_restricted.go. */
export const seccompProfile_restricted: Control = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  versions: [
    { minimumVersion: 'v1.19', judge, overrides },
    { minimumVersion: 'v1.25', judge: (pod) => (pod.windows ? undefined : judge(pod)), overrides },
  ],
};

function judge(pod: Pod): Forbidden | undefined {
  const profiles = readSeccompProfiles(pod);
  const explicit = explicitlyForbidden(profiles);
  if (explicit !== undefined || profiles.unset.length === 0) return explicit;
  return {
    reason: 'seccompProfile',
    detail: `pod or ${containersNamed(profiles.unset)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
    paths: profiles.unsetPaths,
  };
}
