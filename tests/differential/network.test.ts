import { expect, test } from 'vitest';
import { compareRandomWorlds } from '../network-compare.ts';

/** NETWORK_SEED and NETWORK_PROBES ask for others. */
const SEED = Number(process.env['NETWORK_SEED'] ?? 20_261_123);
const PROBES = Number(process.env['NETWORK_PROBES'] ?? 200_000);

test(`packets through random worlds pass as the specifications say, read packet by packet (seed ${SEED})`, {
  timeout: Math.max(120_000, PROBES),
}, () => {
  const { probes, answers, disagreements } = compareRandomWorlds(SEED, PROBES);
  expect(disagreements).toEqual([]);
  expect(probes).toBeGreaterThanOrEqual(PROBES);
  for (const count of Object.values(answers)) expect(count).toBeGreaterThan(probes / 50);
});
