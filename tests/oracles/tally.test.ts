import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Tally } from './tally.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-tally-'));
const file = join(folder, 'counted.jsonl');
const before = process.env['KUBESTRIDE_ORACLES'];

beforeEach(() => {
  process.env['KUBESTRIDE_ORACLES'] = file;
});
afterEach(() => {
  if (before === undefined) delete process.env['KUBESTRIDE_ORACLES'];
  else process.env['KUBESTRIDE_ORACLES'] = before;
  rmSync(folder, { recursive: true });
});

test('what differs, fails or is left out is never counted as agreement', async () => {
  const tally = new Tally('source', 'part');
  await tally.compare('same', () => []);
  await tally.compare('other', async () => ['80, not 443']);
  await tally.compare('broken', () => {
    throw new Error('no such file');
  });
  tally.leaveOut('why');
  tally.leaveOut('why');
  tally.leaveOutWithin('cells');
  expect(tally.finish()).toEqual(['other: 80, not 443', 'broken: Error: no such file']);
  const [begins, counted] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  // A comparison that breaks off leaves the first line alone.
  expect(begins).toEqual({ source: 'source', part: 'part', begins: true });
  expect(counted).toMatchObject({
    cases: 5,
    agreed: 1,
    disagreed: ['other', 'broken'],
    leftOut: [['why', 2]],
    within: [['cells', 1]],
  });
});
