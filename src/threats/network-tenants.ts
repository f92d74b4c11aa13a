import type { NetworkPod, PortSet } from '../engines/network/index.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { Tenants } from '../kubernetes/tenants.ts';
import { networkOf } from './network-of.ts';
import { few } from './network-questions.ts';

/** Pairs of pods that are judged for one namespace; beyond that, what was not asked is not known. */
const MOST_PAIRS = 200_000;

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
  readonly pods: readonly NetworkPod[];
}

/** What pods of other tenants may open to those of a namespace; undefined where there is nobody to ask about. */
export function crossings(namespace: string, tenants: Tenants, cluster: Cluster): Crossings | undefined {
  const { model } = networkOf(cluster);
  const groups = groupsByNamespace(cluster);
  const tenant = tenants.byNamespace.get(namespace);
  const others = [...tenants.byNamespace].filter(([, of]) => of !== tenant);
  const targets = groups.get(namespace) ?? [];
  const sources = others.flatMap(([name, other]) =>
    (groups.get(name) ?? []).map((group) => ({ ...group, other })),
  );
  if (targets.length === 0 || sources.length === 0) return undefined;
  let [count, pairs, isUndecided] = [0, 0, false];
  let first: Crossings['first'];
  for (const target of targets) {
    let isReached = false;
    for (const source of sources) {
      if (isReached || pairs >= MOST_PAIRS) break;
      for (const [from, to] of product(source.pods, target.pods)) {
        pairs++;
        const { allowed, unknown } = model.betweenClasses(from, to);
        isUndecided ||= !unknown.isEmpty;
        if (allowed.isEmpty) continue;
        isReached = true;
        first ??= { from: source.name, other: source.other, to: target.name, ports: text(allowed) };
        break;
      }
    }
    if (isReached) count++;
  }
  return { first, count, total: targets.length, pairs, isUndecided, isCutShort: pairs >= MOST_PAIRS };
}

function* product<T>(a: readonly T[], b: readonly T[]): Generator<readonly [T, T]> {
  for (const one of a) for (const other of b) yield [one, other];
}

/** One pod of each kind; those on the network of their node are left out, because policies do not stop them for certain. */
function groupsByNamespace(cluster: Cluster): ReadonlyMap<string, readonly Group[]> {
  return cluster.memo('workloads of the network by namespace', () => {
    const { model, groups } = networkOf(cluster);
    const found = new Map<string, Group[]>();
    for (const { namespace, name, pods: all } of groups) {
      const pods = model.kindsOf(all).filter(({ isOnHostNetwork }) => !isOnHostNetwork);
      if (pods.length === 0) continue;
      const group = { name: `${namespace}/${name}`, pods };
      const known = found.get(namespace);
      if (known === undefined) found.set(namespace, [group]);
      else known.push(group);
    }
    return found;
  });
}

function text({ ranges }: PortSet): string {
  return few(
    ranges.map(({ protocol, from, to }) => {
      if (from === 1 && to === 65_535) return `${protocol}/*`;
      return from === to ? `${protocol}/${from}` : `${protocol}/${from}-${to}`;
    }),
  );
}
