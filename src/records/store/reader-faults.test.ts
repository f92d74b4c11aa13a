import { copyFile, cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EventReader } from './event-store.ts';
import { type Manifest, readManifest, segmentPath } from './manifest.ts';
import { openReader } from './open-reader.ts';
import { StoreWriter } from './store-writer.ts';
import { numberedRecord } from './test-records.ts';
import { verifyStore } from './verify.ts';

const EACH = 3000;

let folder: string;
let whole: string;
let store: string;
let manifest: Manifest;
let reader: EventReader | undefined;

const batch = (index: number) =>
  Array.from({ length: EACH }, (_, number) => numberedRecord(index * EACH + number));

async function segmentsOf(path: string): Promise<number> {
  return (await readManifest(path))?.segments.length ?? 0;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubestride-faults-'));
  whole = join(folder, 'whole');
  const writer = await StoreWriter.open(whole, { minFreeBytes: 0, journalEvents: EACH });
  for (let index = 0; index < 3; index++) {
    await writer.append(batch(index));
    for (let tries = 0; tries < 600 && (await segmentsOf(whole)) <= index; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  await writer.append(batch(3).slice(0, 100));
  await writer.close();
  manifest = (await readManifest(whole)) as Manifest;
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

let copies = 0;
beforeEach(async () => {
  store = join(folder, `copy-${copies++}`);
  await cp(whole, store, { recursive: true });
});

afterEach(async () => {
  await reader?.close();
  reader = undefined;
});

const second = (part: 'columns.parquet' | 'raw.parquet' | 'words' | 'keys') =>
  segmentPath(manifest.segments[1]!, part);
const total = 3 * EACH + 100;

async function counted(): Promise<{ events: number; damage: readonly unknown[] }> {
  reader ??= await openReader(store);
  const { rows, damage } = await reader.count({}, []);
  return { events: rows[0]?.events ?? 0, damage };
}

async function flip(path: string): Promise<void> {
  const bytes = await readFile(path);
  for (let at = 100; at < bytes.length; at += 97) bytes[at] = (bytes[at] as number) ^ 0xff;
  await writeFile(path, bytes);
}

describe.each([
  ['truncated', (path: string) => truncate(path, 5000)],
  ['gone', (path: string) => rm(path)],
  ['overwritten', flip],
])('a file of columns that is %s', (_, harm) => {
  test('is named with what is missing, and the rest is answered', async () => {
    await harm(join(store, second('columns.parquet')));
    const { first, last } = manifest.segments[1]!;
    const missing = expect.objectContaining({
      part: second('columns.parquet'),
      events: EACH,
      from: first,
      to: last,
    });
    expect(await counted()).toEqual({ events: total - EACH, damage: [missing] });
    const { events, more, damage } = await reader!.select({ limit: 5000, order: 'oldest' });
    expect(damage).toEqual([missing]);
    expect(more).toBe(true);
    const left = [...batch(0), ...batch(2)].slice(0, 5000);
    expect(events.map(({ key }) => key)).toEqual(left.map(({ key }) => key));
    const table = await reader!.sql('SELECT count(*) FROM events', 10);
    expect(table).toMatchObject({ rows: [[total - EACH]], damage: [missing] });
    expect((await verifyStore(store)).damage).toEqual([missing]);
  });
});

test('originals that cannot be read are missing where they are asked, and nowhere else', async () => {
  await truncate(join(store, second('raw.parquet')), 9000);
  const missing = expect.objectContaining({ part: second('raw.parquet'), events: EACH });
  expect(await counted()).toEqual({ events: total, damage: [] });
  const { events, damage } = await reader!.select({
    where: [{ column: 'name', is: `web-${EACH + 5}` }],
    columns: ['name', 'raw'],
  });
  expect(events).toMatchObject([{ name: `web-${EACH + 5}`, raw: '' }]);
  expect(damage).toEqual([missing]);
  const text = await reader!.select({ text: ['auditID'], columns: ['key'] });
  expect(text.events).toHaveLength(total - EACH);
  expect(text.damage).toEqual([missing]);
});

test.each(['gone', 'truncated', 'overwritten'])('without filters, %s, rows are read instead', async (how) => {
  const path = join(store, second('words'));
  if (how === 'gone') await rm(path);
  else if (how === 'truncated') await truncate(path, 1000);
  else await flip(path);
  reader = await openReader(store);
  const expected = batch(1)[7]!;
  for (const query of [
    { where: [{ column: 'name' as const, is: expected.name }] },
    { text: [`audit-${EACH + 7}`] },
  ]) {
    const { events, damage } = await reader.select(query);
    expect(events.map(({ key }) => key)).toEqual([expected.key]);
    expect(damage).toEqual([]);
  }
  expect((await verifyStore(store)).damage).toMatchObject([{ part: second('words') }]);
});

test('a line of a journal that was overwritten is passed over', async () => {
  const [name] = ['journal'];
  const { readdir } = await import('node:fs/promises');
  const [log] = (await readdir(join(store, name!))).filter((one) => one.endsWith('.log')).slice(-1);
  const path = join(store, name!, log!);
  const bytes = await readFile(path);
  const at = bytes.indexOf('"time":', bytes.indexOf('\n') + 1);
  bytes.write('"ti}}{{', at);
  await writeFile(path, bytes);
  expect((await counted()).events).toBe(total - 1);
  expect((await verifyStore(store)).damage).toMatchObject([{ part: `journal/${log}`, events: 1 }]);
});

test('what is being written behind the last commit is not seen', async () => {
  const { readdir, appendFile } = await import('node:fs/promises');
  const [log] = (await readdir(join(store, 'journal'))).filter((one) => one.endsWith('.log')).slice(-1);
  const path = join(store, 'journal', log!);
  const bytes = await readFile(path);
  await appendFile(path, bytes.subarray(0, bytes.indexOf('\n') + 1));
  expect((await counted()).events).toBe(total);
  await appendFile(path, bytes.subarray(0, 150));
  expect((await counted()).events).toBe(total);
});

test('readers see all that was acknowledged while segments are sealed and brought together', async () => {
  const writer = await StoreWriter.open(store, { minFreeBytes: 0, journalEvents: 1000 });
  reader = await openReader(store);
  try {
    let acknowledged = total;
    let done = false;
    const writing = (async () => {
      for (let index = 10; index < 30; index++) {
        await writer.append(batch(index).slice(0, 700));
        acknowledged += 700;
        if (index % 5 === 0) await writer.compact();
      }
      done = true;
    })();
    let asked = 0;
    while (!done) {
      const before = acknowledged;
      const { rows, damage } = await reader.count({}, []);
      expect(damage).toEqual([]);
      expect(rows[0]!.events).toBeGreaterThanOrEqual(before);
      expect(rows[0]!.events).toBeLessThanOrEqual(acknowledged + 700);
      const { events } = await reader.select({
        where: [{ column: 'name', is: 'web-77' }],
        columns: ['key', 'raw'],
      });
      expect(events).toMatchObject([{ key: numberedRecord(77).key, raw: numberedRecord(77).raw }]);
      asked++;
    }
    await writing;
    expect(asked).toBeGreaterThan(3);
    expect((await counted()).events).toBe(acknowledged);
  } finally {
    await writer.close();
  }
}, 60_000);

test('a folder without a store is told from one with another thing', async () => {
  await expect(openReader(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'store-absent' });
  await copyFile(join(store, second('keys')), join(folder, 'store.json'));
  await expect(openReader(folder)).rejects.toMatchObject({ code: 'store-foreign' });
});
