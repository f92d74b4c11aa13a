import { Network } from '../engines/network/index.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { CLUSTER_POLICY_KINDS, POLICY_KINDS } from '../kubernetes/network-policies.ts';

/** What decides at a pod, whichever other pods there are. */
const POLICIES_AND_PLACES = [
  ...POLICY_KINDS,
  ...CLUSTER_POLICY_KINDS,
  // What policies refer to or are ordered by.
  'CiliumCIDRGroup',
  'NetworkSet',
  'GlobalNetworkSet',
  'Tier',
  'HostEndpoint',
  'Namespace',
  'Node',
  // Of meshes.
  'PeerAuthentication',
  'AuthorizationPolicy',
  'Server',
  'MeshTLSAuthentication',
  'NetworkAuthentication',
  'ServerAuthorization',
  'DestinationRule',
  'WorkloadEntry',
  'WorkloadGroup',
  // That there is a mesh shows in any object of its kinds.
  'RequestAuthentication',
  'VirtualService',
  'Gateway',
] as const;

/** Kinds that a network is read from, besides pods and what makes them; a cluster is asked for each of them. */
const NETWORK_KINDS = [
  ...POLICIES_AND_PLACES,
  // Ways in.
  'Service',
  'EndpointSlice',
  'Ingress',
  'Route',
  'HTTPRoute',
  'GRPCRoute',
  'TLSRoute',
  'TCPRoute',
  'UDPRoute',
  'ReferenceGrant',
] as const;

/**
 * What can reach what among everything that was seen, made once for all checks. Every question to it rests on all policies, all namespaces
 * and all pods; policies of a cluster that could not be listed are the assessment's business, which looks at the reads.
 */
export function networkOf(cluster: Cluster): Network {
  return cluster.memo('network', () => {
    cluster.ofKind(...NETWORK_KINDS);
    readSettings(cluster);
    // Asked for so that it counts as read: pods are among the objects.
    cluster.workloads;
    return new Network(cluster.objects, { isComplete: cluster.isComplete });
  });
}

/** The same for questions that no other pod bears on: just policies, namespaces and nodes count as read. */
export function networkAtPods(cluster: Cluster): Network {
  // Once, and its reads repeated: this is asked for every workload.
  cluster.memo('what decides at pods', () => {
    cluster.ofKind(...POLICIES_AND_PLACES);
    readSettings(cluster);
    return true;
  });
  return cluster.reads.unnoted(() => networkOf(cluster));
}

/** Settings of meshes, and service accounts, by whose labels policies of network plugins alone choose pods. */
function readSettings(cluster: Cluster): void {
  // ConfigMaps of other namespaces change too often to wait for.
  for (const namespace of ['istio-system', 'linkerd']) cluster.reads.read('ConfigMap', namespace);
  const policies = cluster.ofKind(...POLICY_KINDS, ...CLUSTER_POLICY_KINDS);
  if (policies.some(({ group }) => OF_PLUGINS.has(group))) cluster.ofKind('ServiceAccount');
}

const OF_PLUGINS: ReadonlySet<string> = new Set(['cilium.io', 'crd.projectcalico.org', 'projectcalico.org']);
