import type { KubernetesObject } from '../../../kubernetes/object.ts';

/** Kinds of other APIs that let clients outside of the cluster in, and that are not evaluated. */
const ENTRIES = new Map<string, readonly string[]>([
  ['networking.istio.io', ['Gateway', 'VirtualService']],
  ['traefik.io', ['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP']],
  ['traefik.containo.us', ['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP']],
  ['projectcontour.io', ['HTTPProxy']],
  ['contour.heptio.com', ['IngressRoute']],
  ['getambassador.io', ['Mapping', 'TCPMapping']],
  ['configuration.konghq.com', ['TCPIngress', 'UDPIngress']],
  ['k8s.nginx.org', ['VirtualServer', 'TransportServer']],
  ['apisix.apache.org', ['ApisixRoute']],
  ['gateway.solo.io', ['VirtualService']],
  ['cilium.io', ['CiliumEnvoyConfig', 'CiliumClusterwideEnvoyConfig']],
  ['networking.gke.io', ['MultiClusterIngress']],
  ['serving.knative.dev', ['Service', 'Route']],
]);

/** The objects that may open ways into pods which nothing here looks at. */
export function entriesNotRead(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.filter(({ group, kind }) => ENTRIES.get(group)?.includes(kind));
}
