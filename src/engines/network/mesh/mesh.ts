import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { Address } from '../addresses.ts';
import { type Endpoint, isPod } from '../endpoints.ts';
import type { Boundaries } from '../intervals.ts';
import { type Client, type Decision, identityOf, type MeshStep, undecided } from './client.ts';
import { Istio } from './istio.ts';
import type { Question } from './istio-rules.ts';
import { LinkerdAuthorization } from './linkerd-authorization.ts';
import { type MeshKind, type Plane, type Presence, planesOf, spokenOf } from './membership.ts';
import { type MeshPod, meshOf } from './mesh-pod.ts';
import { linkerdSettings } from './settings.ts';
import type { Statement } from './statement.ts';
import { agreed } from './truth.ts';

/**
 * Whether connections to a port are under mutual TLS: `strict`, plaintext is refused; `permissive`, pods of the mesh use it and others
 * need not; `disabled`, nobody does; `none`, no proxy stands before the port; `unknown` where the sources leave it open.
 */
export interface MutualTls {
  readonly mode: 'strict' | 'permissive' | 'disabled' | 'none' | 'unknown';
  /** What says so; nothing where it is the mesh's default. */
  readonly because: readonly Statement[];
}

/** Whoever connects to a pod; `stranger` is a pod of which nothing is known. */
export type Peer = Endpoint | 'stranger';

