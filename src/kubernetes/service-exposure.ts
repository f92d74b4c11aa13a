import type { Cluster } from './cluster.ts';
import { asArray, asString } from './json.ts';
import type { KubernetesObject } from './object.ts';
import type { Container } from './workload.ts';

/**
 * Annotations by which the clouds' controllers keep a load balancer inside a private network, with the values that do so
 * (`*`: any value but an empty one and `false`). Sources: the Kubernetes documentation's section "Internal load balancer", and the
 * reference of each provider's controller.
 */
const INTERNAL: Readonly<Record<string, string>> = {
  'service.beta.kubernetes.io/aws-load-balancer-internal': '*',
  'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal',
  'service.beta.kubernetes.io/azure-load-balancer-internal': 'true',
  'networking.gke.io/load-balancer-type': 'internal',
  'cloud.google.com/load-balancer-type': 'internal',
  'service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type': 'private',
  'service.beta.kubernetes.io/openstack-internal-load-balancer': 'true',
  'service.beta.kubernetes.io/cce-load-balancer-internal-vpc': 'true',
  'service.kubernetes.io/qcloud-loadbalancer-internal-subnetid': '*',
  'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type': 'intranet',
  'service.beta.kubernetes.io/oci-load-balancer-internal': 'true',
  'oci-network-load-balancer.oraclecloud.com/internal': 'true',
  'service.beta.kubernetes.io/do-loadbalancer-network': 'internal',
  'service.beta.kubernetes.io/scw-loadbalancer-private': 'true',
};

/** Annotations that name a firewall of the cloud, whose rules stand outside the cluster. */
const FIREWALLS = [
  'service.beta.kubernetes.io/aws-load-balancer-security-groups',
  'service.beta.kubernetes.io/azure-allowed-service-tags',
  'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-acl-id',
  'oci.oraclecloud.com/oci-network-security-groups',
] as const;

const RANGES = [
  'service.beta.kubernetes.io/load-balancer-source-ranges',
  'service.beta.kubernetes.io/azure-allowed-ip-ranges',
] as const;

/** Whether a Service of type LoadBalancer asks for an address that only a private network reaches. */
export function isInternalLoadBalancer(service: KubernetesObject): boolean {
  const annotations = service.annotations;
  for (const [name, wanted] of Object.entries(INTERNAL)) {
    const value = annotations[name]?.toLowerCase();
    if (value !== undefined && (wanted === '*' ? value !== '' && value !== 'false' : value === wanted))
      return true;
  }
  const loadBalancerClass = asString(service.spec['loadBalancerClass']);
  if (loadBalancerClass === 'tailscale') return true;
  // The AWS Load Balancer Controller, unlike the in-tree one, is internal unless told otherwise.
  const type = annotations['service.beta.kubernetes.io/aws-load-balancer-type'];
  const isAwsController =
    loadBalancerClass === 'service.k8s.aws/nlb' || type === 'external' || type === 'nlb-ip';
  return (
    isAwsController &&
    annotations['service.beta.kubernetes.io/aws-load-balancer-scheme'] !== 'internet-facing'
  );
}

/** The annotation that leaves the choice of clients to a firewall of the cloud, if there is one. */
export function firewallAnnotation(service: KubernetesObject): string | undefined {
  return FIREWALLS.find((name) => (service.annotations[name] ?? '') !== '');
}

/** The client ranges that a load balancer lets through, with the path of the list; undefined where none is stated. */
export function sourceRanges(
  service: KubernetesObject,
): { readonly ranges: readonly string[]; readonly path: string } | undefined {
  const field = asArray(service.spec['loadBalancerSourceRanges'])?.filter(
    (range) => typeof range === 'string',
  );
  // The field wins over the annotation (GetLoadBalancerSourceRanges).
  if (field !== undefined && field.length > 0)
    return { ranges: field, path: 'spec.loadBalancerSourceRanges' };
  for (const name of RANGES) {
    const text = service.annotations[name]?.trim() ?? '';
    if (text === '') continue;
    const ranges = text.split(',').map((range) => range.trim());
    return { ranges, path: `metadata.annotations[${JSON.stringify(name)}]` };
  }
  return undefined;
}

/**
 * Why a container is taken to serve clients: a Service selects its pod and it declares ports or is the pod's only regular container,
 * or it declares ports without a Service. Undefined where neither holds.
 */
export function servesThrough(container: Container, cluster: Cluster): 'service' | 'port' | undefined {
  const regular = container.workload.containers.filter(({ type }) => type === 'container');
  const declares = container.ports.length > 0;
  if (!declares && regular.length > 1) return undefined;
  if (cluster.servicesOf(container.workload).length > 0) return 'service';
  return declares ? 'port' : undefined;
}
