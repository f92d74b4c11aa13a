import { expect, test } from 'vitest';
import {
  explain,
  isPod,
  Network,
  type PortSet,
  type Protocol,
  parseAddress,
} from '../src/engines/network/index.ts';
import { objectsOf, randomPacket, randomWorld } from './network-cilium-random.ts';
import { type End, type Maybe, Reference } from './network-cilium-reference.ts';
import { Choices } from './random-pod.ts';

const SEED = 20_261_123;
const PROBES = 20_000;
const PROBES_IN_WORLD = 40;
const SHOWN = 3;

test(`packets through random policies of Cilium pass as its documentation says (seed ${SEED})`, () => {
  const choices = new Choices(SEED);
  const answers = new Map<Maybe, number>();
  const disagreements: object[] = [];
  for (let probes = 0; probes < PROBES; probes += PROBES_IN_WORLD) {
    const { world, pods } = randomWorld(choices);
    const objects = objectsOf(world, pods);
    const network = Network.of(objects);
    expect(network.problems, JSON.stringify(network.problems)).toEqual([]);
    const reference = new Reference(world);
    const endOf = (end: End) =>
      typeof end === 'string' ? parseAddress(end)! : network.pods.get(`${end.namespace}/${end.name}`)!;
    for (let probe = 0; probe < PROBES_IN_WORLD; probe++) {
      const packet = randomPacket(choices, pods);
      if (packet.from === packet.to) continue;
      const { protocol, port } = packet;
      const expected = reference.passes(packet);
      answers.set(expected, (answers.get(expected) ?? 0) + 1);
      const { allowed } = explain(network.model, endOf(packet.from), endOf(packet.to), {
        protocol: protocol as Protocol,
        port,
      });
      const given: Maybe[] = [allowed === 'unknown' ? 'maybe' : allowed];
      const [from, to] = [endOf(packet.from), endOf(packet.to)];
      if (isPod(from) && isPod(to) && !from.isOnHostNetwork && !to.isOnHostNetwork) {
        // What is said of all pods of their kinds at once.
        const [source, destination] = [from, to].map((pod) => network.model.kindsOf([pod])[0]!);
        const verdict = network.model.betweenClasses(source!, destination!);
        const has = (set: PortSet) => set.has(protocol as Protocol, port);
        given.push(has(verdict.allowed) || (has(verdict.unknown) ? 'maybe' : false));
      }
      if (given.some((each) => each !== expected) && disagreements.length < SHOWN) {
        disagreements.push({ packet, expected, given, policies: world.policies });
      }
    }
  }
  expect(disagreements, JSON.stringify(disagreements, undefined, 1)).toEqual([]);
  for (const count of answers.values()) expect(count).toBeGreaterThan(PROBES / 20);
});
