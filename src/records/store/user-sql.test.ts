import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COLUMNS } from '../record.ts';
import type { EventReader } from './event-store.ts';
import { type Manifest, readManifest, segmentPath } from './manifest.ts';
import { openReader } from './open-reader.ts';
import { StoreWriter } from './store-writer.ts';
import { numberedRecord } from './test-records.ts';

const ROWS = 2500;
let folder: string;
let store: string;
let reader: EventReader;
let columns: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubestride-sql'-"));
  store = join(folder, 'store');
  await writeFile(join(folder, 'secret.txt'), 'a,b\n1,2\n');
  const writer = await StoreWriter.open(store, { minFreeBytes: 0, journalEvents: 2000 });
  await writer.append(Array.from({ length: 2000 }, (_, number) => numberedRecord(number)));
  for (let tries = 0; tries < 600 && !(await readManifest(store))?.segments.length; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await writer.append(Array.from({ length: ROWS - 2000 }, (_, number) => numberedRecord(2000 + number)));
  await writer.close();
  const manifest = (await readManifest(store)) as Manifest;
  columns = join(store, segmentPath(manifest.segments[0]!, 'columns.parquet'));
  reader = await openReader(store);
}, 60_000);

afterAll(async () => {
  await reader.close();
  await rm(folder, { recursive: true });
});

test('answers with columns and rows, numbers as numbers, and says where the limit cut', async () => {
  const table = await reader.sql(
    'SELECT "user", count(*) AS events, min(time) AS first, avg(code) FROM events GROUP BY ALL ORDER BY ALL',
    3,
  );
  expect(table.columns).toEqual(['user', 'events', 'first', 'avg(code)']);
  expect(table.rows).toEqual(
    [0, 1, 2].map((user) => [`user-${user}`, user < 1 ? 358 : 357, numberedRecord(user).time, -1]),
  );
  expect(table.more).toBe(true);
  expect((await reader.sql('FROM events SELECT 1 WHERE false', 3)).rows).toEqual([]);
});

test('all columns are there in their order, originals too, in segments and journals', async () => {
  for (const number of [7, 2400]) {
    const table = await reader.sql(`SELECT * FROM events WHERE name = 'web-${number}';`, 10);
    expect(table.columns).toEqual(Object.keys(COLUMNS));
    const expected = numberedRecord(number);
    expect(table.rows).toEqual([
      Object.keys(COLUMNS).map((column) => expected[column as keyof typeof expected]),
    ]);
    const named = await reader.sql(
      `SELECT raw->>'$.auditID', length(raw) FROM events WHERE name = 'web-${number}'`,
      10,
    );
    expect(named.rows).toEqual([[`audit-${number}`, expected.raw.length]]);
  }
  const { rows } = await reader.sql(`SELECT count(*) FROM events WHERE contains(raw, 'audit-24')`, 1);
  expect(rows).toEqual([[111]]);
});

test('nothing but reading events is let through', async () => {
  const before = await readFile(columns);
  const out = join(folder, 'out.csv').replaceAll("'", "''");
  const secret = join(folder, 'secret.txt').replaceAll("'", "''");
  const own = columns.replaceAll("'", "''");
  for (const statement of [
    '',
    'SELECT 1; SELECT 2',
    'SELECT 1; DROP VIEW events',
    'CREATE TABLE t (x INT)',
    'DROP VIEW events',
    `COPY (SELECT 1) TO '${out}'`,
    `COPY (SELECT 1) TO '${own}' (FORMAT parquet)`,
    `COPY events TO '${own}'`,
    `EXPORT DATABASE '${out}'`,
    `ATTACH '${out}' AS x`,
    `SELECT * FROM read_csv('${secret}')`,
    `SELECT * FROM '${secret}'`,
    `SELECT * FROM read_text('${secret}')`,
    `SELECT * FROM read_blob('${secret}')`,
    `SELECT * FROM glob('${join(folder, '*').replaceAll("'", "''")}')`,
    `SELECT * FROM sniff_csv('${secret}')`,
    `SELECT * FROM query('SELECT * FROM read_text(''${secret.replaceAll("'", "''")}'')')`,
    "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
    "SELECT getenv('HOME')",
    "SET memory_limit = '9GB'",
    'SET enable_external_access = true',
    'RESET lock_configuration',
    'PRAGMA database_list',
    'CALL pragma_version()',
    'INSTALL httpfs',
    'LOAD httpfs',
    'EXPLAIN ANALYZE SELECT 1',
    'PREPARE p AS SELECT 1',
    'VACUUM',
    'CHECKPOINT',
    'SELECT no_such_column FROM events',
    'nonsense',
  ]) {
    await expect(reader.sql(statement, 10), statement).rejects.toMatchObject({ code: 'store-query' });
  }
  expect(existsSync(join(folder, 'out.csv'))).toBe(false);
  expect((await readFile(columns)).equals(before)).toBe(true);
}, 60_000);
