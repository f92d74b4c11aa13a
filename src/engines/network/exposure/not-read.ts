import { asObject, asString } from '../../../kubernetes/json.ts';
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

/** Kinds that are read where files state them, and that a cluster may have without being asked for them. */
const MORE_ENTRIES = new Map<string, readonly string[]>([
  ['gateway.networking.k8s.io', ['TLSRoute', 'TCPRoute', 'UDPRoute']],
  ['route.openshift.io', ['Route']],
]);

/** The kinds by which a cluster may let clients in, as its definitions and aggregated APIs say. */
export function entryKinds(
  objects: readonly KubernetesObject[],
): { readonly group: string; readonly kind: string; readonly resource: string }[] {
  return objects.flatMap((object) => {
    const group = asString(object.spec['group']) ?? '';
    const known = [...(ENTRIES.get(group) ?? []), ...(MORE_ENTRIES.get(group) ?? [])];
    if (object.kind === 'CustomResourceDefinition') {
      const names = asObject(object.spec['names']);
      const [kind, resource] = [asString(names?.['kind']) ?? '', asString(names?.['plural']) ?? ''];
      return known.includes(kind) ? [{ group, kind, resource }] : [];
    }
    // Aggregated APIs do not tell their kinds; OpenShift has this one without a definition.
    if (object.kind !== 'APIService' || group !== 'route.openshift.io') return [];
    return [{ group, kind: 'Route', resource: 'routes' }];
  });
}

/** The objects that may open ways into pods which nothing here looks at. */
export function entriesNotRead(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.filter(({ group, kind }) => ENTRIES.get(group)?.includes(kind));
}
