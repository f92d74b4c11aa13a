import type { NetworkPod } from '../endpoints.ts';
import type { NetworkModel } from '../model.ts';
import type { Verdict } from '../side.ts';
import type { AnyPod } from './any-pod.ts';

/** Labels by which the pods of ingress controllers and gateways are made, as their own manifests and charts state them. */
const PROXIES: readonly Readonly<Record<string, string>>[] = [
  { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' },
  { 'app.kubernetes.io/name': 'nginx-ingress' },
  { 'app.kubernetes.io/name': 'traefik' },
  { 'app.kubernetes.io/name': 'kubernetes-ingress' },
  { 'app.kubernetes.io/name': 'haproxy-ingress' },
  { 'app.kubernetes.io/name': 'contour', 'app.kubernetes.io/component': 'envoy' },
  { 'app.kubernetes.io/name': 'kong' },
  { 'app.kubernetes.io/name': 'emissary-ingress' },
  { 'app.kubernetes.io/name': 'apisix' },
  { istio: 'ingressgateway' },
];
/** Labels that say so whatever their value: GEP-1762, Envoy Gateway, OpenShift's router. */
const PROXY_KEYS = [
  'gateway.networking.k8s.io/gateway-name',
  'gateway.envoyproxy.io/owning-gateway-name',
  'ingresscontroller.operator.openshift.io/deployment-ingresscontroller',
];

/** Whether a pod serves Ingresses, Gateways or Routes, by its labels. */
export function isProxy({ labels }: NetworkPod): boolean {
  return (
    PROXIES.some((wanted) => Object.entries(wanted).every(([key, value]) => labels[key] === value)) ||
    PROXY_KEYS.some((key) => labels[key] !== undefined)
  );
}

/** The pods that serve Ingresses, Gateways and Routes. */
export class Proxies {
  readonly #model: NetworkModel;
  readonly #anyPod: AnyPod;
  readonly #pods: readonly NetworkPod[];

  constructor(model: NetworkModel, anyPod: AnyPod, pods: readonly NetworkPod[]) {
    this.#model = model;
    this.#anyPod = anyPod;
    this.#pods = pods.filter(isProxy);
  }

  /**
   * What a proxy may send to a pod. Known is what any pod may send, or all proxies that were seen; which of several serves an entry, and
   * which pods do where none was seen, is not.
   */
  into(pod: NetworkPod): Verdict {
    const { algebra } = this.#model;
    const { every, some, unknown } = this.#anyPod.into(pod);
    const seen = this.#pods
      .filter((proxy) => proxy !== pod)
      .map((proxy) => this.#model.betweenClasses(proxy, pod));
    const [first, ...others] = seen;
    const common =
      first && others.reduce((set, each) => algebra.intersection(set, each.allowed), first.allowed);
    const allowed = algebra.union(every, common ?? algebra.none);
    const possible = seen.reduce(
      (set, each) => algebra.union(set, algebra.union(each.allowed, each.unknown)),
      seen.length === 0 ? algebra.union(some, unknown) : algebra.none,
    );
    return { allowed, unknown: algebra.difference(possible, allowed) };
  }

  /** Whether one of them is on the network of its node, which policies do not stop where it is that of the pod as well. */
  get isOnNodes(): boolean {
    return this.#pods.some(({ isOnHostNetwork }) => isOnHostNetwork);
  }
}
