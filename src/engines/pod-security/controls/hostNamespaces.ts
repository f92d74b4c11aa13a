import type { Control, Forbidden } from '../control.ts';
import type { Pod } from '../pod.ts';

/** The host's network, PID and IPC namespaces may not be shared: check_hostNamespaces.go. */
export const hostNamespaces: Control = {
  id: 'hostNamespaces',
  level: 'baseline',
  versions: [{ minimumVersion: 'v1.0', judge }],
};

function judge(pod: Pod): Forbidden | undefined {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => pod.spec[field] === true);
  if (shared.length === 0) return undefined;
  return {
    reason: 'host namespaces',
    detail: shared.map((field) => `${field}=true`).join(', '),
    paths: shared.map((field) => `spec.${field}`),
  };
}
