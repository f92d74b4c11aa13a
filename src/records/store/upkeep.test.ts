import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { planCompaction } from './compaction.ts';
import type { EventStore } from './event-store.ts';
import { openStore, type StoreOptions } from './local-store.ts';
import { readManifest, type SegmentEntry, segmentPath } from './manifest.ts';
import { openReader } from './open-reader.ts';
import { contentsOf } from './test-contents.ts';
import { numberedRecord } from './test-records.ts';
import { WordsFilter, wordHashes } from './words.ts';

const DAY = 86_400_000_000;
const START = 1_763_942_400_000_000;

let folder: string;
let store: string;
let opened: EventStore[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubestride-store-'));
  store = join(folder, 'store');
  opened = [];
});

afterEach(async () => {
  for (const one of opened) await one.close();
  await rm(folder, { recursive: true });
});

async function storeOf(options: StoreOptions = {}): Promise<EventStore> {
  const one = await openStore(store, { minFreeBytes: 0, ...options });
  opened.push(one);
  return one;
}

const numbered = (from: number, to: number, start = START, step = 1000) =>
  Array.from({ length: to - from }, (_, index) =>
    numberedRecord(from + index, start + (from + index) * step),
  );

const range = (to: number) => Array.from({ length: to }, (_, index) => index);

async function numbersIn(): Promise<number[]> {
  return (await contentsOf(store)).map(({ name }) => Number(name.slice(4))).sort((a, b) => a - b);
}

/** Segments of a hundred events each. */
async function filled(segments: number, step = 1000): Promise<EventStore> {
  const one = await storeOf({ journalEvents: 100 });
  for (let at = 0; at < segments; at++) await one.append(numbered(at * 100, at * 100 + 100, START, step));
  await one.retain(0);
  return one;
}

