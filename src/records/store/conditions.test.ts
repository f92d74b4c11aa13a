import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventRecord, record } from '../record.ts';
import type { Test } from './event-store.ts';
import { selectionOf } from './selection.ts';
import { storable } from './stored-text.ts';
import { naiveMatches } from './test-naive.ts';
import { BLOCK_ROWS, deedHashes, WordsBuilder, WordsFilter } from './words.ts';

const SEED = 20261124;
let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubestride-conditions-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function wordsFile(rows: readonly EventRecord[]): Promise<string> {
  const builder = new WordsBuilder();
  for (const { verb, resource, name, namespace, time, raw } of rows) {
    const bytes = Buffer.from(raw);
    const stored = {
      verb: storable(verb),
      resource: storable(resource),
      name: storable(name),
      namespace: storable(namespace),
    };
    builder.add({ ...stored, time }, bytes, 0, bytes.length);
  }
  const path = join(folder, `${files++}.words`);
  await writeFile(path, builder.finish());
  return path;
}

/** The file as the format before had it, whose filters know no deeds. */
async function withoutDeeds(path: string): Promise<string> {
  const bytes = await readFile(path);
  bytes.write('KSW1', 'latin1');
  const head = 24 + bytes.readUInt32LE(4) * 24;
  bytes.writeUInt32LE(crc32(bytes.subarray(0, head)), head);
  const old = `${path}.old`;
  await writeFile(old, bytes);
  return old;
}

/** Blocks that a question would read. */
function blocksFor(path: string, where: readonly Test[]): number[] {
  const filter = new WordsFilter(path);
  try {
    const found = new Set<number>();
    for (const words of selectionOf({ where }).words ?? [[]]) {
      filter.candidates(words).forEach((may, block) => {
        if (may === 1) found.add(block);
      });
    }
    return [...found].sort((a, b) => a - b);
  } finally {
    filter.close();
  }
}

const is = (column: 'verb' | 'resource' | 'name' | 'namespace', value: string | string[]): Test => ({
  column,
  is: value,
});

const values = fc.constantFrom(
  '',
  'get',
  'delete',
  'pods',
  'pods/x',
  'web-7',
  'web-77',
  'a b',
  '删除',
  '7',
  '\ud800',
);
const row = fc
  .record({ verb: values, resource: values, name: values, namespace: values })
  .map((fields) => record({ key: 'k', time: 1, source: 'audit', raw: '{}', ...fields }));
const leaf: fc.Arbitrary<Test> = fc
  .tuple(
    fc.constantFrom('verb', 'resource', 'name', 'namespace'),
    fc.oneof(values, fc.array(values, { maxLength: 3 })),
    fc.integer({ min: 0, max: 9 }),
  )
  .map(([column, value, kind]): Test => {
    if (kind === 0) return { column, not: value };
    if (kind === 1 && typeof value === 'string') return { column, like: `${value}*` };
    return { column, is: value };
  });
const { tree } = fc.letrec<{ tree: Test }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }).map((all): Test => ({ all })),
    fc.array(tie('tree'), { maxLength: 4 }).map((any): Test => ({ any })),
  ),
}));

describe('filters', () => {
  test('never leave out a row that is asked for, whichever the format of their file', async () => {
    await fc.assert(
      fc.asyncProperty(row, fc.array(tree, { minLength: 1, maxLength: 4 }), async (one, where) => {
        fc.pre(naiveMatches(one, { where }));
        const path = await wordsFile([one]);
        expect(blocksFor(path, where)).toEqual([0]);
        expect(blocksFor(await withoutDeeds(path), where)).toEqual([0]);
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  test('tell blocks by deeds that are rare though their verbs and resources are everywhere', async () => {
    const made = (verb: string, resource: string) =>
      record({
        key: 'k',
        time: 1,
        source: 'audit',
        raw: '{}',
        verb,
        resource,
        namespace: 'shop',
        name: 'web',
      });
    const common = [made('delete', 'pods'), made('get', 'namespaces')];
    const rows = Array.from({ length: 6 * BLOCK_ROWS }, (_, index) =>
      index === 4 * BLOCK_ROWS + 17 ? made('delete', 'namespaces') : common[index % 2]!,
    );
    const path = await wordsFile(rows);
    const removal = [is('resource', 'namespaces'), is('verb', 'delete'), is('name', 'web')];
    expect(blocksFor(path, removal)).toEqual([4]);
    expect(blocksFor(path, [{ any: [{ all: removal }, is('name', 'absent-1234567')] }])).toEqual([4]);
    expect(
      blocksFor(path, [is('resource', ['secrets', 'namespaces']), is('verb', ['delete', 'patch'])]),
    ).toEqual([4]);
    expect(blocksFor(path, [is('resource', 'secrets'), is('verb', 'delete')])).toEqual([]);
    expect(blocksFor(await withoutDeeds(path), removal)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('know a verb and its resource from others that are written alike', () => {
    const deeds = [
      deedHashes('get', 'pods'),
      deedHashes('getp', 'ods'),
      deedHashes('', 'getpods'),
      deedHashes('pod', 'gets'),
    ];
    expect(new Set(deeds.flat()).size).toBe(2 * deeds.length);
  });
});
