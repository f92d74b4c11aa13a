import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { record } from '../record.ts';
import { EMPTY_MANIFEST, journalPath, readManifest, segmentPath, writeManifest } from './manifest.ts';
import { recover } from './recovery.ts';
import { type StoreOptions, StoreWriter } from './store-writer.ts';
import { contentsOf, journalsOf } from './test-contents.ts';
import { numberedRecord } from './test-records.ts';

let folder: string;
let store: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubestride-store-'));
  store = join(folder, 'store');
});

afterEach(() => rm(folder, { recursive: true }));

const openWriter = (options: StoreOptions = {}) => StoreWriter.open(store, { minFreeBytes: 0, ...options });

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => numberedRecord(from + index));

const range = (to: number) => Array.from({ length: to }, (_, index) => index);

async function numbersIn(path = store): Promise<number[]> {
  return (await contentsOf(path)).map(({ name }) => Number(name.slice(4))).sort((a, b) => a - b);
}

async function onlyJournal(): Promise<string> {
  const numbers = await journalsOf(store);
  expect(numbers).toHaveLength(1);
  return join(store, journalPath(numbers[0]!));
}

describe('a journal that ends in the middle of a batch', () => {
  test('has what was acknowledged and nothing of the rest, wherever it ends', async () => {
    const writer = await openWriter();
    const short = (from: number, to: number) =>
      numbered(from, to).map(({ key, time, source }) => record({ key, time, source, raw: '{}' }));
    await writer.append(short(0, 3), { a: '3' });
    const path = await onlyJournal();
    const before = await readFile(path);
    await writer.append(short(3, 5), { a: '5', b: 'new' });
    const after = await readFile(path);
    await writer.close();
    for (let length = before.length; length <= after.length; length++) {
      await rm(store, { recursive: true });
      await mkdir(join(store, 'segments'), { recursive: true });
      await mkdir(join(store, 'journal'));
      await writeFile(path, after.subarray(0, length));
      const { current, journals, positions, manifest } = await recover(store, EMPTY_MANIFEST);
      const whole = length === after.length;
      expect(journals, `${length}`).toEqual([]);
      expect(current!.contents.rows, `${length}`).toBe(whole ? 5 : 3);
      expect(current!.contents.keys.size, `${length}`).toBe(whole ? 5 : 3);
      expect(current!.length, `${length}`).toBe(whole ? after.length : before.length);
      expect(Object.fromEntries(positions), `${length}`).toEqual(whole ? { a: '5', b: 'new' } : { a: '3' });
      expect(manifest.damage).toEqual([]);
      await current!.close();
      expect((await readFile(path)).equals(whole ? after : before), `${length}`).toBe(true);
    }
  });

  test('is written on', async () => {
    const writer = await openWriter();
    await writer.append(numbered(0, 3), { a: '3' });
    await writer.append(numbered(3, 5), { a: '5' });
    await writer.close();
    const path = await onlyJournal();
    await truncate(path, (await readFile(path)).length - 1);
    const again = await openWriter();
    expect(again.positions()).toEqual({ a: '3' });
    expect(await again.append(numbered(2, 6), { a: '6' })).toEqual({ stored: 3, doubles: 1 });
    await again.close();
    expect(await numbersIn()).toEqual(range(6));
    expect((await openAndClose()).positions).toEqual({ a: '6' });
  });

  test('may be one that had just been begun', async () => {
    const writer = await openWriter({ journalEvents: 3 });
    await writer.append(numbered(0, 3), { a: '3' });
    await writer.close();
    const path = await onlyJournal();
    const whole = await readFile(path);
    for (const length of [0, 1, whole.length - 1]) {
      await writeFile(path, whole.subarray(0, length));
      // Its positions are gone with it; of an unclean end the journal before it would still be there.
      expect((await openAndClose()).damage).toEqual([]);
      expect(await numbersIn()).toEqual(range(3));
    }
  });
});

async function openAndClose() {
  const writer = await openWriter();
  const positions = writer.positions();
  await writer.close();
  return { positions, damage: (await readManifest(store))!.damage };
}

