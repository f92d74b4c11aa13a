import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { labelSelector } from '../../../kubernetes/selectors.ts';
import { type Address, formatAddress, isIpv4 } from '../addresses.ts';
import type { Network, WorkloadGroup } from '../network.ts';
import { type ApiServerAddress, readApiServerClients } from './api-server.ts';
import { Directory } from './directory.ts';
import { askDns, dnsFlows, readNameServers } from './dns.ts';
import { Evidence, type Flow, type LeftOut, type Party } from './evidence.ts';
import type { FlowLog } from './flows/flow-log.ts';
import { LogReader } from './flows/log-reader.ts';
import { EntryReader } from './from-entries.ts';
import { MetricsReader } from './from-metrics.ts';
import { SettingsReader } from './from-settings.ts';
import { defaultDeny, dnsPolicy, type GeneratedPolicy, unitPolicy } from './policies.ts';
import { Settings } from './settings.ts';
import { type Unit, unitsOf } from './units.ts';

export interface GenerateOptions {
  /** Whether a workload gets a policy. */
  readonly includes: (group: WorkloadGroup) => boolean;
  /** Whether the policies are for namespaces as a whole, with a default of their own, or for the workloads alone. */
  readonly wholeNamespaces: boolean;
  readonly includeAmbiguous: boolean;
  readonly apiServers: readonly ApiServerAddress[];
  readonly log: FlowLog | undefined;
}

export interface Generation {
  readonly policies: readonly GeneratedPolicy[];
  /** Policies that the generated ones are to take the place of. */
  readonly replaced: readonly KubernetesObject[];
  /** What has to pass, one end at least of which gets a policy; without DNS. */
  readonly flows: readonly Flow[];
  readonly dns: readonly Flow[];
  readonly leftOut: readonly LeftOut[];
  readonly units: ReadonlyMap<WorkloadGroup, Unit>;
  readonly scope: ReadonlySet<Unit>;
  /** On the network of their node, where policies for pods do not hold. */
  readonly outOfReach: readonly WorkloadGroup[];
}

/** Makes the least policies for workloads out of everything that shows what they need. */
export function generatePolicies(
  network: Network,
  objects: readonly KubernetesObject[],
  options: GenerateOptions,
): Generation {
  const directory = new Directory(network, objects);
  const evidence = gather(directory, objects, options);
  const outOfReach = network.groups.filter((group) => options.includes(group) && isOnNode(group));
  let [units, scope] = chosen(network, options);
  const replaced = replacedBy(objects, network, scope, units, options);
  const gone = new Set(replaced);
  const staying = objects.filter((object) => isNetworkPolicy(object) && !gone.has(object));
  // A policy that is applied by the name of one that stays would take its place.
  const taken = new Set(staying.map(({ namespace = 'default', name }) => `${namespace}/${name}`));
  const isTaken = [...scope].some((unit) => taken.has(`${unit.namespace}/${unit.name}`));
  if (isTaken) [units, scope] = chosen(network, options, taken);
  const inScope = (party: Party): boolean => party.kind === 'workload' && scope.has(units.get(party.group)!);
  const flows = evidence.flows
    .filter(({ from, to }) => inScope(from) || inScope(to))
    .flatMap((flow) => withNodes(flow, directory.nodes));
  const dns = dnsFlows(directory, options.log?.seesNodeLocalDns ?? false);
  const namespaces = new Set([...scope].map(({ namespace }) => namespace));
  const leftOut = evidence.leftOut.filter(({ group, namespace }) => {
    if (group !== undefined) return scope.has(units.get(group)!);
    return namespace === undefined || (options.wholeNamespaces && namespaces.has(namespace));
  });
  const policies = policiesOf({ units, scope, flows, dns, leftOut, options });
  return { policies, replaced, flows, dns, leftOut, units, scope, outOfReach };
}

function chosen(
  network: Network,
  { includes }: GenerateOptions,
  taken: ReadonlySet<string> = new Set(),
): readonly [units: ReadonlyMap<WorkloadGroup, Unit>, scope: ReadonlySet<Unit>] {
  const units = unitsOf(network, taken);
  const groups = network.groups.filter((group) => includes(group) && !isOnNode(group));
  return [units, new Set(groups.map((group) => units.get(group)!))];
}

function isNetworkPolicy({ kind, group }: KubernetesObject): boolean {
  return kind === 'NetworkPolicy' && group === 'networking.k8s.io';
}

