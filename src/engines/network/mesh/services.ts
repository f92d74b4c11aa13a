import { asArray, asNumber, asObject, asObjects, asString } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { SelectorIndex } from '../../../kubernetes/selector-index.ts';
import type { MeshPod } from './mesh-pod.ts';
import { selectsLabels } from './selector.ts';
import type { Statement } from './statement.ts';

/**
 * Protocols whose ports Istio's proxies pass on as TCP, by `appProtocol` or by the name's part before `-`
 * (https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/).
 */
const TCP = new Set(['tcp', 'tls', 'https', 'mongo', 'mysql', 'redis']);

interface ClientSetting {
  readonly host: string;
  /** Whether it is Istio's own mutual TLS and nothing else. */
  readonly isMutual: boolean;
  readonly statement: Statement;
}

/** What Services and DestinationRules say of how pods are spoken to. */
export class MeshServices {
  readonly #byNamespace = new Map<string, SelectorIndex<KubernetesObject>>();
  readonly #selected = new WeakMap<MeshPod, readonly KubernetesObject[]>();
  readonly #spoken = new WeakMap<MeshPod, ReadonlyMap<number, 'tcp' | 'http'>>();
  readonly #settings: readonly ClientSetting[];

  constructor(objects: readonly KubernetesObject[]) {
    for (const object of objects) {
      if (object.apiVersion !== 'v1' || object.kind !== 'Service') continue;
      const selector = Object.entries(asObject(object.spec['selector']) ?? {});
      if (selector.length === 0) continue;
      const namespace = object.namespace ?? 'default';
      const index = this.#byNamespace.get(namespace) ?? new SelectorIndex();
      this.#byNamespace.set(namespace, index);
      index.add(
        object,
        selector.map(([key, value]) => ({ key, operator: '=', values: [asString(value) ?? ''] })),
      );
    }
    this.#settings = objects
      .filter(({ group, kind }) => group === 'networking.istio.io' && kind === 'DestinationRule')
      .flatMap(settingOf);
  }

  /** Whether all Services say that a port of a pod is not HTTP. */
  isTcp(pod: MeshPod, port: number): boolean {
    let spoken = this.#spoken.get(pod);
    if (spoken === undefined) {
      spoken = this.#spokenOf(pod);
      this.#spoken.set(pod, spoken);
    }
    return spoken.get(port) === 'tcp';
  }

  /** Worked out once for a pod: many Services may lead to its many ports. */
  #spokenOf(pod: MeshPod): ReadonlyMap<number, 'tcp' | 'http'> {
    const byName = new Map<string | undefined, number[]>();
    for (const { name, port } of pod.ports) byName.set(name, [...(byName.get(name) ?? []), port]);
    const spoken = new Map<number, 'tcp' | 'http'>();
    for (const { spec } of this.#selecting(pod)) {
      for (const each of asObjects(spec['ports'])) {
        const stated = asString(each['appProtocol']) ?? (asString(each['name']) ?? '').split('-')[0]!;
        const protocol = TCP.has(stated.toLowerCase()) ? 'tcp' : 'http';
        const target = each['targetPort'] ?? each['port'];
        const ports = typeof target === 'number' ? [target] : (byName.get(asString(target)) ?? []);
        for (const port of ports) if (spoken.get(port) !== 'http') spoken.set(port, protocol);
      }
    }
    return spoken;
  }

  /** The ports of a pod to which Services lead by number. */
  portsOf(pod: MeshPod): readonly number[] {
    const named = pod.ports.map(({ port }) => port);
    const targets = this.#selecting(pod).flatMap(({ spec }) =>
      (asArray(spec['ports']) ?? []).flatMap((each) => {
        const port = asObject(each);
        return asNumber(port?.['targetPort']) ?? asNumber(port?.['port']) ?? [];
      }),
    );
    return [...named, ...targets];
  }

  /** Whether what goes to a pod may pass a waypoint, which speaks for the clients. */
  hasWaypoint(pod: MeshPod): boolean {
    return this.#selecting(pod).some(({ labels }) => usesWaypoint(labels));
  }

  /** How clients of Istio are told to speak to a pod, by the name of one of its Services. */
  clientSettings(pod: MeshPod): readonly ClientSetting[] {
    if (this.#settings.length === 0) return [];
    const hosts = this.#selecting(pod).map(({ name }) => `${name}.${pod.namespace}.svc.cluster.local`);
    return this.#settings.filter(({ host }) => hosts.some((each) => isHost(host, each)));
  }

  #selecting(pod: MeshPod): readonly KubernetesObject[] {
    let selected = this.#selected.get(pod);
    if (selected === undefined) {
      const near = this.#byNamespace.get(pod.namespace)?.around(pod.labels) ?? [];
      selected = near.filter(({ spec }) => selectsLabels(asObject(spec['selector'])!, pod.labels));
      this.#selected.set(pod, selected);
    }
    return selected;
  }
}

export function usesWaypoint(labels: Readonly<Record<string, string>>): boolean {
  const waypoint = labels['istio.io/use-waypoint'];
  return waypoint !== undefined && waypoint !== 'none';
}

function isHost(pattern: string, host: string): boolean {
  return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) : pattern === host;
}

/** A name without a dot is one in the rule's own namespace (istio.io/api networking/v1alpha3 DestinationRule.host). */
function settingOf(object: KubernetesObject): ClientSetting[] {
  const host = asString(object.spec['host']) ?? '';
  const policies = [object.spec, ...asObjects(object.spec['subsets'])]
    .map((each) => asObject(each['trafficPolicy']) ?? {})
    .flatMap((policy) => [policy, ...asObjects(policy['portLevelSettings'])]);
  const modes = policies.flatMap((policy) => {
    const tls = asObject(policy['tls']);
    return tls === undefined ? [] : [asString(tls['mode']) ?? 'DISABLE'];
  });
  if (modes.length === 0) return [];
  return [
    {
      host:
        host.includes('.') || host === '*'
          ? host
          : `${host}.${object.namespace ?? 'default'}.svc.cluster.local`,
      isMutual: modes.every((mode) => mode === 'ISTIO_MUTUAL'),
      statement: { object: object.raw, path: 'spec.trafficPolicy' },
    },
  ];
}
