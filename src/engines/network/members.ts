import type { NetworkPod } from './endpoints.ts';
import type { PodSelector } from './policies/policy.ts';
import type { Surroundings } from './surroundings.ts';

/** Finds the pods that a selector selects, in the namespaces that it may mean. */
export function membersOf(
  pods: readonly NetworkPod[],
  surroundings: Surroundings,
): (selector: PodSelector) => readonly NetworkPod[] {
  const known = new Map<string, readonly NetworkPod[]>();
  const byNamespace = new Map<string, NetworkPod[]>();
  for (const pod of pods) {
    const same = byNamespace.get(pod.namespace);
    if (same === undefined) byNamespace.set(pod.namespace, [pod]);
    else same.push(pod);
  }
  return (selector) => {
    const { namespaces, key } = selector;
    let members = known.get(key);
    if (members === undefined) {
      const there =
        typeof namespaces === 'string'
          ? (byNamespace.get(namespaces) ?? [])
          : [...byNamespace].flatMap(([name, own]) => (namespaces(surroundings.labelsOf(name)) ? own : []));
      members = there.filter((pod) => surroundings.selects(selector, pod));
      known.set(key, members);
    }
    return members;
  };
}

/** Remembers the names of each pod's ports as one text, which is equal where the names mean the same. */
export function portNamesOf(): (pod: NetworkPod) => string {
  const known = new Map<NetworkPod, string>();
  return (pod) => {
    let names = known.get(pod);
    if (names === undefined) {
      names = JSON.stringify(pod.ports.filter(({ name }) => name !== undefined));
      known.set(pod, names);
    }
    return names;
  };
}
