import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { PRIVILEGED_GROUP } from '../identity.ts';
import type { Circumstance, Network } from './edges.ts';
import type { Hubs } from './hubs.ts';
import type { Certainty } from './power.ts';
import type { Surroundings } from './surroundings.ts';
import { groupsAround } from './vertex.ts';

const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/** What leads on whatever roles say: from nodes to their pods, from the whole cluster to everybody. */
export function addCircumstances(network: Network, around: Surroundings, hubs: Hubs): void {
  const admin = network.add({ kind: 'Target', name: 'cluster-admin' }).at;
  const node = network.add({ kind: 'Target', name: 'node' }).at;
  const secrets = network.add({ kind: 'Target', name: 'every-secret' }).at;
  for (const [at, vertex] of network.vertices.entries()) {
    if (vertex.kind === 'Group' && vertex.name === PRIVILEGED_GROUP)
      step(network, at, admin, 'privileged-group');
    if (vertex.kind === 'Node') network.lead(at, node);
  }
  for (const to of [hubs.at('everybody'), node, secrets]) step(network, admin, to, 'is-cluster-admin');
  const labels = new Map(around.nodes.map((each) => [each.name, each.labels]));
  for (const [at, vertex] of network.vertices.entries()) {
    if (vertex.kind !== 'Node') continue;
    const kubelet = network.add({ kind: 'Kubelet', name: vertex.name }).at;
    step(network, at, kubelet, 'node-credentials');
    if (CONTROL_PLANE.some((label) => labels.get(vertex.name)?.[label] !== undefined)) {
      step(network, at, admin, 'control-plane-node');
    }
    addPods(network, around, { name: vertex.name, at, kubelet, admin });
  }
}

function addPods(
  network: Network,
  around: Surroundings,
  node: { readonly name: string; readonly at: number; readonly kubelet: number; readonly admin: number },
): void {
  const known = new Set<number>();
  for (const running of around.runningOn(node.name)) {
    // Where nodes were not seen, any pod may come to run on the one that is reached.
    const certainty = running.node === undefined ? 'possible' : 'proven';
    if (running.isApiServer)
      step(network, node.at, node.admin, 'control-plane-node', certainty, running.object);
    if (running.account === undefined) continue;
    const { namespace } = running;
    const account = network.add({ kind: 'ServiceAccount', namespace, name: running.account.name }).at;
    if (known.has(account)) continue;
    known.add(account);
    step(network, node.at, account, 'node-pods', certainty, running.object);
    // The Node authorizer lets a kubelet ask for tokens of the pods that are bound to its node.
    step(network, node.kubelet, account, 'node-pods', certainty, running.object);
  }
}

/** Comes last, as rights may name users and groups that nothing else does. */
export function addMemberships(network: Network): void {
  const known = new Map<string, number | undefined>();
  for (const [at, vertex] of network.vertices.entries()) {
    for (const name of groupsAround(vertex)) {
      if (!known.has(name)) known.set(name, network.find({ kind: 'Group', name }));
      const group = known.get(name);
      if (group !== undefined) step(network, at, group, 'member-of');
    }
  }
}

function step(
  network: Network,
  from: number,
  to: number,
  way: Circumstance,
  certainty: Certainty = 'proven',
  seen?: KubernetesObject,
): void {
  network.connect(from, { to, way, certainty, because: [], ...(seen === undefined ? {} : { seen }) });
}