/** What is in a service mesh, Istio or Linkerd, and what its proxies let through to pods. They see TCP alone. */
export class Mesh {
  readonly presence: Presence;
  readonly #namespaces = new Map<string, KubernetesObject>();
  readonly #istio: Istio;
  readonly #linkerd: LinkerdAuthorization;
  /** Whether machines outside of the cluster or other clusters belong to the mesh. */
  readonly #isWide: boolean;
  readonly #asClients: Record<MeshKind, WeakMap<MeshPod, readonly Possibility[]>> = {
    istio: new WeakMap(),
    linkerd: new WeakMap(),
  };
  readonly #planes = new WeakMap<MeshPod, readonly Plane[]>();
  readonly #questions = new WeakMap<MeshPod, readonly (readonly Question[])[]>();

  /** Undefined where nothing among the objects speaks of a mesh. */
  static of(objects: readonly KubernetesObject[], pods: readonly MeshPod[]): Mesh | undefined {
    const presence = presenceOf(objects, pods);
    return presence.kinds.size === 0 ? undefined : new Mesh(objects, presence);
  }

  private constructor(objects: readonly KubernetesObject[], presence: Presence) {
    this.presence = presence;
    for (const object of objects) {
      if (object.kind === 'Namespace' && object.apiVersion === 'v1')
        this.#namespaces.set(object.name, object);
    }
    this.#istio = new Istio(objects, this.#namespaces);
    this.#linkerd = new LinkerdAuthorization(objects, linkerdSettings(objects), this.#namespaces);
    this.#isWide = objects.some(isOfElsewhere);
  }

  /** How a pod is in a mesh; several possibilities where the sources leave that open. */
  planesOf(pod: MeshPod): readonly Plane[] {
    let planes = this.#planes.get(pod);
    if (planes === undefined) {
      planes = planesOf(pod, this.#namespaces.get(pod.namespace), this.presence);
      this.#planes.set(pod, planes);
    }
    return planes;
  }

  /** @param port undefined for one that nothing sets apart */
  mutualTls(pod: MeshPod, port?: number): MutualTls {
    const possible = this.planesOf(pod).map((plane) => this.#mutualTls(pod, plane, port));
    const mode = agreed(
      possible.map((each) => each.mode),
      'unknown',
    );
    const because = new Map(
      possible.flatMap((each) => each.because).map((each) => [JSON.stringify(each), each]),
    );
    return { mode, because: [...because.values()] };
  }

  #mutualTls(pod: MeshPod, plane: Plane, port: number | undefined): MutualTls {
    switch (plane) {
      case 'none':
        return { mode: 'none', because: [] };
      case 'gateway':
        // What it demands of its clients is said by its servers, listener by listener.
        return { mode: 'unknown', because: [] };
      case 'linkerd': {
        const { answer, because } = this.#linkerd.takesPlaintext(pod, port ?? 0);
        return { mode: answer === 'unknown' ? answer : answer === 'no' ? 'strict' : 'permissive', because };
      }
      default:
        return this.#istio.mutualTls(pod, plane, port);
    }
  }

  /** The ports of a pod that are set apart from the others, as ranges. */
  portsOf(pod: MeshPod): readonly (readonly [from: number, to: number])[] {
    return this.planesOf(pod).flatMap((plane) => {
      if (plane === 'none') return [];
      return plane === 'linkerd' ? this.#linkerd.portsOf(pod) : this.#istio.portsOf(pod);
    });
  }

  /** Equal for pods whose proxies let through the same. */
  keyOf(pod: MeshPod): string {
    const planes = this.planesOf(pod);
    const of = (plane: Plane) => {
      if (plane === 'none') return '';
      return plane === 'linkerd' ? this.#linkerd.keyOf(pod) : this.#istio.keyOf(pod);
    };
    return planes.map((plane) => `${plane} ${of(plane)}`).join();
  }

  /** Equal for peers that are the same to a pod's proxies. */
  signature(pod: MeshPod, peer: Peer, mayBeNode: boolean): string | number {
    const questions = this.#questionsOf(pod);
    const planes = this.planesOf(pod);
    // Digits of a number, in texts where there are too many of them; asked for each pair of pods.
    let text = '';
    let digits = mayBeNode ? 2 : 1;
    for (let index = 0; index < planes.length; index++) {
      for (const { client, sign } of this.#clients(peer, planes[index]!)) {
        digits = digits * SIGNS + sign;
        for (const asks of questions[index]!) {
          if (digits > MOST_DIGITS) {
            text += `${digits} `;
            digits = 1;
          }
          const answer = asks(client);
          digits = digits * 3 + (answer === 'no' ? 0 : answer === 'yes' ? 1 : 2);
        }
      }
    }
    return text === '' ? digits : `${text}${digits}`;
  }

  #questionsOf(pod: MeshPod): readonly (readonly Question[])[] {
    let questions = this.#questions.get(pod);
    if (questions === undefined) {
      questions = this.planesOf(pod).map((plane) => {
        if (plane === 'none') return [];
        return plane === 'linkerd' ? this.#linkerd.questions(pod) : this.#istio.questions(pod, plane);
      });
      this.#questions.set(pod, questions);
    }
    return questions;
  }

  /** The blocks of addresses that are named for a pod. */
  blocksAt(pod: MeshPod): readonly Boundaries<Address>[] {
    return this.planesOf(pod).flatMap((plane) => {
      if (plane === 'none') return [];
      return plane === 'linkerd' ? this.#linkerd.blocks : this.#istio.blocksAt(pod);
    });
  }

  get blocks(): readonly Boundaries<Address>[] {
    const linkerd = this.presence.kinds.has('linkerd') ? this.#linkerd.blocks : [];
    return [...this.#istio.blocks, ...linkerd];
  }

  /**
   * What becomes of a connection by TCP.
   * @param mayBeNode whether the peer may be the node that the pod runs on
   */
  decide(pod: MeshPod, port: number, peer: Peer, mayBeNode: boolean): Decision {
    const decisions = this.planesOf(pod).flatMap((plane) =>
      this.#clients(peer, plane).map((client) => {
        const decision = this.#decide(pod, plane, port, client);
        // Ambient mode lets the kubelet of the node through, whom it cannot tell from all else there.
        return plane === 'ambient' && mayBeNode && decision.outcome === 'refuse'
          ? undecided(decision)
          : decision;
      }),
    );
    const outcome = agreed(
      decisions.map((each) => each.outcome),
      'unknown',
    );
    const steps = new Map<string, MeshStep>();
    for (const { outcome: own, steps: told } of decisions) {
      for (const step of told) {
        // What refuses in one of several possibilities does not for certain.
        const isCertain = own === outcome || step.effect === 'allowed';
        const each = isCertain ? step : { ...step, effect: 'undecided' as const };
        const key = JSON.stringify(each);
        if (!steps.has(key)) steps.set(key, each);
      }
    }
    return { outcome, steps: [...steps.values()] };
  }

  #decide(pod: MeshPod, plane: Plane, port: number, { client, plane: from }: Possibility): Decision {
    if (plane === 'none') return { outcome: 'pass', steps: [] };
    if (plane === 'linkerd') return this.#linkerd.decide(pod, port, client);
    return this.#istio.decide(pod, plane, port, client, from);
  }

  /** Who a peer may be to a proxy of a plane. */
  #clients(peer: Peer, before: Plane): readonly Possibility[] {
    if (before === 'none') return ONLY_NOBODY;
    if (peer === 'stranger' || (isPod(peer) && peer.namespace === '')) return ONLY_STRANGER;
    if (!isPod(peer)) {
      const identity = this.#isWide ? 'unknown' : 'none';
      return [possibility({ identity, addresses: [peer], isPod: false }, 'none')];
    }
    const kind = before === 'linkerd' ? 'linkerd' : 'istio';
    let possible = this.#asClients[kind].get(peer);
    if (possible === undefined) {
      possible = this.#possible(peer, kind);
      this.#asClients[kind].set(peer, possible);
    }
    return possible;
  }

  #possible(peer: MeshPod, kind: MeshKind): readonly Possibility[] {
    const addresses = peer.addresses.length > 0 ? peer.addresses : undefined;
    return this.planesOf(peer).map((plane) => {
      const isSame = kind === 'linkerd' ? plane === 'linkerd' : plane !== 'none' && plane !== 'linkerd';
      const own = identityOf(peer.namespace, peer.serviceAccount);
      const identity = !isSame ? 'none' : goesPast(peer, plane) ? 'unknown' : own;
      return possibility({ identity, addresses, isPod: !peer.isOnHostNetwork }, plane);
    });
  }
}

