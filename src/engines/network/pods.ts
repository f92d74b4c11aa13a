import { asArray, asObject, asString } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Workload } from '../../kubernetes/workload.ts';
import type { Address } from './addresses.ts';
import type { PodFinder } from './endpoint-slices.ts';
import type { NetworkPod } from './endpoints.ts';
import { podOf } from './from-objects.ts';

const MAX_OWNERS = 8;

/** Finds running pods among those that stand for all pods of their owner. */
export class Pods implements PodFinder {
  readonly #running = new Map<string, Workload>();
  readonly #standing = new Map<KubernetesObject, NetworkPod[]>();
  readonly #byUid = new Map<string, KubernetesObject>();
  #byAddress: Map<Address, Workload> | undefined;

  /** @param standing the pods that stand for others, with what they were read from */
  constructor(stated: readonly Workload[], standing: ReadonlyMap<NetworkPod, Workload>) {
    for (const [pod, { object }] of standing) {
      const known = this.#standing.get(object);
      if (known === undefined) this.#standing.set(object, [pod]);
      else known.push(pod);
    }
    for (const workload of stated) {
      const uid = asString(workload.object.metadata['uid']);
      if (uid !== undefined) this.#byUid.set(uid, workload.object);
      if (workload.kind === 'Pod') this.#running.set(`${workload.namespace}/${workload.name}`, workload);
    }
  }

  named(namespace: string, name: string): readonly NetworkPod[] {
    const workload = this.#running.get(`${namespace}/${name}`);
    return workload === undefined ? [] : this.#standingFor(workload);
  }

  at(address: Address): readonly NetworkPod[] {
    if (this.#byAddress === undefined) {
      this.#byAddress = new Map();
      for (const workload of this.#running.values()) {
        // The address of a node is that of all pods on its network.
        const { addresses, isOnHostNetwork } = podOf(workload);
        if (!isOnHostNetwork) for (const each of addresses) this.#byAddress.set(each, workload);
      }
    }
    const workload = this.#byAddress.get(address);
    return workload === undefined ? [] : this.#standingFor(workload);
  }

  #standingFor({ object }: Workload): readonly NetworkPod[] {
    let next: KubernetesObject | undefined = object;
    for (let steps = 0; next !== undefined && steps < MAX_OWNERS; steps++) {
      const found = this.#standing.get(next);
      if (found !== undefined) return found;
      const uid = asString(controllerReference(next)?.['uid']);
      next = uid === undefined ? undefined : this.#byUid.get(uid);
    }
    return [];
  }
}

/** The owners that stand for pods that run, as these are like their templates. */
export function ownersOfRunning(
  stated: readonly Workload[],
  subjects: readonly Workload[],
): ReadonlySet<KubernetesObject> {
  const standing = new Set(subjects.map(({ object }) => object));
  const byUid = new Map(stated.map(({ object }) => [asString(object.metadata['uid']), object]));
  const owners = new Set<KubernetesObject>();
  for (const { object } of stated) {
    if (object.kind !== 'Pod' || standing.has(object)) continue;
    if (asObject(object.raw['status'])?.['podIP'] === undefined) continue;
    let next: KubernetesObject | undefined = object;
    for (let steps = 0; next !== undefined && steps < MAX_OWNERS && !standing.has(next); steps++) {
      const uid: string | undefined = asString(controllerReference(next)?.['uid']);
      next = uid === undefined ? undefined : byUid.get(uid);
    }
    if (next !== undefined && standing.has(next)) owners.add(next);
  }
  return owners;
}

/** The owner that a pod names. */
export function controllerOf(object: KubernetesObject): { kind: string; name: string } | undefined {
  if (object.kind !== 'Pod') return undefined;
  const reference = controllerReference(object);
  const [owner, name] = [asString(reference?.['kind']), asString(reference?.['name'])];
  // A reference without a kind is refused; its pods belong together all the same.
  return owner !== 'Node' && name ? { kind: owner || 'Pod', name } : undefined;
}

function controllerReference({ metadata }: KubernetesObject) {
  return (asArray(metadata['ownerReferences']) ?? [])
    .map(asObject)
    .find((reference) => reference?.['controller'] === true);
}