describe('a journal with a broken line', () => {
  /** Three batches of three; the bytes of the one in the middle. */
  async function batches(): Promise<{ readonly path: string; readonly starts: readonly number[] }> {
    const writer = await openWriter();
    const path = await onlyJournal();
    const starts: number[] = [];
    for (let at = 0; at < 9; at += 3) {
      starts.push((await readFile(path)).length);
      await writer.append(numbered(at, at + 3), { a: `${at + 3}`, [`only-${at}`]: 'x' });
    }
    await writer.close();
    return { path, starts };
  }

  async function spoil(path: string, offset: number): Promise<Buffer> {
    const bytes = await readFile(path);
    bytes[offset]! ^= 1;
    await writeFile(path, bytes);
    return bytes;
  }

  test('loses that line, names it, and keeps the broken file', async () => {
    const { path, starts } = await batches();
    const spoiled = await spoil(path, starts[1]! + 100);
    const writer = await openWriter();
    // The batch isn't whole, so that its positions are not to be relied on; those of the next one are.
    expect(writer.positions()).toEqual({ a: '9', 'only-0': 'x', 'only-6': 'x' });
    expect(await writer.append(numbered(0, 9))).toEqual({ stored: 1, doubles: 8 });
    await writer.close();
    const { damage } = (await readManifest(store))!;
    expect(damage).toMatchObject([{ reason: 'checksum', events: 1 }]);
    expect((await readFile(join(store, damage[0]!.part))).equals(spoiled)).toBe(true);
    expect(await numbersIn()).toEqual(range(9));
    expect((await openAndClose()).damage).toEqual(damage);
  });

  test('keeps the events of a commit that is broken itself', async () => {
    const { path, starts } = await batches();
    await spoil(path, starts[2]! - 5);
    const writer = await openWriter();
    expect(writer.positions()['a']).toBe('3');
    expect(await writer.append(numbered(0, 9))).toEqual({ stored: 0, doubles: 9 });
    await writer.close();
    expect(await numbersIn()).toEqual(range(9));
  });

  test('keeps the rest where a stretch of it is nothing but zeros', async () => {
    const { path, starts } = await batches();
    const bytes = await readFile(path);
    bytes.fill(0, starts[1], starts[2]);
    await writeFile(path, bytes);
    await openAndClose();
    const found = await numbersIn();
    expect(found).toEqual(expect.arrayContaining([0, 1, 2, 7, 8]));
    expect((await readManifest(store))!.damage).toHaveLength(1);
  });

  test('keeps nothing of a last batch without its commit, and puts it aside', async () => {
    const { path, starts } = await batches();
    const spoiled = await spoil(path, (await readFile(path)).length - 5);
    expect(starts).toHaveLength(3);
    const { positions, damage } = await openAndClose();
    expect(positions['a']).toBe('6');
    expect(await numbersIn()).toEqual(range(6));
    expect((await readFile(join(store, damage[0]!.part))).equals(spoiled)).toBe(true);
  });
});

describe('a crash while a journal is sealed', () => {
  /** A store as it was before and after sealing, to make all that lies between. */
  async function beforeAndAfter() {
    const writer = await openWriter();
    await writer.append(numbered(0, 50), { a: '50' });
    await writer.close();
    const before = join(folder, 'before');
    await cp(store, before, { recursive: true });
    const sealing = await openWriter({ journalEvents: 51 });
    await sealing.append(numbered(50, 51), { a: '51' });
    await sealing.close();
    const after = (await readManifest(store))!;
    expect(after.segments.map(({ rows }) => rows)).toEqual([51]);
    return { before, after };
  }

  test('before the manifest lists the segment leaves nothing of it', async () => {
    const { before } = await beforeAndAfter();
    const old = await readManifest(before);
    await rm(join(store, 'journal'), { recursive: true });
    await cp(join(before, 'journal'), join(store, 'journal'), { recursive: true });
    await writeManifest(store, old!);
    await writeFile(join(store, 'store.json.tmp'), '{"half":');
    const day = join(store, 'segments', '2025-11-23');
    await writeFile(join(day, '000099.raw.parquet.tmp'), 'PAR1');
    await writeFile(join(day, 'notes.txt'), 'of somebody');
    expect((await openAndClose()).positions).toEqual({ a: '50' });
    expect(await readdir(day)).toEqual(['notes.txt']);
    expect(await readdir(store)).not.toContain('store.json.tmp');
    expect(await numbersIn()).toEqual(range(50));
  });

  test('before the journal is gone counts its events once', async () => {
    const { before, after } = await beforeAndAfter();
    const [sealed] = await journalsOf(before);
    await cp(join(before, journalPath(sealed!)), join(store, journalPath(sealed!)));
    await writeManifest(store, { ...after, sealed: [sealed!] });
    expect(await numbersIn()).toEqual(range(51));
    const writer = await openWriter();
    expect(await journalsOf(store)).not.toContain(sealed);
    expect(await writer.append(numbered(0, 52))).toEqual({ stored: 1, doubles: 51 });
    await writer.close();
    expect(await numbersIn()).toEqual(range(52));
  });
});

describe('a store that cannot be relied on in part', () => {
  test.each(['gone', 'others'])(
    'is written where the keys of a segment are %s, which is said',
    async (how) => {
      const writer = await openWriter({ journalEvents: 3 });
      await writer.append(numbered(0, 3));
      await writer.close();
      const [segment] = (await readManifest(store))!.segments;
      const keys = join(store, segmentPath(segment!, 'keys'));
      if (how === 'gone') await rm(keys);
      else await writeFile(keys, Buffer.alloc((await readFile(keys)).length));
      const warnings: unknown[] = [];
      const again = await openWriter({ warn: (damage) => warnings.push(damage) });
      expect(await again.append(numbered(2, 4))).toEqual({ stored: 2, doubles: 0 });
      expect(warnings).toMatchObject([{ part: segmentPath(segment!, 'keys') }]);
      await again.close();
    },
  );

  test('is written on where a journal cannot be sealed, which is said', async () => {
    const warnings: { part: string }[] = [];
    const writer = await openWriter({ journalEvents: 3, warn: (damage) => warnings.push(damage) });
    const path = await onlyJournal();
    await writer.append(numbered(0, 2));
    const bytes = await readFile(path);
    bytes[bytes.indexOf('audit-1')]! ^= 1;
    await writeFile(path, bytes);
    await writer.append(numbered(2, 3));
    await writer.append(numbered(3, 6));
    expect(await writer.append(numbered(1, 7))).toEqual({ stored: 1, doubles: 5 });
    await writer.close();
    expect(warnings.map(({ part }) => part)).toEqual([path.slice(store.length + 1)]);
    expect(writer.damage).toEqual(warnings);
    expect(await numbersIn()).toEqual([0, 2, 3, 4, 5, 6]);
    expect((await openAndClose()).damage).toMatchObject([{ reason: 'checksum', events: 1 }]);
  });
});