interface Possibility {
  readonly client: Client;
  /** Undefined where that is not known. */
  readonly plane: Plane | undefined;
  /** Both, but for who it is. */
  readonly sign: number;
}

function possibility(client: Client, plane: Plane | undefined): Possibility {
  const { identity } = client;
  const kind = identity === 'none' ? 0 : identity === 'unknown' ? 1 : 2;
  return { client, plane, sign: kind * PLANES.length + PLANES.indexOf(plane) };
}

const PLANES = [undefined, 'none', 'sidecar', 'ambient', 'gateway', 'linkerd'] as const;
const SIGNS = 3 * PLANES.length;
/** Below it, another sign and another answer fit into an integer. */
const MOST_DIGITS = 2 ** 45;

const NOBODY: Client = { identity: 'none', addresses: undefined, isPod: true };
const ONLY_NOBODY = [possibility(NOBODY, 'none')];
const ONLY_STRANGER = [possibility({ ...NOBODY, identity: 'unknown' }, undefined)];

/** Whether some of what a pod sends goes past its proxy, in plaintext. */
function goesPast({ mesh: { annotations } }: MeshPod, plane: Plane): boolean {
  if (plane === 'linkerd') return annotations['config.linkerd.io/skip-outbound-ports'] !== undefined;
  return plane === 'sidecar' && Object.keys(annotations).some((key) => OUTBOUND.test(key));
}

const OUTBOUND = /^traffic\.sidecar\.istio\.io\/(?:in|ex)cludeOutbound/;

function presenceOf(objects: readonly KubernetesObject[], pods: readonly MeshPod[]): Presence {
  const kinds = new Set<MeshKind>();
  let isAmbient = false;
  const note = (spoken: ReturnType<typeof spokenOf>) => {
    if (spoken.kind !== undefined) kinds.add(spoken.kind);
    isAmbient ||= spoken.isAmbient === true;
  };
  for (const object of objects) {
    const kind = meshOf(object);
    if (kind !== undefined) kinds.add(kind);
    if (object.kind === 'Namespace') note(spokenOf(object.labels, object.annotations));
  }
  for (const { labels, mesh } of pods) {
    note(spokenOf(labels, mesh.annotations));
    if (mesh.proxy !== undefined) kinds.add(mesh.proxy === 'linkerd' ? 'linkerd' : 'istio');
  }
  return { kinds, isAmbient };
}

function isOfElsewhere({ group, kind, labels }: KubernetesObject): boolean {
  if (group === 'networking.istio.io') return kind === 'WorkloadEntry' || kind === 'WorkloadGroup';
  if (group === 'workload.linkerd.io' || group === 'multicluster.linkerd.io') return true;
  return kind === 'Secret' && labels['istio/multiCluster'] === 'true';
}
