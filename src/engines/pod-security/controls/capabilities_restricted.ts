import { asObject } from '../../../kubernetes/json.ts';
import type { Control, Forbidden } from '../control.ts';
import { eachString, fieldPath, type Pod } from '../pod.ts';
import { containersNamed, joinQuote, sortedSet } from '../wording.ts';

const overrides = ['capabilities_baseline'];

/** Containers drop ALL capabilities and may add NET_BIND_SERVICE only: check_capabilities_restricted.go. */
export const capabilities_restricted: Control = {
  id: 'capabilities_restricted',
  level: 'restricted',
  versions: [
    { minimumVersion: 'v1.22', judge, overrides },
    { minimumVersion: 'v1.25', judge: (pod) => (pod.windows ? undefined : judge(pod)), overrides },
  ],
};

function judge(pod: Pod): Forbidden | undefined {
  const missingDropAll: string[] = [];
  const addingForbidden: string[] = [];
  const forbidden: string[] = [];
  const paths: string[] = [];
  for (const { name, path, securityContext } of pod.containers) {
    const capabilities = asObject(securityContext?.['capabilities']);
    if (capabilities === undefined) {
      missingDropAll.push(name);
      paths.push(securityContext ? `${path}.securityContext` : path);
      continue;
    }
    let dropsAll = false;
    eachString(capabilities['drop'], (capability) => {
      if (capability === 'ALL') dropsAll = true;
    });
    if (!dropsAll) {
      missingDropAll.push(name);
      paths.push(fieldPath(`${path}.securityContext.capabilities`, capabilities, 'drop'));
    }
    const before = forbidden.length;
    eachString(capabilities['add'], (capability, index) => {
      if (capability === 'NET_BIND_SERVICE') return;
      forbidden.push(capability);
      paths.push(`${path}.securityContext.capabilities.add[${index}]`);
    });
    if (forbidden.length > before) addingForbidden.push(name);
  }

  const details: string[] = [];
  if (missingDropAll.length > 0) {
    details.push(`${containersNamed(missingDropAll)} must set securityContext.capabilities.drop=["ALL"]`);
  }
  if (addingForbidden.length > 0) {
    details.push(
      `${containersNamed(addingForbidden)} must not include ${joinQuote(sortedSet(forbidden))} in securityContext.capabilities.add`,
    );
  }
  if (details.length === 0) return undefined;
  return { reason: 'unrestricted capabilities', detail: details.join('; '), paths };
}
