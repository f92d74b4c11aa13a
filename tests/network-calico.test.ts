import { expect, test } from 'vitest';
import { connectionsOf, explain, Network, parseAddress } from '../src/engines/network/index.ts';
import { objectsOf, randomCalicoWorld, randomPacket } from './network-calico-random.ts';
import { passes, type World } from './network-calico-reference.ts';
import { Choices } from './random-pod.ts';

const SEED = Number(process.env['NETWORK_SEED'] ?? 20_261_123);
const WORLDS = Number(process.env['NETWORK_WORLDS'] ?? 150);
const PACKETS = 40;

function describe(world: World, what: object): string {
  return JSON.stringify({ ...what, policies: objectsOf(world).filter(({ kind }) => kind !== 'Pod') });
}

test(`packets through random worlds of Calico pass as a first-match reading says (seed ${SEED})`, () => {
  const choices = new Choices(SEED);
  const counts = { passed: 0, stopped: 0, unknown: 0 };
  const disagreements: string[] = [];
  for (let number = 0; number < WORLDS && disagreements.length < 3; number++) {
    const world = randomCalicoWorld(choices);
    const network = Network.of(objectsOf(world), { isComplete: true });
    expect(network.problems).toEqual([]);
    const end = (address: string) => {
      const pod = world.pods.find(({ prefix }) => prefix === address);
      return pod === undefined ? parseAddress(address)! : network.pods.get(`${pod.namespace}/${pod.name}`)!;
    };
    for (let count = 0; count < PACKETS; count++) {
      const packet = randomPacket(choices, world);
      const { allowed } = explain(network.model, end(packet.from), end(packet.to), packet);
      const outcomes = new Set([
        passes(world, packet, () => true),
        passes(world, packet, () => false),
        ...[1, 2, 3, 4].map(() => passes(world, packet, () => choices.chance(0.5))),
      ]);
      // What is unknown may go either way; without conditions, nothing is.
      const hasConditions = world.policies.some(({ ingress, egress }) =>
        [...ingress, ...egress].some(({ http }) => http === true),
      );
      const isRight = allowed === 'unknown' ? hasConditions : outcomes.size === 1 && outcomes.has(allowed);
      if (!isRight) disagreements.push(describe(world, { packet, allowed, outcomes: [...outcomes] }));
      counts[allowed === 'unknown' ? 'unknown' : allowed ? 'passed' : 'stopped']++;
    }
  }
  expect(disagreements).toEqual([]);
  const total = counts.passed + counts.stopped + counts.unknown;
  expect(counts.passed).toBeGreaterThan(total / 5);
  expect(counts.stopped).toBeGreaterThan(total / 5);
  expect(counts.unknown).toBeLessThan(total / 10);
  expect(counts.unknown).toBeGreaterThan(0);
});

test(`connections of random worlds of Calico are those of their pods (seed ${SEED})`, () => {
  const choices = new Choices(SEED);
  let compared = 0;
  for (let number = 0; number < WORLDS / 4; number++) {
    const world = randomCalicoWorld(choices);
    const { model, groups, entries } = Network.of(objectsOf(world), { isComplete: true });
    for (const { from, to, allowed, unknown } of connectionsOf(model, groups, entries)) {
      if (!('group' in from) || !('group' in to)) continue;
      const [source, destination] = [from.group.pods[0]!, to.group.pods[0]!];
      for (const port of [80, 81, 443]) {
        const single = explain(model, source, destination, { protocol: 'TCP', port }).allowed;
        const listed = allowed.has('TCP', port) || (unknown.has('TCP', port) ? 'unknown' : false);
        expect(listed, describe(world, { source, destination, port })).toBe(single);
        compared++;
      }
    }
  }
  expect(compared).toBeGreaterThan(WORLDS);
});
