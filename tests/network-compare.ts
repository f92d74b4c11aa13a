import { isIPv4 } from 'node:net';
import {
  type Endpoint,
  explain,
  explainPorts,
  Network,
  type Protocol,
  parseAddress,
} from '../src/engines/network/index.ts';
import { asObject, asString } from '../src/kubernetes/json.ts';
import { compareConnections, membership } from './network-compare-connections.ts';
import { type RandomWorld, randomWorld } from './network-random.ts';
import { NetworkReference } from './network-reference.ts';
import type { End, Packet } from './network-reference-rules.ts';
import type { PodObject } from './network-shapes.ts';
import { PORTS, PROTOCOLS } from './network-vocabulary.ts';
import { Choices } from './random-pod.ts';

const PROBES_OF_A_WORLD = 200;
/** The connections of all pairs cost more than a few packets. */
const CONNECTIONS_EVERY = 5;
const TOLD = 20;

export interface Comparison {
  readonly probes: number;
  /** How often each answer was given, so that a test sees that none is rare. */
  readonly answers: Readonly<Record<'true' | 'false' | 'unknown', number>>;
  readonly disagreements: readonly string[];
}

/** Asks the engine and the reference about the same packets. */
export function compareRandomWorlds(seed: number, probes: number): Comparison {
  const answers = { true: 0, false: 0, unknown: 0 };
  const disagreements: string[] = [];
  const choices = new Choices(seed);
  let asked = 0;
  for (let number = 0; asked < probes; number++) {
    const tell = (text: string) => {
      if (disagreements.length < TOLD) disagreements.push(`world ${number} of seed ${seed}: ${text}`);
    };
    const world = randomWorld(choices);
    if (world.pods.length === 0) continue;
    const network = new Network(world.objects, { isComplete: world.isComplete });
    const named = refusedBy(network);
    for (const { metadata, spec } of world.refused)
      if (!named.includes(metadata.name)) tell(`takes ${metadata.name}: ${JSON.stringify(spec)}`);
    for (const name of named)
      if (!world.refused.some(({ metadata }) => metadata.name === name)) tell(`refuses ${name}`);
    const reference = new NetworkReference(world.reference);
    if (number % CONNECTIONS_EVERY === 0) compareConnections(choices, world, network, reference, tell);
    for (let probe = 0; probe < PROBES_OF_A_WORLD; probe++, asked++) {
      const packet = randomPacket(choices, world);
      const expected = reference.passes(packet);
      answers[`${expected}`]++;
      const [from, to] = [endpoint(network, packet.from), endpoint(network, packet.to)];
      const { protocol, port } = packet;
      const { allowed } = explain(network.model, from, to, { protocol: protocol as Protocol, port });
      if (allowed !== expected) tell(`${textOf(packet)}: ${allowed}, not ${expected}`);
      const { verdict } = explainPorts(network.model, from, to);
      const member = membership(verdict, packet);
      if (member !== allowed) tell(`${textOf(packet)}: explained as ${allowed}, among connections ${member}`);
    }
  }
  return { probes: asked, answers, disagreements };
}

/** Names of the policies that have problems for which an API server refuses them. */
function refusedBy({ problems }: Network): string[] {
  const names = problems.map(({ object }) => asString(asObject(object['metadata'])?.['name']) ?? '');
  return [...new Set(names)].sort();
}

function randomPacket(choices: Choices, { pods, outside, nodeAddresses }: RandomWorld): Packet {
  const pod = choices.of(pods);
  const own = pod.status?.podIPs.map(({ ip }) => ip) ?? outside;
  // A pod has packets with addresses of its own IP families alone.
  const addresses = [...outside, ...nodeAddresses].filter((address) =>
    own.some((ip) => isIPv4(ip) === isIPv4(address)),
  );
  const other: End = choices.chance(0.6) ? { pod: choices.of(pods) } : { address: choices.of(addresses) };
  const [from, to] = choices.chance(0.5) ? [{ pod }, other] : [other, { pod }];
  const declared = 'pod' in to && choices.chance(0.4) ? declaredPorts(to.pod) : [];
  if (declared.length === 0) return { from, to, protocol: choices.of(PROTOCOLS), port: choices.of(PORTS) };
  const { protocol = 'TCP', containerPort } = choices.of(declared);
  return { from, to, protocol, port: containerPort };
}

/** Of init containers that are gone by then too. */
function declaredPorts({ spec }: PodObject) {
  return [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ ports }) => ports ?? []);
}

function endpoint(network: Network, end: End): Endpoint {
  if ('address' in end) return parseAddress(end.address)!;
  return network.pods.get(nameOf(end))!;
}

function nameOf(end: End): string {
  if ('address' in end) return end.address;
  const { namespace = 'default', name } = end.pod.metadata;
  return `${namespace}/${name}`;
}

function textOf({ from, to, protocol, port }: Packet): string {
  return `${nameOf(from)} → ${nameOf(to)} ${protocol}/${port}`;
}
