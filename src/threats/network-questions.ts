import {
  type Address,
  type Conflict,
  conflictsOf,
  type Direction,
  type Network,
  type NetworkPod,
  newcomer,
  type Policy,
  type PolicyProblem,
  parseAddress,
  type Rule,
  type Unmatched,
  unmatchedOf,
} from '../engines/network/index.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { JsonObject } from '../kubernetes/json.ts';
import { isSystemNamespace } from '../kubernetes/namespaces.ts';
import type { NetworkPolicy } from '../kubernetes/network-policies.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Workload } from '../kubernetes/workload.ts';
import { unknown } from './define-check.ts';
import { networkOf } from './network-of.ts';

/** The reasons for which a network gives no answer. */
export const UNDECIDED = { 'not-evaluated': ['policies'], undecided: [] } as const;

const NAMED = 3;

/** Why what passes in a namespace is not known. */
export function undecided({ opaque }: Network, namespace: string) {
  const there = opaque
    .filter((policy) => policy.namespace === undefined || policy.namespace === namespace)
    .map(({ kind, name }) => `${kind}/${name}`);
  return there.length === 0 ? unknown('undecided') : unknown('not-evaluated', { policies: few(there) });
}

/** The first of many, and how many more there are. */
export function few(names: readonly string[]): string {
  const more = names.length > NAMED ? [`+${names.length - NAMED}`] : [];
  return [...names.slice(0, NAMED), ...more].join(', ');
}

/** The pods of a workload as the network knows them; undefined for those that it does not judge by themselves. */
export function networkPodOf(workload: Workload, cluster: Cluster): NetworkPod | undefined {
  const pods = cluster.reads.unnoted(() =>
    cluster.memo('pods of the network by workload', () => {
      const found = new Map<KubernetesObject, Map<string, NetworkPod>>();
      for (const [pod, { object, path }] of networkOf(cluster).workloads) {
        const known = found.get(object) ?? new Map<string, NetworkPod>();
        found.set(object, known.set(path, pod));
      }
      return found;
    }),
  );
  return pods.get(workload.object)?.get(workload.path);
}

/** Whether a pod may open a TCP connection to an address; the node on which it runs counts like others. Of text that is none, nobody knows. */
export function reachesAddress(
  { model }: Network,
  pod: NetworkPod,
  address: Address | undefined,
  port: number,
): boolean | 'unknown' {
  if (address === undefined) return 'unknown';
  const { allowed, unknown: open } = model.toAddress(pod, address);
  return allowed.has('TCP', port) || (open.has('TCP', port) ? 'unknown' : false);
}

/**
 * Whether policies that were read restrict what the pods send. Of those without a namespace, a policy for all pods means the pods of its
 * folder, so that this is asked before the network, in which all of these are one namespace.
 */
export function isIsolatedForEgress(workload: Workload, cluster: Cluster): boolean {
  return isIsolated(workload, cluster, 'egress');
}

function isIsolated(workload: Workload, cluster: Cluster, direction: Direction): boolean {
  return cluster
    .networkPoliciesAround(workload)
    .some((policy) => policy[direction] && policy.selects(workload) !== 'not-selected');
}

/** Whether just policies of other folders restrict pods that name no namespace, which the network takes for their neighbours. */
export function isOpenInItsFolder(
  workload: Workload | undefined,
  cluster: Cluster,
  direction: Direction,
): boolean {
  if (workload === undefined || workload.object.namespace !== undefined) return false;
  return !isIsolated(workload, cluster, direction);
}

/** Whether one of these policies lets the pods send everything to everybody, which network-policy-open-to-internet reports. */
export function isOpenToEverybody(workload: Workload, cluster: Cluster): boolean {
  return cluster
    .networkPoliciesAround(workload)
    .filter((policy) => policy.egress && policy.selects(workload) !== 'not-selected')
    .flatMap((policy) => policyReading(policy, cluster).policies)
    .some(({ egress }) =>
      egress?.some((rule) => rule.action === 'allow' && rule.peers === 'all' && !limitsPorts(rule)),
    );
}

export interface Reachers {
  /** Workloads that were asked about. */
  readonly total: number;
  /** As `namespace/name`, sorted. */
  readonly reaching: readonly string[];
  readonly isUndecided: boolean;
}

