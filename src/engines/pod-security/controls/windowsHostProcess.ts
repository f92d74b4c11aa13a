import { asObject, type JsonObject } from '../../../kubernetes/json.ts';
import type { Control, Forbidden } from '../control.ts';
import type { Pod } from '../pod.ts';
import { setters } from '../wording.ts';

/** HostProcess containers, which run on the Windows host itself, are forbidden: check_windowsHostProcess.go. */
export const windowsHostProcess: Control = {
  id: 'windowsHostProcess',
  level: 'baseline',
  versions: [{ minimumVersion: 'v1.0', judge }],
};

function judge(pod: Pod): Forbidden | undefined {
  const podIsBad = isHostProcess(pod.securityContext);
  const bad = pod.containers.filter(({ securityContext }) => isHostProcess(securityContext));
  if (!podIsBad && bad.length === 0) return undefined;
  const paths = bad.map(({ path }) => `${path}.securityContext.windowsOptions.hostProcess`);
  if (podIsBad) paths.unshift('spec.securityContext.windowsOptions.hostProcess');
  const who = setters(
    podIsBad,
    bad.map(({ name }) => name),
  );
  return {
    reason: 'hostProcess',
    detail: `${who.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true`,
    paths,
  };
}

function isHostProcess(securityContext: JsonObject | undefined): boolean {
  return asObject(securityContext?.['windowsOptions'])?.['hostProcess'] === true;
}