function gather(
  directory: Directory,
  objects: readonly KubernetesObject[],
  options: GenerateOptions,
): Evidence {
  const evidence = new Evidence();
  new EntryReader(directory, evidence).read(objects);
  new MetricsReader(directory, evidence).read(objects);
  askDns(directory, evidence);
  readNameServers(directory, evidence);
  const settings = new SettingsReader(directory, new Settings(objects), evidence, options);
  for (const group of directory.network.groups) settings.read(group);
  if (options.log !== undefined) new LogReader(directory, evidence).read(options.log);
  readApiServerClients(objects, directory, evidence, options.apiServers);
  return evidence;
}

export function isOnNode({ pods }: WorkloadGroup): boolean {
  return pods.every(({ isOnHostNetwork }) => isOnHostNetwork);
}

/** Pods on the network of their node send from its address, which has to be stated beside their labels. */
function withNodes(flow: Flow, nodeAddresses: ReadonlySet<Address>): Flow[] {
  const { from, to, because } = flow;
  const isNode = (party: Party) =>
    party.kind === 'workload' && party.group.pods.some(({ isOnHostNetwork }) => isOnHostNetwork);
  if (!isNode(from) && !isNode(to)) return [flow];
  const remarked = { ...flow, because: { ...because, remark: 'peer-on-node' as const } };
  const blocks = [...nodeAddresses].map((address) => ({
    cidr: `${formatAddress(address)}/${isIpv4(address) ? 32 : 128}`,
    except: [],
  }));
  if (blocks.length === 0) return [remarked];
  const nodes: Party = { kind: 'blocks', blocks };
  return [
    remarked,
    ...(isNode(from) && !isNode(to) ? [{ ...remarked, from: nodes }] : []),
    ...(isNode(to) && !isNode(from) ? [{ ...remarked, to: nodes }] : []),
  ];
}

interface Parts {
  readonly units: ReadonlyMap<WorkloadGroup, Unit>;
  readonly scope: ReadonlySet<Unit>;
  readonly flows: readonly Flow[];
  readonly dns: readonly Flow[];
  readonly leftOut: readonly LeftOut[];
  readonly options: GenerateOptions;
}

function policiesOf({ units, scope, flows, dns, leftOut, options }: Parts): GeneratedPolicy[] {
  const unitOf = (group: WorkloadGroup) => units.get(group)!;
  const builder = { unitOf: ({ group }: { readonly group: WorkloadGroup }) => unitOf(group) };
  const [into, outOf] = [new Map<Unit, Flow[]>(), new Map<Unit, Flow[]>()];
  for (const flow of flows) {
    if (flow.to.kind === 'workload') put(into, unitOf(flow.to.group), flow);
    if (flow.from.kind === 'workload') put(outOf, unitOf(flow.from.group), flow);
  }
  const left = new Map<Unit, LeftOut[]>();
  for (const item of leftOut) if (item.group !== undefined) put(left, unitOf(item.group), item);
  const policies: GeneratedPolicy[] = [];
  const sorted = [...scope].sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
  let namespace: string | undefined;
  for (const unit of sorted) {
    if (options.wholeNamespaces && unit.namespace !== namespace) {
      namespace = unit.namespace;
      policies.push(defaultDeny(namespace), dnsPolicy(namespace, dns, builder));
    }
    const own = { into: into.get(unit) ?? [], outOf: outOf.get(unit) ?? [] };
    const all = options.wholeNamespaces ? own : { ...own, outOf: [...own.outOf, ...dns] };
    policies.push(unitPolicy(unit, all, left.get(unit) ?? [], builder));
  }
  return policies;
}

/** Policies of the namespaces as a whole; or those that select nothing but pods that get a policy. */
function replacedBy(
  objects: readonly KubernetesObject[],
  network: Network,
  scope: ReadonlySet<Unit>,
  units: ReadonlyMap<WorkloadGroup, Unit>,
  { wholeNamespaces }: GenerateOptions,
): KubernetesObject[] {
  const namespaces = new Set([...scope].map((unit) => unit.namespace));
  return objects.filter((object) => {
    const { namespace = 'default', spec } = object;
    if (!isNetworkPolicy(object) || !namespaces.has(namespace)) return false;
    if (wholeNamespaces) return true;
    const matches = labelSelector(spec['podSelector'] ?? {}) ?? (() => false);
    const selected = network.groups.filter(
      (group) => group.namespace === namespace && group.pods.some(({ labels }) => matches(labels)),
    );
    return selected.length > 0 && selected.every((group) => scope.has(units.get(group)!));
  });
}

function put<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
