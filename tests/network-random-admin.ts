import type { Policies } from './network-random-policies.ts';
import type { AdminPeer, AdminPolicyObject, AdminRule, NamespacedPod } from './network-shapes.ts';
import { SPOILED_ADMIN_POLICIES, SPOILED_CLUSTER_POLICIES, spoil } from './network-spoiled.ts';
import {
  BLOCKS,
  PORT_NAMES,
  PORTS,
  PROTOCOLS,
  randomNamespaceSelector,
  randomSelector,
} from './network-vocabulary.ts';
import type { Choices } from './random-pod.ts';

/** Of one generation of the API: ClusterNetworkPolicy replaced the two others. */
export function adminPolicies(choices: Choices): Policies<AdminPolicyObject> {
  const generation = choices.next();
  if (generation < 0.25) return { accepted: [], refused: [] };
  if (generation < 0.65) {
    const policies = choices.list(8, () => 0).map((_, index) => clusterPolicy(choices, `cnp-${index}`));
    return spoil(choices, policies, () => SPOILED_CLUSTER_POLICIES);
  }
  const policies = choices.list(7, () => 0).map((_, index) => adminPolicy(choices, `anp-${index}`));
  const all = choices.chance(0.6) ? [...policies, baselinePolicy(choices)] : policies;
  return spoil(choices, all, ({ kind }) => SPOILED_ADMIN_POLICIES[kind]!);
}

const PRIORITIES = [0, 5, 5, 10, 1000];

export function clusterPolicy(choices: Choices, name: string): AdminPolicyObject {
  const spec = {
    tier: choices.of(['Admin', 'Admin', 'Baseline']),
    priority: choices.of(PRIORITIES),
    ...body(choices, ['Accept', 'Deny', 'Pass'], protocols),
  };
  return { apiVersion: `${GROUP}/v1alpha2`, kind: 'ClusterNetworkPolicy', metadata: { name }, spec };
}

export function adminPolicy(choices: Choices, name: string): AdminPolicyObject {
  const spec = { priority: choices.of(PRIORITIES), ...body(choices, ['Allow', 'Deny', 'Pass'], ports) };
  return { apiVersion: `${GROUP}/v1alpha1`, kind: 'AdminNetworkPolicy', metadata: { name }, spec };
}

export function baselinePolicy(choices: Choices): AdminPolicyObject {
  const spec = body(choices, ['Allow', 'Deny'], ports);
  return {
    apiVersion: `${GROUP}/v1alpha1`,
    kind: 'BaselineAdminNetworkPolicy',
    metadata: { name: 'default' },
    spec,
  };
}

const GROUP = 'policy.networking.k8s.io';

type PortsOf = (choices: Choices, isNamed: boolean) => Pick<AdminRule, 'ports' | 'protocols'>;

function body(choices: Choices, actions: readonly string[], portsOf: PortsOf): AdminPolicyObject['spec'] {
  return {
    subject: choices.chance(0.5)
      ? { namespaces: randomNamespaceSelector(choices) }
      : { pods: pods(choices, portsOf) },
    ...(choices.chance(0.8)
      ? { ingress: choices.list(3, () => rule(choices, 'from', actions, portsOf)) }
      : {}),
    ...(choices.chance(0.8) ? { egress: choices.list(3, () => rule(choices, 'to', actions, portsOf)) } : {}),
  };
}

function pods(choices: Choices, portsOf: PortsOf): NamespacedPod {
  const podSelector = randomSelector(choices);
  // Only the newer generation lets it be left out.
  if (portsOf === protocols && choices.chance(0.2)) return { podSelector };
  return { namespaceSelector: randomNamespaceSelector(choices), podSelector };
}

function rule(
  choices: Choices,
  side: 'from' | 'to',
  actions: readonly string[],
  portsOf: PortsOf,
): AdminRule {
  const action = choices.of(actions);
  const peers = [0, ...choices.list(1, () => 0)].map(() => peer(choices, side, action, portsOf));
  const isNamed = peers.every(({ namespaces, pods }) => namespaces !== undefined || pods !== undefined);
  return {
    action,
    [side]: peers,
    ...(choices.chance(0.2) ? { name: 'rule' } : {}),
    ...(choices.chance(0.6) ? portsOf(choices, isNamed) : {}),
  };
}

function peer(choices: Choices, side: 'from' | 'to', action: string, portsOf: PortsOf): AdminPeer {
  const kind = choices.next() * (side === 'from' ? 0.5 : 1);
  if (kind < 0.25) return { namespaces: randomNamespaceSelector(choices) };
  if (kind < 0.5) return { pods: pods(choices, portsOf) };
  if (kind < 0.65) return { nodes: randomSelector(choices) };
  // Stated for rules that allow alone.
  if (kind < 0.76 && action !== 'Deny' && action !== 'Pass')
    return { domainNames: [choices.of(['*.example.com', 'db.shop.svc.cluster.local'])] };
  const blocks = [...BLOCKS.keys()];
  // A block may be written by any of its addresses.
  return {
    networks: [
      ...new Set([choices.of([...blocks, '203.0.113.9/24']), ...choices.list(1, () => choices.of(blocks))]),
    ],
  };
}

function ports(choices: Choices, isNamed: boolean): Pick<AdminRule, 'ports'> {
  const protocol = () => (choices.chance(0.7) ? { protocol: choices.of(PROTOCOLS) } : {});
  return {
    ports: [0, ...choices.list(1, () => 0)].map(() => {
      const kind = choices.next();
      if (isNamed && kind < 0.3) return { namedPort: choices.of(PORT_NAMES) };
      if (kind < 0.6) return { portNumber: { ...protocol(), port: choices.of(PORTS) } };
      return { portRange: { ...protocol(), ...range(choices) } };
    }),
  };
}

function protocols(choices: Choices, isNamed: boolean): Pick<AdminRule, 'protocols'> {
  return {
    protocols: [0, ...choices.list(1, () => 0)].map(() => {
      if (isNamed && choices.chance(0.3)) return { destinationNamedPort: choices.of(PORT_NAMES) };
      const destinationPort = choices.chance(0.5) ? { number: choices.of(PORTS) } : { range: range(choices) };
      return { [choices.of(['tcp', 'udp', 'sctp'])]: { destinationPort } };
    }),
  };
}

function range(choices: Choices): { start: number; end: number } {
  const start = choices.of(PORTS.slice(0, -1));
  return { start, end: choices.of(PORTS.filter((port) => port > start)) };
}
