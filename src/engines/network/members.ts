import type { NetworkPod } from './endpoints.ts';
import type { PodSelector } from './policies/policy.ts';
import type { Surroundings } from './surroundings.ts';

/** Finds the pods that a selector selects, among those in the namespaces that it may mean or with a label that it demands. */
export function membersOf(
  pods: readonly NetworkPod[],
  surroundings: Surroundings,
): (selector: PodSelector) => readonly NetworkPod[] {
  const known = new Map<string, readonly NetworkPod[]>();
  const byNamespace = new Map<string, NetworkPod[]>();
  for (const pod of pods) append(byNamespace, pod.namespace, pod);
  const places = [...byNamespace].map(([name, own]) => ({ labels: surroundings.labelsOf(name), pods: own }));
  let byLabel: Map<string, NetworkPod[]> | undefined;
  const having = (label: string): readonly NetworkPod[] => {
    if (byLabel === undefined) {
      byLabel = new Map();
      for (const pod of pods) {
        for (const key in pod.labels) append(byLabel, `${key}=${pod.labels[key]}`, pod);
      }
    }
    return byLabel.get(label) ?? [];
  };
  const candidates = ({ namespaces, labels, derived }: PodSelector): readonly NetworkPod[] => {
    if (typeof namespaces === 'string') return byNamespace.get(namespaces) ?? [];
    // A value that is left out is written like this, and means the empty one; derived labels are no labels of pods.
    const demanded = derived === undefined ? labels.filter((label) => !label.endsWith('=null')) : [];
    if (demanded.length > 0) {
      return demanded.map(having).reduce((fewest, each) => (each.length < fewest.length ? each : fewest));
    }
    return places.filter(({ labels }) => namespaces(labels)).flatMap(({ pods: own }) => own);
  };
  return (selector) => {
    let members = known.get(selector.key);
    if (members === undefined) {
      members = candidates(selector).filter((pod) => surroundings.selects(selector, pod));
      known.set(selector.key, members);
    }
    return members;
  };
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
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
