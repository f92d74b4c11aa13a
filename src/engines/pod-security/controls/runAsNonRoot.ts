import { asBoolean } from '../../../kubernetes/json.ts';
import type { Control, Forbidden } from '../control.ts';
import type { Pod } from '../pod.ts';
import { containersNamed, setters } from '../wording.ts';

/** Containers must run as non-root, except in a user namespace from v1.35 on (KEP-127): check_runAsNonRoot.go. */
export const runAsNonRoot: Control = {
  id: 'runAsNonRoot',
  level: 'restricted',
  versions: [
    { minimumVersion: 'v1.0', judge },
    { minimumVersion: 'v1.35', judge: (pod) => (pod.inUserNamespace ? undefined : judge(pod)) },
  ],
};

function judge(pod: Pod): Forbidden | undefined {
  const podValue = asBoolean(pod.securityContext?.['runAsNonRoot']);
  const explicit: string[] = [];
  const explicitPaths = podValue === false ? ['spec.securityContext.runAsNonRoot'] : [];
  const implicit: string[] = [];
  const implicitPaths: string[] = [];
  for (const { name, path, securityContext } of pod.containers) {
    const value = asBoolean(securityContext?.['runAsNonRoot']);
    if (value === false) {
      explicit.push(name);
      explicitPaths.push(`${path}.securityContext.runAsNonRoot`);
    } else if (value === undefined && podValue !== true) {
      implicit.push(name);
      implicitPaths.push(securityContext ? `${path}.securityContext` : path);
    }
  }
  const reason = 'runAsNonRoot != true';
  if (explicitPaths.length > 0) {
    const who = setters(podValue === false, explicit).join(' and ');
    return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false`, paths: explicitPaths };
  }
  if (implicit.length > 0) {
    const detail = `pod or ${containersNamed(implicit)} must set securityContext.runAsNonRoot=true`;
    return { reason, detail, paths: implicitPaths };
  }
  return undefined;
}
