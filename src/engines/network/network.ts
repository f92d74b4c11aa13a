import type { JsonObject } from '../../kubernetes/json.ts';
import { KubernetesObject } from '../../kubernetes/object.ts';
import { ownedPods } from '../../kubernetes/owned-pods.ts';
import { Workload } from '../../kubernetes/workload.ts';
import type { PodGroup } from './connections.ts';
import type { NetworkPod } from './endpoints.ts';
import { Entries } from './entries.ts';
import { accountFrom, namespaceOf, nodesOf, podOf, podOfVirtualMachine } from './from-objects.ts';
import { Mesh } from './mesh/mesh.ts';
import { asRunning } from './mesh/mesh-pod.ts';
import { PortFilter } from './mesh/port-filter.ts';
import { NetworkModel } from './model.ts';
import { controllerOf, ownersOfRunning, Pods } from './pods.ts';
import type { OpaquePolicy, PolicyProblem } from './policies/policy.ts';
import { readPolicies } from './policies/read.ts';

/** The pods of one owner. */
export interface WorkloadGroup extends PodGroup {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly pods: NetworkPod[];
}

export interface NetworkOptions {
  /** Whether the objects are those of a cluster, whose pods are known with their owners. */
  readonly isComplete: boolean;
  /** Policies that may be there and were not seen. */
  readonly unseen?: readonly OpaquePolicy[];
}

/** Everything among objects that decides what can reach what. */
export class Network {
  readonly model: NetworkModel;
  readonly groups: readonly WorkloadGroup[];
  /** Pods by `namespace/name` and by `namespace/kind/name`, as they run or as their owner describes them. */
  readonly pods: ReadonlyMap<string, NetworkPod>;
  /** Names `namespace/name` that several workloads have, and no pod: these, with their kinds. */
  readonly shared: ReadonlyMap<string, readonly string[]>;
  /** What each pod of the groups was read from; nothing for virtual machines. */
  readonly workloads: ReadonlyMap<NetworkPod, Workload>;
  readonly entries: Entries;
  /** Undefined where nothing speaks of a service mesh. */
  readonly mesh: Mesh | undefined;
  readonly problems: readonly PolicyProblem[];
  /** Policies that are not evaluated, or that were not seen. */
  readonly opaque: readonly OpaquePolicy[];

  /** The same of plain objects, as they are parsed from files or come from the API. */
  static of(objects: readonly JsonObject[], options: NetworkOptions = { isComplete: false }): Network {
    const file = { path: '' };
    const nowhere = { file, start: 0, end: 0, line: 1, column: 1, format: 'json', within: '' } as const;
    return new Network(
      objects.map((raw, document) => new KubernetesObject(raw, { ...nowhere, document })),
      options,
    );
  }

  constructor(objects: readonly KubernetesObject[], { isComplete, unseen = [] }: NetworkOptions) {
    const raws: readonly JsonObject[] = objects.map(({ raw }) => raw);
    const stated = objects.flatMap((object) => Workload.of(object));
    const grouped = groupsOf(objects, stated, isComplete);
    this.groups = grouped.groups;
    this.workloads = grouped.workloads;
    const { policies, problems, opaque } = readPolicies(raws);
    this.problems = problems;
    this.opaque = [...opaque, ...unseen];
    const ofCore = (kind: string) =>
      objects.filter((object) => object.kind === kind && object.apiVersion === 'v1');
    const pods = this.groups.flatMap((group) => group.pods);
    const mesh = Mesh.of(objects, pods);
    this.mesh = mesh;
    this.model = new NetworkModel({
      pods,
      namespaces: ofCore('Namespace').map(namespaceOf),
      nodes: nodesOf(ofCore('Node'), stated),
      accounts: ofCore('ServiceAccount').map(accountFrom),
      policies,
      opaque: this.opaque,
      ...(mesh === undefined
        ? {}
        : { mesh: ({ algebra, surroundings }) => new PortFilter(mesh, algebra, surroundings) }),
    });
    this.pods = byName(stated, this.groups);
    this.shared = sharedNames(stated, this.groups);
    this.entries = new Entries(raws, new Pods(stated, this.workloads));
  }
}

function groupsOf(
  objects: readonly KubernetesObject[],
  stated: readonly Workload[],
  isComplete: boolean,
): Pick<Network, 'groups' | 'workloads'> {
  const owned = isComplete ? ownedPods(stated) : undefined;
  const running = owned && ownersOfRunning(stated, owned.subjects);
  const groups = new Map<string, WorkloadGroup>();
  const workloads = new Map<NetworkPod, Workload>();
  const put = (pod: NetworkPod, kind: string, name: string) => {
    const key = `${pod.namespace}/${kind}/${name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { namespace: pod.namespace, kind, name, pods: [pod] });
    else group.pods.push(pod);
  };
  for (const workload of owned?.subjects ?? stated) {
    const owner = owned?.owners.get(workload.object) ?? controllerOf(workload.object) ?? workload.object;
    // Which addresses a pod has changes with each pod; a workload is spoken of as such.
    const own = podOf(workload);
    const mesh = running?.has(workload.object) === true ? asRunning(own.mesh) : own.mesh;
    const pod = { ...own, mesh, addresses: [] };
    workloads.set(pod, workload);
    put(pod, owner.kind, owner.name);
  }
  for (const object of objects) {
    const pod = podOfVirtualMachine(object);
    if (pod !== undefined) put(pod, object.kind, object.name);
  }
  return { groups: [...groups.values()], workloads };
}

/** Pods come before the owners of the same name. */
function byName(
  workloads: readonly Workload[],
  groups: readonly WorkloadGroup[],
): ReadonlyMap<string, NetworkPod> {
  const pods = new Map<string, NetworkPod>();
  const put = (key: string, pod: () => NetworkPod) => {
    if (!pods.has(key)) pods.set(key, pod());
  };
  const podsFirst = [...workloads].sort((a, b) => Number(b.kind === 'Pod') - Number(a.kind === 'Pod'));
  for (const workload of podsFirst) {
    const { namespace, kind, name } = workload;
    put(`${namespace}/${name}`, () => podOf(workload));
    put(`${namespace}/${kind}/${name}`, () => podOf(workload));
  }
  for (const { namespace, kind, name, pods: own } of groups) {
    put(`${namespace}/${name}`, () => own[0]!);
    put(`${namespace}/${kind}/${name}`, () => own[0]!);
  }
  return pods;
}

function sharedNames(
  workloads: readonly Workload[],
  groups: readonly WorkloadGroup[],
): ReadonlyMap<string, readonly string[]> {
  const kinds = new Map<string, string[]>();
  for (const { namespace, kind, name } of groups) {
    const key = `${namespace}/${name}`;
    kinds.set(key, [...(kinds.get(key) ?? []), `${namespace}/${kind}/${name}`]);
  }
  for (const { namespace, kind, name } of workloads) if (kind === 'Pod') kinds.delete(`${namespace}/${name}`);
  return new Map([...kinds].filter(([, named]) => named.length > 1));
}
