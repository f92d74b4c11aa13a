import { isOfIdentity, NAMESPACE, OWN_PREFIX } from '../../../kubernetes/cilium-labels.ts';
import type { Labels } from '../../../kubernetes/selectors.ts';
import type { Condition, Seen } from './cilium-selector.ts';

export const NAMESPACE_LABELS = 'io.cilium.k8s.namespace.labels.';
export const SERVICE_ACCOUNT = 'io.cilium.k8s.policy.serviceaccount';
const CLUSTER = 'io.cilium.k8s.policy.cluster';

/** What has no namespace: what is outside of the cluster, and nodes. */
export type Other = 'world' | 'node';

/** Reserved labels that such an end has, or may have. */
const RESERVED: Record<Other, readonly string[]> = {
  // In clusters of both IP families the world is world-ipv4 and world-ipv6; an API server may be anywhere.
  world: ['world', 'world-ipv4', 'world-ipv6', 'kube-apiserver'],
  node: ['host', 'remote-node', 'kube-apiserver'],
};

/** The label that a condition asks for, as it is seen at a pod with these labels and the derived service account. */
export function seenOnPod({ source, key }: Condition, labels: Labels): Seen {
  if (source !== 'k8s' && source !== 'any') return { is: 'absent' };
  if (key === CLUSTER) return { is: 'present', value: undefined };
  const value = labels?.[key];
  // Labels of pods that look like Cilium's own are dropped (RemoveCiliumLabels).
  if (typeof value !== 'string' || (key.startsWith(OWN_PREFIX) && key !== SERVICE_ACCOUNT))
    return { is: 'absent' };
  return { is: isOfIdentity(key) ? 'present' : 'maybe', value };
}

export function seenOn(other: Other, { source, key }: Condition): Seen {
  if (source === 'k8s' && other === 'world') return { is: 'absent' };
  if ((source === 'k8s' || source === 'any') && (key === NAMESPACE || key.startsWith(NAMESPACE_LABELS))) {
    return { is: 'absent' };
  }
  if (source !== 'reserved') return { is: 'maybe', value: undefined };
  return RESERVED[other].includes(key) ? { is: 'maybe', value: '' } : { is: 'absent' };
}

/** Whether it depends on how Cilium is set up what pods have of the label. */
export function isDoubtful({ source, key }: Condition): boolean {
  return (source === 'k8s' || source === 'any') && (key === CLUSTER || !isOfIdentity(key));
}
