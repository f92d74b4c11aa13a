import { expect, test } from 'vitest';
import { Network } from '../src/engines/network/index.ts';
import { compareRandomWorlds } from './network-compare.ts';
import { objectsOf } from './network-random.ts';
import { adminPolicy, baselinePolicy, clusterPolicy } from './network-random-admin.ts';
import { networkPolicy } from './network-random-policies.ts';
import {
  MEANT_ADMIN_POLICIES,
  MEANT_CLUSTER_POLICIES,
  SPOILED_ADMIN_POLICIES,
  SPOILED_CLUSTER_POLICIES,
  SPOILED_NETWORK_POLICIES,
  spoiled,
} from './network-spoiled.ts';
import { Choices } from './random-pod.ts';

/** A few of those that tests/differential/network.test.ts asks for. */
const SEED = 20_261_123;
const PROBES = 20_000;

test(`packets through random worlds pass as the specifications say, read packet by packet (seed ${SEED})`, () => {
  const { probes, answers, disagreements } = compareRandomWorlds(SEED, PROBES);
  expect(disagreements).toEqual([]);
  expect(probes).toBeGreaterThanOrEqual(PROBES);
  for (const count of Object.values(answers)) expect(count).toBeGreaterThan(probes / 50);
});

test('each refusal of the API server alone', () => {
  const choices = new Choices(SEED);
  const kinds = [
    [networkPolicy(choices, 'np'), SPOILED_NETWORK_POLICIES],
    [adminPolicy(choices, 'anp'), SPOILED_ADMIN_POLICIES['AdminNetworkPolicy']!],
    [baselinePolicy(choices), SPOILED_ADMIN_POLICIES['BaselineAdminNetworkPolicy']!],
    [clusterPolicy(choices, 'cnp'), SPOILED_CLUSTER_POLICIES],
  ] as const;
  const meant = [
    [adminPolicy(choices, 'anp'), MEANT_ADMIN_POLICIES],
    [baselinePolicy(choices), MEANT_ADMIN_POLICIES],
    [clusterPolicy(choices, 'cnp'), MEANT_CLUSTER_POLICIES],
  ] as const;
  const networkOf = (policy: object) => new Network(objectsOf([policy]), { isComplete: false });
  const problemsOf = (policy: object) => networkOf(policy).problems.length;
  for (const [policy, refusals] of meant) {
    for (const refusal of refusals) {
      const { problems, model } = networkOf(spoiled(policy, refusal));
      expect(problems.map(({ isReadAsMeant }) => isReadAsMeant)).toEqual([true]);
      expect(model.policies).toHaveLength(1);
    }
  }
  for (const [policy, refusals] of kinds) {
    expect(problemsOf(policy)).toBe(0);
    for (const refusal of refusals)
      expect(problemsOf(spoiled(policy, refusal)), JSON.stringify(refusal)).toBeGreaterThan(0);
  }
});
