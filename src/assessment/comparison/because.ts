import type { FieldManager, ManagedFields } from '../../kubernetes/managed-fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Difference } from '../../kubernetes/stored/differences.ts';
import type { Because } from './comparison.ts';
import { serverField } from './server-fields.ts';

/** Controllers that apply what people or pipelines decided. */
const DELIVERY =
  /^(?:argocd|argo-cd|flux|helm|kustomize-controller|source-controller|fleet|kapp|pulumi|terraform)/i;
/** Names of programs that change objects by themselves. */
const CONTROLLER =
  /^(?:kube-(?:controller-manager|scheduler|apiserver)|kubelet|cloud-controller-manager|k3s|rke2|clusterrole-aggregation-controller)$|(?:^|[-_.])(?:controller|operator|cainjector|injector|autoscaler|updater|provisioner|resizer|attacher|descheduler|manager|webhook|scheduler|agent)(?:$|[-_.])|^(?:vpa|keda|cert-manager|istiod|pilot-discovery|cilium|linkerd|rollouts)/i;

export interface Reason extends Partial<FieldManager> {
  readonly because: Because;
}

/**
 * Why a field of a live object differs from what was asked for, once defaults are out of the way.
 *
 * @param isAdded the field may have been assigned by the server: the other side does not state it, or is another state of the cluster
 */
export function reasonFor(
  difference: Difference,
  isAdded: boolean,
  live: KubernetesObject,
  fields: ManagedFields,
): Reason {
  const value = difference.after ?? difference.before;
  const assigned = isAdded ? serverField(live, difference.steps, value) : undefined;
  if (assigned === 'assigned') return { because: 'server' };
  const owner = isRemoved(difference, isAdded) ? undefined : fields.ownersOf(difference.steps)[0];
  if (owner === undefined) return { because: assigned === 'allocated' ? 'server' : 'unknown' };
  const because = isController(owner) ? 'controller' : 'edit';
  return assigned === 'allocated' && because === 'controller' ? { because: 'server' } : { because, ...owner };
}

/** What is gone from the live object has no owner any more; who owns its surroundings is not who removed it. */
function isRemoved({ before, after }: Difference, isAdded: boolean): boolean {
  return !isAdded && (before === undefined || after === undefined);
}

function isController({ manager }: FieldManager): boolean {
  return !DELIVERY.test(manager) && CONTROLLER.test(manager);
}
