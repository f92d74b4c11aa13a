import {
  type Connection,
  connectionsOf,
  type Network,
  type Protocol,
  parseAddress,
  type WorkloadGroup,
} from '../src/engines/network/index.ts';
import { includes } from '../src/engines/network/intervals.ts';
import type { RandomWorld } from './network-random.ts';
import type { NetworkReference } from './network-reference.ts';
import { type End, type Packet, policyTypesOf } from './network-reference-rules.ts';
import type { PodObject } from './network-shapes.ts';
import { PORTS, PROTOCOLS } from './network-vocabulary.ts';
import type { Choices } from './random-pod.ts';

const SAMPLES = 60;

type Answer = boolean | 'unknown';
type Side = WorkloadGroup | string;

/** What the list of all connections says about a port between two ends. */
export function membership(
  { allowed, unknown }: Pick<Connection<WorkloadGroup>, 'allowed' | 'unknown'>,
  { protocol, port }: Pick<Packet, 'protocol' | 'port'>,
): Answer {
  return allowed.has(protocol as Protocol, port) || (unknown.has(protocol as Protocol, port) && 'unknown');
}

/** Samples the list of all connections, whose ends are workloads without addresses and addresses outside of the cluster. */
export function compareConnections(
  choices: Choices,
  world: RandomWorld,
  { model, groups, entries }: Network,
  reference: NetworkReference,
  tell: (text: string) => void,
): void {
  const connections = [...connectionsOf(model, groups, entries)];
  // Addresses of IPv6 are listed where a policy speaks of them.
  const spec = spokenOf(world);
  const outside = world.outside.filter((address) => !address.includes(':') || spec.includes('::'));
  const podsOf = (side: Side): readonly End[] =>
    typeof side === 'string'
      ? [{ address: side }]
      : side.pods.map(({ namespace, name }) => ({ pod: anywhere(podNamed(world, namespace, name)) }));
  for (let sample = 0; sample < SAMPLES; sample++) {
    const group = choices.of(groups);
    const isAddress = outside.length > 0 && choices.chance(0.3);
    const other: Side = isAddress ? choices.of(outside) : choices.of(groups);
    if (other === group) continue;
    const [from, to]: [Side, Side] = choices.chance(0.5) ? [group, other] : [other, group];
    // Nodes are peers by their addresses, which workloads have none of.
    if (
      spec.includes('"nodes"') &&
      typeof to !== 'string' &&
      to.pods.some(({ isOnHostNetwork }) => isOnHostNetwork)
    )
      continue;
    const packet = { protocol: choices.of(PROTOCOLS), port: choices.of(PORTS) };
    const answers = podsOf(from).flatMap((source) =>
      podsOf(to).map((target) => reference.passes({ ...packet, from: source, to: target })),
    );
    const expected: Answer = answers.includes(true) || (answers.includes('unknown') && 'unknown');
    const listed = connections
      .filter((each) => isEnd(each.from, from) && isEnd(each.to, to))
      .map((each) => membership(each, packet));
    const answer: Answer = listed.includes(true) || (listed.includes('unknown') && 'unknown');
    if (listed.length > 1) tell(`${nameOf(from)} → ${nameOf(to)}: listed ${listed.length} times`);
    if (answer !== expected)
      tell(
        `${nameOf(from)} → ${nameOf(to)} ${packet.protocol}/${packet.port}: listed as ${answer}, not ${expected}`,
      );
  }
}

/** The rules that have an effect. */
function spokenOf({ reference: { policies, adminPolicies } }: RandomWorld): string {
  const effective = policies.map((policy) => {
    const types = policyTypesOf(policy);
    return [types.includes('ingress') && policy.spec.ingress, types.includes('egress') && policy.spec.egress];
  });
  return JSON.stringify([effective, adminPolicies]);
}

/** A pod as any of its workload's: without an address, on any node. */
function anywhere({ metadata, spec }: PodObject): PodObject {
  const { nodeName: _, ...rest } = spec;
  return { metadata, spec: rest };
}

function podNamed({ pods }: RandomWorld, namespace: string, name: string): PodObject {
  return pods.find(
    ({ metadata }) => (metadata.namespace ?? 'default') === namespace && metadata.name === name,
  )!;
}

function isEnd(end: Connection<WorkloadGroup>['from'], side: Side): boolean {
  if ('entity' in end) return false;
  if ('addresses' in end) return typeof side === 'string' && includes(end.addresses, parseAddress(side)!);
  return end.group === side;
}

const nameOf = (side: Side) =>
  typeof side === 'string' ? side : `${side.namespace}/${side.kind}/${side.name}`;
