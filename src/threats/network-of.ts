import { Network } from '../engines/network/index.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { CLUSTER_POLICY_KINDS, POLICY_KINDS } from '../kubernetes/network-policies.ts';

/** Kinds that a network is read from, policies of meshes included; a cluster is asked for each of them. */
const NETWORK_KINDS = [
  ...POLICY_KINDS,
  ...CLUSTER_POLICY_KINDS,
  'PeerAuthentication',
  'AuthorizationPolicy',
  'Server',
  'Namespace',
  'Node',
  'Service',
  'Ingress',
  'Gateway',
  'HTTPRoute',
  'GRPCRoute',
] as const;

/**
 * What can reach what among everything that was seen, made once for all checks. Every question to it rests on all policies, all namespaces
 * and all pods; policies of a cluster that could not be listed are the assessment's business, which looks at the reads.
 */
export function networkOf(cluster: Cluster): Network {
  return cluster.memo('network', () => {
    cluster.ofKind(...NETWORK_KINDS);
    // Asked for so that it counts as read: pods are among the objects.
    cluster.workloads;
    return new Network(cluster.objects, { isComplete: cluster.isComplete });
  });
}
