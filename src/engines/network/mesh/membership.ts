import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { MeshPod } from './mesh-pod.ts';

/**
 * How a pod is in a mesh: through a proxy of its own, through its node's (`ambient`), as a gateway that stands before others, or not
 * at all.
 */
export type Plane = 'sidecar' | 'ambient' | 'gateway' | 'linkerd' | 'none';

export type MeshKind = 'istio' | 'linkerd';

const INJECT = 'sidecar.istio.io/inject';
const REVISION = 'istio.io/rev';
const MODE = 'istio.io/dataplane-mode';

/** Namespaces that Istio's injector leaves out (istio/istio pkg/kube/inject/initializer.go, IgnoredNamespaces). */
const WITHOUT_ISTIO = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage']);
/** Those that Linkerd's is not asked about (charts/linkerd-control-plane/values.yaml, proxyInjector.namespaceSelector). */
const WITHOUT_LINKERD = new Set(['kube-system', 'cert-manager']);

/** What is known of the meshes of a cluster. */
export interface Presence {
  readonly kinds: ReadonlySet<MeshKind>;
  readonly isAmbient: boolean;
}

/** Labels and annotations of a namespace; undefined where it was not seen. */
export type MeshNamespace = Pick<KubernetesObject, 'labels' | 'annotations'> | undefined;

/**
 * How a pod may be in a mesh: one answer where the sources settle it, several where they do not. Whether it is comes from its proxy
 * container where it has one; else from what Istio's and Linkerd's webhooks and Istio's network plugin go by
 * (istio/istio manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml, pkg/kube/inject/inject.go injectRequired,
 * manifests/charts/istio-cni/values.yaml enablementSelectors; linkerd/linkerd2 pkg/inject/report.go disabledByAnnotation).
 */
export function planesOf(pod: MeshPod, namespace: MeshNamespace, presence: Presence): readonly Plane[] {
  const { proxy, isRunning } = pod.mesh;
  // Sidecars leave the network of the node alone, and so does ambient mode.
  if (pod.isOnHostNetwork) return proxy === 'gateway' ? ['gateway'] : ['none'];
  if (proxy === 'gateway') return ['gateway'];
  if (proxy === 'istio' || pod.mesh.annotations['sidecar.istio.io/status'] !== undefined) return ['sidecar'];
  if (proxy === 'linkerd') return ['linkerd'];
  const planes = new Set<Plane>();
  const sidecar = isRunning ? false : injectsIstio(pod, namespace);
  const linkerd = isRunning ? false : injectsLinkerd(pod, namespace);
  if (sidecar === true) return ['sidecar'];
  if (linkerd === true) return ['linkerd'];
  if (sidecar === undefined && presence.kinds.has('istio')) planes.add('sidecar');
  if (linkerd === undefined && presence.kinds.has('linkerd')) planes.add('linkerd');
  const ambient = isAmbient(pod, namespace);
  if (ambient === true) return [...planes, 'ambient'];
  if (ambient === undefined && presence.isAmbient) planes.add('ambient');
  return [...planes, 'none'];
}

/** Undefined where it depends on the namespace and that was not seen. */
function injectsIstio(pod: MeshPod, namespace: MeshNamespace): boolean | undefined {
  if (WITHOUT_ISTIO.has(pod.namespace)) return false;
  const label = pod.labels[INJECT];
  // The label comes before the annotation, which webhooks do not see.
  if (label === 'false' || (label === undefined && pod.mesh.annotations[INJECT] === 'false')) return false;
  const asksItself = label === 'true' || pod.labels[REVISION] !== undefined;
  if (namespace === undefined) return undefined;
  const { labels } = namespace;
  if (labels['istio-injection'] !== undefined) return labels['istio-injection'] === 'enabled';
  return labels[REVISION] !== undefined || asksItself;
}

function injectsLinkerd(pod: MeshPod, namespace: MeshNamespace): boolean | undefined {
  if (WITHOUT_LINKERD.has(pod.namespace)) return false;
  if (namespace?.labels['config.linkerd.io/admission-webhooks'] === 'disabled') return false;
  const own = asked(pod.mesh.annotations['linkerd.io/inject']);
  if (own === 'invalid' || own === false) return false;
  if (namespace === undefined) return own ?? undefined;
  const inherited = asked(namespace.annotations['linkerd.io/inject']);
  return inherited === 'invalid' ? false : (own ?? inherited ?? false);
}

function asked(value: string | undefined): boolean | 'invalid' | undefined {
  if (value === undefined || value === '') return undefined;
  if (value === 'disabled') return false;
  return value === 'enabled' || value === 'ingress' ? true : 'invalid';
}

function isAmbient(pod: MeshPod, namespace: MeshNamespace): boolean | undefined {
  if (pod.mesh.annotations['ambient.istio.io/redirection'] === 'enabled') return true;
  const own = pod.labels[MODE];
  if (own === 'ambient') return true;
  if (own === 'none') return false;
  return namespace === undefined ? undefined : namespace.labels[MODE] === 'ambient';
}

/** Whether a mesh is spoken of where a namespace or a pod says how it is in one. */
export function spokenOf(
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
): { readonly kind?: MeshKind; readonly isAmbient?: boolean } {
  if (labels[MODE] === 'ambient') return { kind: 'istio', isAmbient: true };
  if (annotations['ambient.istio.io/redirection'] !== undefined) return { kind: 'istio', isAmbient: true };
  if (labels['istio-injection'] !== undefined || labels[REVISION] !== undefined || labels[INJECT] === 'true')
    return { kind: 'istio' };
  return annotations['linkerd.io/inject'] === undefined ? {} : { kind: 'linkerd' };
}
