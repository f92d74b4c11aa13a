import { type HostPathKind, type HostPathUse, hostPathUses } from '../kubernetes/host-paths.ts';
import type { Workload } from '../kubernetes/workload.ts';
import { failIfAny, type Severity } from './define-check.ts';

/** The messages of every check of hostPath volumes. */
export const HOST_PATH_MESSAGES = {
  writable: ['volume', 'path', 'containers'],
  'read-only': ['volume', 'path', 'containers'],
  unmounted: ['volume', 'path'],
} as const;

/**
 * The verdict on a workload's hostPath volumes of one kind. A volume that no container mounts gives nobody anything yet; where
 * an operator adds containers that may mount it, it weighs as if it were mounted.
 */
export function judgeHostPath(workload: Workload, kind: HostPathKind, weigh: (use: HostPathUse) => Severity) {
  return failIfAny(
    hostPathUses(workload)
      .filter((use) => use.kind === kind)
      .map((use) => {
        const { volume, written, at, access, containers } = use;
        if (access === 'unmounted') {
          const severity: Severity = workload.template.generatedBy === undefined ? 'low' : weigh(use);
          return { at, message: access, params: { volume: volume.name, path: written }, severity };
        }
        const params = { volume: volume.name, path: written, containers: containers.join(', ') };
        return { at, message: access, params, severity: weigh(use) };
      }),
  );
}
