import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { Address } from '../addresses.ts';
import type { Boundaries } from '../intervals.ts';
import { type Client, type Decision, type MeshStep, undecided } from './client.ts';
import { IstioAuthorization } from './istio-authorization.ts';
import type { Question } from './istio-rules.ts';
import type { Plane } from './membership.ts';
import type { MutualTls } from './mesh.ts';
import { isIn, type MeshPod, portList } from './mesh-pod.ts';
import { PeerAuthentications } from './peer-authentication.ts';
import { MeshServices, usesWaypoint } from './services.ts';
import { type IstioSettings, istioSettings } from './settings.ts';

type IstioPlane = 'sidecar' | 'ambient' | 'gateway';

const TRAFFIC = 'traffic.sidecar.istio.io/';
/** Of the sidecar itself, which answers them (manifests/charts/istio-control/istio-discovery/files/injection-template.yaml). */
const OWN_PORTS = [15_020, 15_021, 15_090];

/** What Istio's proxies let through to a pod: first whether they take the connection, then whom they let in. */
export class Istio {
  readonly #settings: IstioSettings;
  readonly #peers: PeerAuthentications;
  readonly #authorization: IstioAuthorization;
  readonly #services: MeshServices;
  readonly #namespaces: ReadonlyMap<string, KubernetesObject>;

  constructor(objects: readonly KubernetesObject[], namespaces: ReadonlyMap<string, KubernetesObject>) {
    this.#settings = istioSettings(objects);
    this.#peers = new PeerAuthentications(objects, this.#settings.rootNamespaces);
    this.#authorization = new IstioAuthorization(objects, this.#settings);
    this.#services = new MeshServices(objects);
    this.#namespaces = namespaces;
  }

  get blocks(): readonly Boundaries<Address>[] {
    return this.#authorization.blocks;
  }

  portsOf(pod: MeshPod): readonly (readonly [from: number, to: number])[] {
    const { annotations } = pod.mesh;
    const ports = [
      ...OWN_PORTS,
      ...this.#peers.portsOf(pod),
      ...this.#authorization.namedFor(pod).ports,
      ...this.#services.portsOf(pod),
    ];
    return [
      ...portList(annotations[`${TRAFFIC}excludeInboundPorts`]),
      ...portList(annotations[`${TRAFFIC}includeInboundPorts`]),
      ...ports.map((port) => [port, port] as const),
    ];
  }

  /** What it asks of clients of a pod. */
  questions(pod: MeshPod, plane: IstioPlane): readonly Question[] {
    return this.#authorization.questions(pod, plane === 'ambient');
  }

  /** The blocks of addresses that are named for a pod. */
  blocksAt(pod: MeshPod): readonly Boundaries<Address>[] {
    return this.#authorization.namedFor(pod).blocks;
  }

