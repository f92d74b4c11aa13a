import { expect, test } from 'vitest';
import { Random } from '../../../tests/differential/random.ts';
import { ArrayReader } from '../questions/test-reader.ts';
import { record } from '../record.ts';
import { eventPages } from './pages.ts';

const at = (time: number, key: number) => record({ key: `k${key}`, time, source: 'audit', raw: '{}' });

async function keys(times: readonly number[], size: number, largest: number) {
  const reader = new ArrayReader(times.map(at));
  const found: string[] = [];
  let isCut = false;
  for await (const page of eventPages(reader, { columns: ['time', 'key'] }, size, largest)) {
    found.push(...page.events.map(({ key }) => key));
    isCut ||= page.isCut;
  }
  return { found, isCut };
}

test.each(Array.from({ length: 30 }, (_, index) => 7_000 + index))(
  'each event once, seed %i',
  async (seed) => {
    const random = new Random(seed);
    const times = Array.from({ length: random.below(80) }, () => 1 + random.below(12));
    const { found, isCut } = await keys(times, 1 + random.below(6), 1000);
    expect(isCut).toBe(false);
    expect([...found].sort()).toEqual(times.map((_, key) => `k${key}`).sort());
  },
);

test('more events of one time than are read at once: says so, and goes on behind them', async () => {
  const { found, isCut } = await keys([...Array.from({ length: 50 }, () => 5), 6, 7], 2, 8);
  expect(isCut).toBe(true);
  expect(found).toContain('k50');
  expect(found).toContain('k51');
  expect(new Set(found).size).toBe(found.length);
});