describe('compaction', () => {
  test('leaves one segment of a day with all that there was', async () => {
    const one = await filled(6);
    const before = (await readManifest(store))!;
    expect(before.segments.map(({ rows }) => rows)).toEqual(Array(6).fill(100));
    expect(await one.compact()).toEqual({ before: 6, after: 1 });
    const [merged] = (await readManifest(store))!.segments;
    const total = (value: (segment: SegmentEntry) => number) =>
      before.segments.reduce((sum, segment) => sum + value(segment), 0);
    expect(merged).toMatchObject({
      day: '2025-11-24',
      rows: 600,
      first: START,
      last: START + 599_000,
      rawBytes: total(({ rawBytes }) => rawBytes),
      holdings: [{ source: 'audit', events: 600, first: START, last: START + 599_000 }],
    });
    expect(await numbersIn()).toEqual(range(600));
    expect(await readdir(join(store, 'segments', merged!.day))).toHaveLength(4);
    expect(await one.append(numbered(0, 601))).toEqual({ stored: 1, doubles: 600 });
    const words = new WordsFilter(join(store, segmentPath(merged!, 'words')));
    expect(words.blocks.map(({ rows }) => rows)).toEqual([600]);
    expect([...words.candidates(wordHashes('user-6'))]).toEqual([1]);
    expect([...words.candidates(wordHashes('nobodyhasthisword'))]).toEqual([0]);
    words.close();
    expect(await one.compact()).toEqual({ before: 1, after: 1 });
  });

  test('goes on while readers read, who see every event once', async () => {
    const one = await filled(8);
    const reader = await openReader(store);
    let compacted = false;
    const compaction = one.compact().then(() => {
      compacted = true;
    });
    let answers = 0;
    while (!compacted || answers === 0) {
      const { rows, damage } = await reader.count({}, ['source']);
      expect(damage).toEqual([]);
      expect(rows.map(({ events }) => events)).toEqual([800]);
      const found = await reader.select({ text: ['audit-777'], columns: ['name', 'raw'] });
      expect(found.events.map(({ name }) => name)).toEqual(['web-777']);
      answers++;
    }
    await compaction;
    await reader.close();
  });

  test('goes on while events are appended', async () => {
    const one = await filled(5);
    const compaction = one.compact();
    for (let at = 300; at < 900; at += 50) await one.append(numbered(at, at + 100));
    await compaction;
    expect(await numbersIn()).toEqual(range(950));
  });

  test('puts together what is small, of one day, and not too much of it', () => {
    const segment = (number: number, rows: number, rawBytes: number, day = '2025-11-24') =>
      ({ number, rows, rawBytes, day, first: number }) as SegmentEntry;
    const planned = (segments: SegmentEntry[]) =>
      planCompaction(segments).map((together) => together.map(({ number }) => number));
    expect(planned([segment(1, 10, 10)])).toEqual([]);
    expect(planned([segment(2, 10, 10), segment(1, 10, 10), segment(3, 10, 10, '2025-11-25')])).toEqual([
      [1, 2],
    ]);
    const large = range(5).map((number) => segment(number, 400_000, 1000));
    expect(planned(large)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(planned(range(5).map((number) => segment(number, 8000, 120 << 20)))).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    expect(planned([segment(1, 600_000, 1), segment(2, 10, 1)])).toEqual([]);
    // Ten events of 10 MB each.
    expect(planned([segment(1, 10, 100 << 20), segment(2, 10, 10)])).toEqual([]);
  });
});

describe('retention', () => {
  test('drops segments that ended before a time, and what waits in a journal with them', async () => {
    const one = await filled(4, DAY / 100);
    await one.append(numbered(400, 420, START, DAY / 100));
    expect(await one.retain(START + 2 * DAY)).toBe(200);
    expect(await numbersIn()).toEqual(range(420).slice(200));
    expect((await one.facts()).events).toBe(220);
    expect(await one.retain(START + 2 * DAY)).toBe(0);
    expect(await one.retain(START + 9 * DAY)).toBe(220);
    expect(await numbersIn()).toEqual([]);
    expect(await readdir(join(store, 'segments', '2025-11-24'))).toEqual([]);
    expect((await one.facts()).events).toBe(0);
  });

  test('is not kept from its work by an event that says to be of the future', async () => {
    const one = await storeOf({ journalEvents: 3 });
    await one.append([...numbered(0, 2), numberedRecord(2, Number.MAX_SAFE_INTEGER)]);
    expect(await one.retain(START + DAY)).toBe(0);
    expect(await one.retain(Date.now() * 1000 + DAY)).toBe(3);
  });
});

describe('a store whose disk fails', () => {
  async function prototypeOf(): Promise<Record<string, (...args: never[]) => unknown>> {
    const file = await open(folder, 'r');
    await file.close();
    return Object.getPrototypeOf(file);
  }

  /** Has the next call of a method of open files fail. */
  async function failing(method: 'datasync' | 'write' | 'truncate', code: string, times = 1): Promise<void> {
    const mock = vi.spyOn(await prototypeOf(), method);
    const failure = () => Promise.reject(Object.assign(new Error(code), { code, syscall: method }));
    for (let time = 0; time < times; time++) mock.mockImplementationOnce(failure);
  }

  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('acknowledges nothing more once it could not make sure, until it is opened again', async () => {
    const one = await storeOf();
    await one.append(numbered(0, 3), { a: '3' });
    await failing('datasync', 'EIO');
    await expect(one.append(numbered(3, 5), { a: '5' })).rejects.toMatchObject({ code: 'store-unusable' });
    await expect(one.append(numbered(5, 7))).rejects.toMatchObject({ code: 'store-unusable' });
    expect(one.positions()).toEqual({ a: '3' });
    expect((await one.select({})).events).toHaveLength(3);
    await one.close();
    const again = await storeOf();
    expect(await again.append(numbered(0, 7))).toEqual({ stored: 4, doubles: 3 });
  });

  test.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('refuses a batch and takes the next one (%s)', async (code) => {
    const one = await storeOf();
    await one.append(numbered(0, 3), { a: '3' });
    await failing('write', code);
    await expect(one.append(numbered(3, 5), { a: '5' })).rejects.toMatchObject({
      code: 'store-full',
      params: { path: store, reason: code },
    });
    expect(one.positions()).toEqual({ a: '3' });
    expect(await one.append(numbered(2, 6))).toEqual({ stored: 3, doubles: 1 });
    expect(await numbersIn()).toEqual(range(6));
  });

  test('leaves no file behind for each journal that it had no room to begin', async () => {
    const one = await storeOf({ journalEvents: 3 });
    await one.append(numbered(0, 2));
    const path = join(store, 'journal');
    const write = await prototypeOf();
    // The batch itself is written, the beginning of the next journal isn't.
    let calls = 0;
    const real = write.write as (...args: unknown[]) => Promise<unknown>;
    vi.spyOn(write, 'write').mockImplementation(function (this: unknown, ...args: unknown[]) {
      calls++;
      if (calls % 2 === 1) return real.apply(this, args);
      return Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' }));
    });
    for (let at = 2; at < 6; at++) {
      expect(await one.append(numbered(at, at + 1))).toEqual({ stored: 1, doubles: 0 });
    }
    vi.restoreAllMocks();
    expect((await readdir(path)).length).toBeLessThanOrEqual(2);
    expect(await numbersIn()).toEqual(range(6));
  });

  test('refuses the batch that has no room, not those that wait with it', async () => {
    const one = await storeOf();
    const first = one.append(numbered(0, 3));
    await first;
    await failing('write', 'ENOSPC', 2);
    const answers = await Promise.allSettled([
      one.append(numbered(3, 5)),
      one.append(numbered(5, 7)),
      one.append(numbered(7, 9)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(await numbersIn()).toEqual([0, 1, 2, 5, 6, 7, 8]);
  });
});

describe('limits', () => {
  test('of bytes are kept', async () => {
    const one = await storeOf({ maxBytes: 20_000 });
    await expect(
      (async () => {
        for (let at = 0; at < 1000; at += 10) await one.append(numbered(at, at + 10));
      })(),
    ).rejects.toMatchObject({ code: 'store-full', params: { path: store, reason: 'limit' } });
    const { bytes, events } = await one.facts();
    expect(bytes).toBeGreaterThan(15_000);
    expect(bytes).toBeLessThan(30_000);
    expect(events).toBeGreaterThan(20);
  });

  test('of free room are kept', async () => {
    const one = await storeOf({ minFreeBytes: Number.MAX_SAFE_INTEGER });
    await expect(one.append(numbered(0, 1))).rejects.toMatchObject({ code: 'store-full' });
    expect((await one.facts()).events).toBe(0);
  });
});
