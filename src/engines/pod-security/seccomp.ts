import { asObject, asString } from '../../kubernetes/json.ts';
import type { Forbidden } from './control.ts';
import { fieldPath, type Pod } from './pod.ts';
import { joinQuote, setters, sortedSet } from './wording.ts';

/** What a pod says about `securityContext.seccompProfile.type`, for the controls of both levels. */
export interface SeccompProfiles {
  podIsBad: boolean;
  badContainers: string[];
  badTypes: string[];
  badPaths: string[];
  /** Containers that set no profile and inherit no allowed one from the pod. */
  unset: string[];
  unsetPaths: string[];
}

export function readSeccompProfiles(pod: Pod): SeccompProfiles {
  const profiles: SeccompProfiles = {
    podIsBad: false,
    badContainers: [],
    badTypes: [],
    badPaths: [],
    unset: [],
    unsetPaths: [],
  };
  /** Allowed or not; undefined where no profile is set. */
  const judge = (securityContext: typeof pod.securityContext, path: string): boolean | undefined => {
    const profile = asObject(securityContext?.['seccompProfile']);
    if (profile === undefined) return undefined;
    const type = asString(profile['type']) ?? '';
    if (type === 'RuntimeDefault' || type === 'Localhost') return true;
    profiles.badTypes.push(type);
    profiles.badPaths.push(fieldPath(`${path}.securityContext.seccompProfile`, profile, 'type'));
    return false;
  };
  const podAllowed = judge(pod.securityContext, 'spec');
  profiles.podIsBad = podAllowed === false;
  for (const { name, path, securityContext } of pod.containers) {
    const allowed = judge(securityContext, path);
    if (allowed === false) {
      profiles.badContainers.push(name);
    } else if (allowed === undefined && podAllowed !== true) {
      profiles.unset.push(name);
      profiles.unsetPaths.push(securityContext ? `${path}.securityContext` : path);
    }
  }
  return profiles;
}

export function explicitlyForbidden(profiles: SeccompProfiles): Forbidden | undefined {
  const { podIsBad, badContainers, badTypes, badPaths } = profiles;
  if (badPaths.length === 0) return undefined;
  const who = setters(podIsBad, badContainers).join(' and ');
  return {
    reason: 'seccompProfile',
    detail: `${who} must not set securityContext.seccompProfile.type to ${joinQuote(sortedSet(badTypes))}`,
    paths: badPaths,
  };
}
