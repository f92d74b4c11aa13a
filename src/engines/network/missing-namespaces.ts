import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Network } from './network.ts';
import type { Policy } from './policies/policy.ts';

/** Namespaces that every cluster has (k8s.io/kubernetes/pkg/controlplane/controller/systemnamespaces). */
const ALWAYS = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/**
 * Policies of namespaces that are not there: neither the Namespace nor a pod of it is among the objects. Nothing where there is neither of
 * any namespace, as one cannot tell then.
 */
export function inMissingNamespaces(
  { model, groups }: Pick<Network, 'model' | 'groups'>,
  objects: readonly KubernetesObject[],
): Policy[] {
  const stated = objects.filter(({ kind, apiVersion }) => kind === 'Namespace' && apiVersion === 'v1');
  if (stated.length === 0 && groups.length === 0) return [];
  const known = new Set([
    ...ALWAYS,
    ...stated.map(({ name }) => name),
    ...groups.map(({ namespace }) => namespace),
  ]);
  return model.policies.filter(({ namespace }) => namespace !== undefined && !known.has(namespace));
}
