import type { KubernetesObject } from './object.ts';
import { Workload } from './workload.ts';

const CONTROLLERS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

/**
 * Whether a document is a strategic merge patch rather than an object: a controller of `apps` with a pod template that states neither the selector
 * which the API server requires (apps/v1, ValidateDeploymentSpec) nor an image for any container. What it leaves out stands in
 * the object to which it is applied, so nothing can be concluded from an absence.
 */
export function isPatch(object: KubernetesObject): boolean {
  if (object.group !== 'apps' || !CONTROLLERS.has(object.kind)) return false;
  if (object.spec['selector'] !== undefined) return false;
  const pods = Workload.of(object);
  return pods.length > 0 && pods.every(({ containers }) => containers.every(({ image }) => image === ''));
}
