import { NamedPeers, type NetworkPod, type PortSet } from '../engines/network/index.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { Tenants } from '../kubernetes/tenants.ts';
import { networkOf } from './network-of.ts';
import { few } from './network-questions.ts';

/** Pairs of pods that are judged for one namespace; beyond that, what was not asked is not known. */
const MOST_PAIRS = 20_000;

export interface Crossings {
  /** An example; undefined where there is none. */
  readonly first:
    | { readonly from: string; readonly other: string; readonly to: string; readonly ports: string }
    | undefined;
  /** Workloads of the namespace that pods of another tenant reach, of so many. */
  readonly count: number;
  readonly total: number;
  readonly pairs: number;
  readonly isUndecided: boolean;
  readonly isCutShort: boolean;
}

interface Group {
  readonly name: string;
  readonly namespace: string;
  readonly pods: readonly NetworkPod[];
}

/** What pods of other tenants may open to those of a namespace; undefined where there is nobody to ask about. */
export function crossings(namespace: string, tenants: Tenants, cluster: Cluster): Crossings | undefined {
  const { model } = networkOf(cluster);
  const { byNamespace, byPod, peers } = groupsOf(cluster);
  const tenant = tenants.byNamespace.get(namespace);
  const isForeign = ({ namespace: of }: Group) => {
    const other = tenants.byNamespace.get(of);
    return other !== undefined && other !== tenant;
  };
  const foreign = cluster.memo(`workloads of tenants but ${tenant}`, () =>
    [...tenants.byNamespace.keys()].flatMap((name) => byNamespace.get(name) ?? []).filter(isForeign),
  );
  const targets = byNamespace.get(namespace) ?? [];
  if (targets.length === 0 || foreign.length === 0) return undefined;
  let [count, pairs, isUndecided] = [0, 0, false];
  let first: Crossings['first'];
  for (const target of targets) {
    const reaching = firstThat(candidates(target), (source) => {
      for (const [from, to] of product(source.pods, target.pods)) {
        pairs++;
        const { allowed, unknown } = model.betweenClasses(from, to);
        isUndecided ||= !unknown.isEmpty;
        if (!allowed.isEmpty) return allowed;
        if (pairs >= MOST_PAIRS) break;
      }
      return undefined;
    });
    if (reaching === undefined) continue;
    count++;
    const [source, ports] = reaching;
    const other = tenants.byNamespace.get(source.namespace)!;
    first ??= { from: source.name, other, to: target.name, ports: text(ports) };
  }
  return { first, count, total: targets.length, pairs, isUndecided, isCutShort: pairs >= MOST_PAIRS };

  /** Those of whom the target's rules speak, where all others are stopped there anyway. */
  function candidates(target: Group): Iterable<Group> {
    const named = target.pods.map((pod) => peers.into(pod));
    return named.includes(undefined) ? foreign : foreignAmong(named.flatMap((each) => [...each!]));
  }

  // One by one: mostly the first of thousands answers the question.
  function* foreignAmong(pods: readonly NetworkPod[]): Generator<Group> {
    const seen = new Set<Group>();
    for (const pod of pods) {
      for (const group of byPod.get(pod) ?? []) {
        if (seen.has(group) || !isForeign(group)) continue;
        seen.add(group);
        yield group;
      }
    }
  }

  function firstThat<T>(groups: Iterable<Group>, ask: (group: Group) => T | undefined) {
    for (const group of groups) {
      if (pairs >= MOST_PAIRS) return undefined;
      const answer = ask(group);
      if (answer !== undefined) return [group, answer] as const;
    }
    return undefined;
  }
}

function* product<T>(a: readonly T[], b: readonly T[]): Generator<readonly [T, T]> {
  for (const one of a) for (const other of b) yield [one, other];
}

interface Groups {
  readonly byNamespace: ReadonlyMap<string, readonly Group[]>;
  readonly byPod: ReadonlyMap<NetworkPod, readonly Group[]>;
  readonly peers: NamedPeers;
}

/** One pod of each kind; those on the network of their node are left out, because policies do not stop them for certain. */
function groupsOf(cluster: Cluster): Groups {
  return cluster.memo('workloads of the network by namespace', () => {
    const { model, groups } = networkOf(cluster);
    const byNamespace = new Map<string, Group[]>();
    const byPod = new Map<NetworkPod, Group[]>();
    for (const { namespace, name, pods: all } of groups) {
      const pods = model.kindsOf(all).filter(({ isOnHostNetwork }) => !isOnHostNetwork);
      if (pods.length === 0) continue;
      const group = { name: `${namespace}/${name}`, namespace, pods };
      append(byNamespace, namespace, group);
      for (const pod of pods) append(byPod, pod, group);
    }
    return { byNamespace, byPod, peers: new NamedPeers(model) };
  });
}

function append<K>(map: Map<K, Group[]>, key: K, group: Group): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [group]);
  else list.push(group);
}

function text({ ranges }: PortSet): string {
  return few(
    ranges.map(({ protocol, from, to }) => {
      if (from === 1 && to === 65_535) return `${protocol}/*`;
      return from === to ? `${protocol}/${from}` : `${protocol}/${from}-${to}`;
    }),
  );
}