/** The workloads of users that reach one of several addresses at a port. Pods on the network of a node are left out: they are there. */
export function reachersOf(
  targets: readonly { readonly address: string; readonly port: number }[],
  cluster: Cluster,
): Reachers {
  const key = `reachers of ${targets.map(({ address, port }) => `${address} ${port}`).join()}`;
  return cluster.memo(key, () => {
    const network = networkOf(cluster);
    const places = targets.map(({ address, port }) => ({ address: parseAddress(address), port }));
    const reaching: string[] = [];
    let [total, isUndecided] = [0, false];
    for (const { namespace, name, pods } of network.groups) {
      const own = pods.filter(({ isOnHostNetwork }) => !isOnHostNetwork);
      if (own.length === 0 || isSystemNamespace(namespace)) continue;
      total++;
      let best: boolean | 'unknown' = own.some((pod) =>
        isOpenInItsFolder(network.workloads.get(pod), cluster, 'egress'),
      );
      for (const pod of network.model.kindsOf(own)) {
        for (const { address, port } of places) {
          if (best !== true) best = reachesAddress(network, pod, address, port) || best;
        }
      }
      if (best === true) reaching.push(`${namespace}/${name}`);
      else isUndecided ||= best === 'unknown';
    }
    return { total, reaching: reaching.sort(), isUndecided };
  });
}

/** Whether any pod of the cluster, whatever its labels and its namespace are, may open a TCP connection to the pods of a workload. */
export function isOpenToAnyPod(
  workload: Workload,
  pod: NetworkPod,
  port: number,
  cluster: Cluster,
): boolean | 'unknown' {
  if (isOpenInItsFolder(workload, cluster, 'ingress')) return true;
  const { allowed, unknown: open } = networkOf(cluster).model.into(newcomer(''), pod);
  return allowed.has('TCP', port) || (open.has('TCP', port) ? 'unknown' : false);
}

export interface PolicyReading {
  readonly policies: readonly Policy[];
  readonly problems: readonly PolicyProblem[];
}

const NOTHING_READ: PolicyReading = { policies: [], problems: [] };

/** What an object says as a policy, and what is wrong with it; nothing else is read for that. */
export function policyReading({ object }: NetworkPolicy, cluster: Cluster): PolicyReading {
  return cluster.reads.unnoted(() => {
    const readings = cluster.memo('policies of the network by object', () => {
      const { model, problems } = networkOf(cluster);
      const found = new Map<JsonObject, { policies: Policy[]; problems: PolicyProblem[] }>();
      const at = (raw: JsonObject) => {
        const known = found.get(raw) ?? { policies: [], problems: [] };
        found.set(raw, known);
        return known;
      };
      for (const policy of model.policies) at(policy.object).policies.push(policy);
      for (const problem of problems) at(problem.object).problems.push(problem);
      return found;
    });
    return readings.get(object.raw) ?? NOTHING_READ;
  });
}

/** Selectors of a policy that find no pod. */
export function unmatchedIn({ object }: NetworkPolicy, cluster: Cluster): readonly Unmatched[] {
  // Says that all pods and namespaces were read.
  networkOf(cluster);
  const byObject = cluster.memo('unmatched selectors by policy', () => {
    const found = new Map<JsonObject, Unmatched[]>();
    for (const each of unmatchedOf(networkOf(cluster).model)) {
      const known = found.get(each.policy.object);
      if (known === undefined) found.set(each.policy.object, [each]);
      else known.push(each);
    }
    return found;
  });
  return byObject.get(object.raw) ?? [];
}

/** Contradictions between a policy and others that come after it among the objects. */
export function conflictsIn({ object }: NetworkPolicy, cluster: Cluster): readonly Conflict[] {
  const network = networkOf(cluster);
  const all = cluster.memo('conflicts of policies', () => [...conflictsOf(network.model)]);
  return all.filter(({ policy }) => policy.object === object.raw);
}

/** The ports of a rule: `TCP/80, http`; `*` for all. */
export function portsText({ ports }: Rule): string {
  if (ports === 'all') return '*';
  const ranges = ports.ranges.map(({ protocol, from, to }) => {
    if (from === 1 && to === 65_535) return `${protocol}/*`;
    return from === to ? `${protocol}/${from}` : `${protocol}/${from}-${to}`;
  });
  return few([...ranges, ...ports.named.map(({ name }) => name)]);
}

/** Whether a rule names ports at all. */
export function limitsPorts({ ports }: Rule): boolean {
  return ports !== 'all' && !ports.ranges.some(({ from, to }) => from === 1 && to === 65_535);
}
