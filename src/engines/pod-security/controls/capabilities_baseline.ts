import { asObject } from '../../../kubernetes/json.ts';
import type { Control, Forbidden } from '../control.ts';
import { eachString, type Pod } from '../pod.ts';
import { containersNamed, joinQuote, sortedSet } from '../wording.ts';

/** Only capabilities of the container runtimes' default set may be added: check_capabilities_baseline.go. */
export const capabilities_baseline: Control = {
  id: 'capabilities_baseline',
  level: 'baseline',
  versions: [{ minimumVersion: 'v1.0', judge }],
};

const ALLOWED = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

function judge(pod: Pod): Forbidden | undefined {
  const bad: string[] = [];
  const forbidden: string[] = [];
  const paths: string[] = [];
  for (const { name, path, securityContext } of pod.containers) {
    const before = forbidden.length;
    eachString(asObject(securityContext?.['capabilities'])?.['add'], (capability, index) => {
      if (ALLOWED.has(capability)) return;
      forbidden.push(capability);
      paths.push(`${path}.securityContext.capabilities.add[${index}]`);
    });
    if (forbidden.length > before) bad.push(name);
  }
  if (bad.length === 0) return undefined;
  return {
    reason: 'non-default capabilities',
    detail: `${containersNamed(bad)} must not include ${joinQuote(sortedSet(forbidden))} in securityContext.capabilities.add`,
    paths,
  };
}
