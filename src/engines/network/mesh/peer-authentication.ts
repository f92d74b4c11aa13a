import { child } from '../../../kubernetes/field-path.ts';
import { asObject, asString, type Json } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { MeshPod } from './mesh-pod.ts';
import { selectsLabels } from './selector.ts';
import { createdAt, oldestOf, type Statement } from './statement.ts';

export type IstioMode = 'strict' | 'permissive' | 'disabled' | 'unknown';

export interface PortMode {
  readonly mode: IstioMode;
  /** What says so; nothing where it is Istio's default. */
  readonly because: readonly Statement[];
}

type Mode = Exclude<IstioMode, 'unknown'> | 'invalid' | undefined;

interface PeerAuthentication {
  readonly object: KubernetesObject;
  readonly createdAt: number | undefined;
  readonly namespace: string;
  /** Undefined where it is for the whole namespace. */
  readonly selector: Json | undefined;
  readonly mode: Mode;
  readonly ports: ReadonlyMap<number, Mode>;
}

const DEFAULT: PortMode = { mode: 'permissive', because: [] };

/**
 * Which connections Istio's proxies accept (istio/istio pilot/pkg/security/authn/policy_applier.go, ComposePeerAuthentication;
 * pilot/pkg/model/authentication.go): a policy with a selector comes before that of the namespace, and this before that of the root
 * namespace, where selectors count for nothing. The oldest holds; where that cannot be told and the modes differ, it is unknown. UNSET is
 * what the wider policy says, PERMISSIVE in the end. Ports are set by policies with a selector alone.
 */
export class PeerAuthentications {
  readonly #byNamespace = new Map<string, PeerAuthentication[]>();
  readonly #roots: ReadonlySet<string>;

  constructor(objects: readonly KubernetesObject[], roots: ReadonlySet<string>) {
    this.#roots = roots;
    for (const object of objects) {
      if (object.group !== 'security.istio.io' || object.kind !== 'PeerAuthentication') continue;
      const policy = read(object);
      const same = this.#byNamespace.get(policy.namespace);
      if (same === undefined) this.#byNamespace.set(policy.namespace, [policy]);
      else same.push(policy);
    }
  }

  /** The ports that policies set for themselves. */
  portsOf(pod: MeshPod): readonly number[] {
    return this.#ofWorkload(pod).flatMap(({ ports }) => [...ports.keys()]);
  }

  /** @param port undefined for one that no policy sets for itself */
  modeOf(pod: MeshPod, port: number | undefined, isAmbient: boolean): PortMode {
    const mode = this.#modeOf(pod, port, isAmbient);
    // Ambient mode cannot be switched off here; DISABLE then lets in plaintext, as PERMISSIVE does.
    return isAmbient && mode.mode === 'disabled' ? { ...mode, mode: 'permissive' } : mode;
  }

  #modeOf(pod: MeshPod, port: number | undefined, isAmbient: boolean): PortMode {
    const contenders = oldestOf(this.#ofWorkload(pod));
    const inherited = this.#inherited(pod);
    if (contenders.length === 0) return inherited;
    const modes = contenders.map((policy): PortMode => {
      const own = resolved(policy, policy.mode, 'spec.mtls.mode', inherited);
      const set = port === undefined ? undefined : policy.ports.get(port);
      if (port === undefined || set === undefined) return own;
      const path = `${child('spec.portLevelMtls', String(port))}.mode`;
      const isOdd = isAmbient && set === 'disabled' && policy.mode === undefined && own.mode === 'strict';
      // ComposePeerAuthentication and its counterpart of ambient mode (ambient/authorization.go) do not agree here.
      return isOdd ? unknown([policy], path) : resolved(policy, set, path, own);
    });
    return sameOf(modes, contenders);
  }

  #inherited({ namespace }: MeshPod): PortMode {
    const level = (namespaces: readonly string[], parent: PortMode): PortMode => {
      const wide = namespaces.flatMap((name) =>
        (this.#byNamespace.get(name) ?? []).filter(({ selector }) => selector === undefined),
      );
      const contenders = oldestOf(wide);
      if (contenders.length === 0) return parent;
      const modes = contenders.map((policy) => resolved(policy, policy.mode, 'spec.mtls.mode', parent));
      return sameOf(modes, contenders);
    };
    const roots = [...this.#roots];
    const ofMesh = roots.map((root) => level([root], DEFAULT));
    const mesh = ofMesh.every(({ mode }) => mode === ofMesh[0]!.mode)
      ? ofMesh[0]!
      : { mode: 'unknown' as const, because: ofMesh.flatMap(({ because }) => because) };
    return this.#roots.has(namespace) ? mesh : level([namespace], mesh);
  }

  #ofWorkload(pod: MeshPod): readonly PeerAuthentication[] {
    if (this.#roots.has(pod.namespace)) return [];
    return (this.#byNamespace.get(pod.namespace) ?? []).filter(
      ({ selector }) => selector !== undefined && selectsLabels(selector, pod.labels),
    );
  }
}

function read(object: KubernetesObject): PeerAuthentication {
  const labels = asObject(asObject(object.spec['selector'])?.['matchLabels']);
  const ports = Object.entries(asObject(object.spec['portLevelMtls']) ?? {});
  return {
    object,
    createdAt: createdAt(object),
    namespace: object.namespace ?? 'default',
    selector: labels === undefined || Object.keys(labels).length === 0 ? undefined : labels,
    mode: modeIn(object.spec['mtls']),
    ports: new Map(ports.map(([port, setting]) => [Number(port), modeIn(setting)])),
  };
}

function modeIn(setting: Json | undefined): Mode {
  const mode = asString(asObject(setting)?.['mode']) ?? 'UNSET';
  if (mode === 'UNSET') return undefined;
  return mode === 'STRICT' || mode === 'PERMISSIVE'
    ? (mode.toLowerCase() as Mode)
    : mode === 'DISABLE'
      ? 'disabled'
      : 'invalid';
}

function resolved(policy: PeerAuthentication, mode: Mode, path: string, parent: PortMode): PortMode {
  if (mode === undefined) return parent;
  return mode === 'invalid'
    ? unknown([policy], path)
    : { mode, because: [{ object: policy.object.raw, path }] };
}

function unknown(policies: readonly PeerAuthentication[], path: string): PortMode {
  return { mode: 'unknown', because: policies.map(({ object }) => ({ object: object.raw, path })) };
}

function sameOf(modes: readonly PortMode[], contenders: readonly PeerAuthentication[]): PortMode {
  const [first] = modes;
  return modes.every(({ mode }) => mode === first!.mode) ? first! : unknown(contenders, 'spec');
}
