import { asObject } from './json.ts';
import type { Container } from './workload.ts';

export type Probe = 'livenessProbe' | 'readinessProbe' | 'startupProbe';

/** Whether a container states a probe; an empty one is none, the API server refuses it for want of a handler. */
export function hasProbe(container: Container, probe: Probe): boolean {
  const stated = asObject(container.spec[probe]);
  return stated !== undefined && Object.keys(stated).length > 0;
}

/**
 * Whether a container is of the kind that is usually probed: a regular one in a pod that is kept running for ever. Init and
 * ephemeral containers may not have probes, and a sidecar follows the container that it serves.
 */
export function isProbed(container: Container): boolean {
  const { workload } = container;
  const restarts = workload.pod['restartPolicy'] ?? 'Always';
  return container.type === 'container' && !workload.runsToCompletion && restarts === 'Always';
}
