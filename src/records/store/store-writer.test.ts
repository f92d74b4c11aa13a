import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventRecord } from '../record.ts';
import { readManifest } from './manifest.ts';
import { type StoreOptions, StoreWriter } from './store-writer.ts';
import { comparable, contentsOf, journalsOf } from './test-contents.ts';
import { numberedRecord, oddRecord } from './test-records.ts';

let folder: string;
let store: string;
let opened: StoreWriter[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubestride-store-'));
  store = join(folder, 'store');
  opened = [];
});

afterEach(async () => {
  for (const writer of opened) await writer.close();
  await rm(folder, { recursive: true });
});

async function writerOf(options: StoreOptions = {}): Promise<StoreWriter> {
  const writer = await StoreWriter.open(store, { minFreeBytes: 0, ...options });
  opened.push(writer);
  return writer;
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => numberedRecord(from + index));

const sorted = (records: readonly EventRecord[]) =>
  records
    .map(comparable)
    .map((row) => JSON.stringify(row))
    .sort();

const numbersOf = (records: readonly EventRecord[]) =>
  records.map(({ name }) => Number(name.slice(4))).sort((a, b) => a - b);

const range = (to: number) => Array.from({ length: to }, (_, index) => index);

describe('what is appended', () => {
  test('comes back exactly, from journals and from segments', async () => {
    const odd = fc.sample(oddRecord, { seed: 7, numRuns: 2500 });
    const records = odd.map((one, index) => ({ ...one, key: `${one.key}${index}` }));
    const writer = await writerOf({ journalEvents: 2400 });
    for (let at = 0; at < records.length; at += 100) await writer.append(records.slice(at, at + 100));
    const expected = sorted(records);
    expect(sorted(await contentsOf(store))).toEqual(expected);
    await writer.close();
    const manifest = await readManifest(store);
    expect(manifest?.segments.map(({ rows }) => rows)).toEqual([2400]);
    expect(sorted(await contentsOf(store))).toEqual(expected);
    const { segments, damage } = manifest!;
    const rawBytes = records.slice(0, 2400).map(({ raw }) => Buffer.byteLength(raw));
    expect(segments[0]!.first).toBe(Math.min(...records.slice(0, 2400).map(({ time }) => time)));
    expect(segments[0]!.last).toBe(Math.max(...records.slice(0, 2400).map(({ time }) => time)));
    expect(segments[0]!.rawBytes).toBeGreaterThanOrEqual(rawBytes.reduce((sum, bytes) => sum + bytes, 0));
    expect(damage).toEqual([]);
  });

  test('may be 16 MiB long', async () => {
    const long = { ...numberedRecord(1), raw: `{"a":"${'x'.repeat((16 << 20) - 8)}"}` };
    const control = {
      ...numberedRecord(2),
      message: 'line\n'.repeat(1 << 20),
      raw: '\x01\t'.repeat(2 << 20),
    };
    const many = range(3).map((index) => ({
      ...numberedRecord(10 + index),
      raw: `y${index}`.repeat(5 << 20),
    }));
    const writer = await writerOf({ journalBytes: 1 });
    await writer.append([long, control]);
    await writer.append(many);
    await writer.close();
    expect((await readManifest(store))?.segments.map(({ rows }) => rows)).toEqual([2, 3]);
    const read = new Map((await contentsOf(store)).map((one) => [one.key, one]));
    for (const one of [long, control, ...many]) {
      expect(read.get(one.key)!.raw === one.raw).toBe(true);
      expect(read.get(one.key)!.message === one.message).toBe(true);
    }
  });

  test('is stored once: in a batch, across batches, journals, segments and openings', async () => {
    const writer = await writerOf({ journalEvents: 10 });
    expect(await writer.append([...numbered(0, 4), ...numbered(2, 5)])).toEqual({ stored: 5, doubles: 2 });
    const together = await Promise.all([
      writer.append(numbered(4, 8)),
      writer.append(numbered(6, 9)),
      writer.append(numbered(0, 2)),
    ]);
    expect(together).toEqual([
      { stored: 3, doubles: 1 },
      { stored: 1, doubles: 2 },
      { stored: 0, doubles: 2 },
    ]);
    await writer.append(numbered(9, 12));
    await writer.append(numbered(12, 14));
    await writer.close();
    const again = await writerOf({ journalEvents: 10 });
    expect((await readManifest(store))?.segments.map(({ rows }) => rows)).toEqual([12]);
    expect(await again.append(numbered(0, 20))).toEqual({ stored: 6, doubles: 14 });
    expect(numbersOf(await contentsOf(store))).toEqual(range(20));
  });

  test('is no double for having the time or the Audit-ID of another', async () => {
    const writer = await writerOf({ journalEvents: 3 });
    const same = range(10).map((index) => ({
      ...numberedRecord(index, 1_763_929_000_000_000),
      audit_id: 'same',
    }));
    for (const one of same) expect(await writer.append([one])).toEqual({ stored: 1, doubles: 0 });
    const later = { ...same[0]!, key: 'another' };
    expect(await writer.append([later])).toEqual({ stored: 1, doubles: 0 });
  });

  test('keys that differ in halves of pairs only are two', async () => {
    const writer = await writerOf();
    const records = ['\ud800', '\ud801', '\ufffd'].map((key) => ({ ...numberedRecord(1), key }));
    expect(await writer.append(records)).toEqual({ stored: 3, doubles: 0 });
  });

  test('may happen at any time, and a store reaches from 1970 to 2255', async () => {
    const times = [0, 1, 1_763_929_000_000_000, Number.MAX_SAFE_INTEGER, Number.NaN, -5, Infinity, 1e200];
    const writer = await writerOf({ journalEvents: times.length });
    await writer.append(times.map((time, index) => numberedRecord(index, time)));
    await writer.close();
    const [segment] = (await readManifest(store))!.segments;
    expect(segment).toMatchObject({
      first: 0,
      last: Number.MAX_SAFE_INTEGER,
      spans: [
        [0, 1],
        [1_763_929_000_000_000, 1_763_929_000_000_000],
        [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
      ],
    });
    const again = await writerOf();
    expect(await again.append(times.map((time, index) => numberedRecord(index, time)))).toEqual({
      stored: 0,
      doubles: times.length,
    });
  });

  test('is told of by source, cluster and inlet, however many inlets there are', async () => {
    const writer = await writerOf({ journalEvents: 1300 });
    const records = numbered(0, 1300).map((one, index) => ({
      ...one,
      inlet: index < 10 ? 'webhook' : `file:${index}`,
    }));
    await writer.append(records);
    await writer.close();
    const { holdings } = (await readManifest(store))!.segments[0]!;
    expect(holdings.find(({ inlet }) => inlet === 'webhook')).toEqual({
      source: 'audit',
      cluster: 'test',
      inlet: 'webhook',
      events: 10,
      first: records[0]!.time,
      last: records[9]!.time,
    });
    expect(holdings.length).toBeLessThan(600);
    expect(holdings.reduce((sum, { events }) => sum + events, 0)).toBe(1300);
  });
});

describe('positions', () => {
  test('are those of the last append, also after sealing and opening again', async () => {
    const writer = await writerOf({ journalEvents: 5 });
    await writer.append(numbered(0, 3), { a: '3', b: 'x' });
    await writer.append(numbered(3, 6), { a: '6' });
    await writer.append([], { ['__proto__']: 'odd' });
    const expected = Object.fromEntries([
      ['a', '6'],
      ['b', 'x'],
      ['__proto__', 'odd'],
    ]);
    expect(writer.positions()).toEqual(expected);
    await writer.close();
    const again = await writerOf({ journalEvents: 5 });
    expect(again.positions()).toEqual(expected);
    await again.append([], { b: '' });
    await again.append(numbered(6, 20));
    await again.close();
    expect((await writerOf()).positions()).toEqual(
      Object.fromEntries([
        ['a', '6'],
        ['__proto__', 'odd'],
      ]),
    );
    expect(await journalsOf(store)).toHaveLength(1);
  });

  test('move on with doubles too', async () => {
    const writer = await writerOf();
    await writer.append(numbered(0, 3), { a: '1' });
    expect(await writer.append(numbered(0, 3), { a: '2' })).toEqual({ stored: 0, doubles: 3 });
    await writer.close();
    expect((await writerOf()).positions()).toEqual({ a: '2' });
  });
});

describe('a folder', () => {
  test('has one writer', async () => {
    const writer = await writerOf();
    await expect(writerOf()).rejects.toMatchObject({ code: 'store-locked' });
    await writer.close();
    await writerOf();
  });

  test('that holds other things is left alone', async () => {
    await writeFile(join(folder, 'other'), '');
    await expect(StoreWriter.open(folder)).rejects.toMatchObject({
      code: 'store-foreign',
      params: { problem: 'not-a-store' },
    });
  });

  test('of a later version is left alone', async () => {
    await (await writerOf()).close();
    const path = join(store, 'store.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"version":1', '"version":2'));
    await expect(writerOf()).rejects.toMatchObject({ code: 'store-foreign', params: { problem: 'version' } });
    for (const wrong of ['', '[]', 'null', '{"format":"x"}']) {
      await writeFile(path, wrong);
      await expect(writerOf()).rejects.toMatchObject({
        code: 'store-foreign',
        params: { problem: 'not-a-store' },
      });
    }
    await writeFile(path, text.replace(/"next":\d+/, '"next":"../"'));
    await expect(writerOf()).rejects.toMatchObject({ code: 'store-unusable' });
  });

  test('is made only where that is wanted', async () => {
    await expect(writerOf({ create: false })).rejects.toMatchObject({
      code: 'store-absent',
      params: { path: store },
    });
    expect(await readdir(folder)).toEqual([]);
    await (await writerOf()).close();
    await writerOf({ create: false });
  });

  test('cannot be a file', async () => {
    await writeFile(store, '');
    await expect(writerOf()).rejects.toMatchObject({ code: 'store-unusable' });
  });
});
