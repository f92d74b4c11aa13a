/**
 * `npm run oracles [-- NAME…] [-- --json]`: how often we agree with what others expect, by source (docs/oracles.md). It runs the tests
 * that compare with ../shared/truth (tests/*-truth.test.ts, those alone whose names contain a NAME) and collects what each of them
 * counted (tests/oracles/tally.ts). Exit code 1 where anything disagrees, could not be compared or is absent.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Of many differences of one source, so many are shown. */
const SHOWN = 10;

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const tests = readdirSync(join(root, 'tests')).filter(
  (file) =>
    file.endsWith('-truth.test.ts') && (names.length === 0 || names.some((name) => file.includes(name))),
);
if (tests.length === 0) {
  process.stderr.write(`no tests/*${names.join('*, tests/*')}*-truth.test.ts\n`);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'kubestride-oracles-'));
const file = join(folder, 'counted.jsonl');
writeFileSync(file, '');
const results = join(folder, 'results.json');
const { stdout, stderr } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${results}`,
    ...tests.map((name) => `tests/${name}`),
  ],
  {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, KUBESTRIDE_ORACLES: file, NO_COLOR: '1' },
  },
);
const records = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line));
/** Files that could not even be loaded. */
const unloaded = JSON.parse(readFileSync(results, 'utf8'))
  .testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
  .map(({ name }) => ({ source: name.slice(root.length + 1), part: 'file' }));
rmSync(folder, { recursive: true });

const key = ({ source, part }) => `${source}\n${part}`;
const finished = new Map(records.filter(({ cases }) => cases !== undefined).map((each) => [key(each), each]));
const broken = [...unloaded, ...records.filter((each) => each.begins && !finished.has(key(each)))];
const absent = [...new Set(records.filter(({ isAbsent }) => isAbsent).map(({ source }) => source))];
const parts = [...finished.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));

if (process.argv.includes('--json'))
  process.stdout.write(`${JSON.stringify({ parts, broken, absent }, null, 2)}\n`);
else print();
const isGood =
  parts.length > 0 &&
  parts.every(({ disagreed }) => disagreed.length === 0) &&
  broken.length === 0 &&
  absent.length === 0;
process.exitCode = isGood ? 0 : 1;

function print() {
  const out = (line) => process.stdout.write(`${line}\n`);
  const rows = parts.map(({ source, part, cases, agreed, disagreed, leftOut }) => [
    source,
    part,
    cases,
    agreed,
    disagreed.length,
    leftOut.reduce((sum, [, count]) => sum + count, 0),
  ]);
  const sum = (column) => rows.reduce((all, row) => all + row[column], 0);
  const table = [
    ['source', 'part', 'cases', 'agreed', 'disagreed', 'not supported'],
    ...rows,
    ['all', '', sum(2), sum(3), sum(4), sum(5)],
  ].map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)));
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  table.forEach((row, index) => {
    out(
      `| ${row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`,
    );
    if (index === 0)
      out(
        `| ${widths.map((width, column) => (column < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`,
      );
  });
  const reasons = (title, field) => {
    const lines = parts.flatMap((each) =>
      each[field].map(
        ([reason, count]) => `- ${each.source}, ${each.part}: ${count.toLocaleString('en')} ${reason}`,
      ),
    );
    if (lines.length > 0) out(`\n${title}\n${lines.join('\n')}`);
  };
  reasons('Cases that are not compared, and why:', 'leftOut');
  reasons('Within cases that are:', 'within');
  for (const { source, part, differences } of parts) {
    if (differences.length === 0) continue;
    out(`\nDISAGREED: ${source}, ${part}`);
    for (const difference of differences.slice(0, SHOWN)) out(`- ${difference}`);
    if (differences.length > SHOWN) out(`- and ${differences.length - SHOWN} more`);
  }
  for (const source of absent)
    out(`\nABSENT: ../shared/truth/${source} is not there, and NOTHING was compared with it.`);
  for (const { source, part } of broken) out(`\nBROKEN: ${source}, ${part} ended before its last case.`);
  if (broken.length > 0 || parts.length === 0) process.stderr.write(`${stdout}${stderr}`);
}
