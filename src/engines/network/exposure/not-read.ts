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

/** Whether objects of a kind may let clients outside of the cluster in, and are not evaluated. */
export function isEntryKind(group: string, kind: string): boolean {
  return ENTRIES.get(group)?.includes(kind) ?? false;
}

/** Those of a cluster, as its definitions say; it is not asked for all of them. */
export function entryKinds(
  objects: readonly KubernetesObject[],
): { readonly group: string; readonly kind: string; readonly resource: string }[] {
  return objects
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .flatMap((object) => {
      const group = asString(object.spec['group']) ?? '';
      const names = asObject(object.spec['names']);
      const [kind, resource] = [asString(names?.['kind']) ?? '', asString(names?.['plural']) ?? ''];
      return isEntryKind(group, kind) ? [{ group, kind, resource }] : [];
    });
}

/** The objects that may open ways into pods which nothing here looks at. */
export function entriesNotRead(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.filter(({ group, kind }) => isEntryKind(group, kind));
}