  keyOf(pod: MeshPod): string {
    const { annotations } = pod.mesh;
    const ports = this.portsOf(pod);
    return JSON.stringify([
      this.#authorization.keyOf(pod),
      this.#authorization.asksForAddress(pod) ? pod.addresses.map(String) : [],
      [undefined, ...this.#peers.portsOf(pod)].map((port) => this.#peers.modeOf(pod, port, false)),
      Object.entries(annotations).filter(([key]) => !key.includes('utbound')),
      ports.map(([port]) => this.#services.isTcp(pod, port)),
      ports,
      this.#services.clientSettings(pod),
      this.#usesWaypoint(pod),
    ]);
  }

  mutualTls(pod: MeshPod, plane: 'sidecar' | 'ambient', port: number | undefined): MutualTls {
    if (port !== undefined && this.#goesPast(pod, plane, port)) return { mode: 'none', because: [] };
    return this.#peers.modeOf(pod, port, plane === 'ambient');
  }

  /** @param from how the client is in the mesh, where that is known */
  decide(pod: MeshPod, plane: IstioPlane, port: number, client: Client, from: Plane | undefined): Decision {
    if (plane === 'gateway') return this.#atGateway(pod, port, client);
    if (this.#goesPast(pod, plane, port)) return { outcome: 'pass', steps: [] };
    const isAmbient = plane === 'ambient';
    const { mode, because } = this.#peers.modeOf(pod, port, isAmbient);
    const { identity, doubts } = this.#identity(pod, client, from, mode === 'disabled');
    const steps: MeshStep[] = [...doubts];
    let isOpen = doubts.some(({ effect }) => effect === 'undecided') && mode === 'disabled';
    if (mode === 'strict' && identity === 'none') {
      return { outcome: 'refuse', steps: [{ effect: 'denied', statements: because }] };
    }
    if ((mode === 'strict' && identity === 'unknown') || (mode === 'unknown' && identity !== 'unknown')) {
      steps.push({ effect: 'undecided', statements: because });
      isOpen ||= mode === 'strict' || identity === 'none';
    }
    const seen =
      mode === 'disabled' ? 'none' : mode === 'unknown' && identity !== 'none' ? 'unknown' : identity;
    const decision = this.#authorized(pod, port, { ...client, identity: seen }, isAmbient);
    const outcome = decision.outcome === 'pass' && isOpen ? 'unknown' : decision.outcome;
    return { outcome, steps: decision.outcome === 'refuse' ? decision.steps : [...steps, ...decision.steps] };
  }

  #authorized(pod: MeshPod, port: number, client: Client, isAmbient: boolean): Decision {
    const isTcp = this.#services.isTcp(pod, port);
    const destinations = pod.addresses.length > 0 ? pod.addresses : undefined;
    const decision = this.#authorization.decide(pod, { client, port, destinations, isTcp, isAmbient });
    const isAsked = this.#authorization.keyOf(pod) !== '' || this.#authorization.hasTargets(pod);
    // A waypoint decides by requests, and speaks to the pod in its own name.
    if (isAmbient && isAsked && this.#usesWaypoint(pod)) return undecided(decision);
    return isAmbient && decision.outcome === 'refuse' && isBypassed(pod) ? undecided(decision) : decision;
  }

  /** What a gateway demands of its clients is in its listeners, so that only policies for it are asked here, and none is certain. */
  #atGateway(pod: MeshPod, port: number, client: Client): Decision {
    const seen: Client = { ...client, identity: 'unknown' };
    const decision = this.#authorized(pod, port, seen, false);
    return decision.outcome === 'pass' && !this.#authorization.hasTargets(pod)
      ? decision
      : undecided(decision);
  }

  /** With which identity clients come is up to them too: DestinationRules tell them how to speak to a Service. */
  #identity(
    pod: MeshPod,
    { identity }: Client,
    from: Plane | undefined,
    isDisabled: boolean,
  ): { readonly identity: Client['identity']; readonly doubts: readonly MeshStep[] } {
    const isOfProxy = from === 'sidecar' || from === 'gateway' || from === undefined;
    if (identity === 'none' || !isOfProxy) return { identity, doubts: [] };
    const settings = this.#services.clientSettings(pod);
    const odd = settings.filter(({ isMutual }) => isMutual === isDisabled);
    const doubts = odd.map(({ statement }): MeshStep => ({ effect: 'undecided', statements: [statement] }));
    const isSure = this.#settings.hasAutoMutualTls || settings.length > 0;
    return { identity: (odd.length > 0 && !isDisabled) || !isSure ? 'unknown' : identity, doubts };
  }

  #goesPast({ mesh: { annotations } }: MeshPod, plane: IstioPlane, port: number): boolean {
    if (plane !== 'sidecar') return false;
    const included = annotations[`${TRAFFIC}includeInboundPorts`];
    if (included !== undefined && included !== '*' && !isIn(portList(included), port)) return true;
    return OWN_PORTS.includes(port) || isIn(portList(annotations[`${TRAFFIC}excludeInboundPorts`]), port);
  }

  #usesWaypoint(pod: MeshPod): boolean {
    const namespace = this.#namespaces.get(pod.namespace)?.labels ?? {};
    return usesWaypoint(pod.labels) || usesWaypoint(namespace) || this.#services.hasWaypoint(pod);
  }
}

function isBypassed({ mesh: { annotations } }: MeshPod): boolean {
  return annotations['ambient.istio.io/bypass-inbound-capture'] === 'true';
}
