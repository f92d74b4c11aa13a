import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { record } from './oracles/tally.ts';

/** KUBESTRIDE_TRUTH: other cases of the same kinds, as the ones that are kept back. */
const truth =
  process.env['KUBESTRIDE_TRUTH'] ?? join(dirname(fileURLToPath(import.meta.url)), '../../shared/truth');

/** True where the collection of truth cases lies beside the repository; says loudly when it does not. */
export function hasTruth(collection: string): boolean {
  const present = existsSync(join(truth, collection, 'cases.csv'));
  if (!present) {
    process.stderr.write(`\nSKIPPED: ../shared/truth absent (${collection}); nothing was compared.\n\n`);
    record({ source: collection, isAbsent: true });
  }
  return present;
}

/** The path of a file or folder of a collection. */
export function truthPath(collection: string, path: string): string {
  return join(truth, collection, path);
}

export function readTruth(collection: string, path: string): Buffer {
  return readFileSync(truthPath(collection, path));
}

/** The rows of a collection's cases.csv by column name. */
export function truthCases(collection: string): Record<string, string>[] {
  const [header = [], ...rows] = parseCsv(readTruth(collection, 'cases.csv').toString('utf8'));
  return rows.map((row) => Object.fromEntries(header.map((column, index) => [column, row[index] ?? ''])));
}

/** RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (end === '' && quoted === undefined && plain === '' && row.length === 0) break;
    row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
    if (end === '') break;
  }
  return rows;
}
