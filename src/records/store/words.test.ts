import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storable } from './stored-text.ts';
import {
  BLOCK_ROWS,
  plainText,
  valueHash,
  WordsBuilder,
  WordsDamaged,
  WordsFilter,
  wordHashes,
} from './words.ts';

const SEED = 20261123;
let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubestride-words-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function filterOf(
  rows: readonly { readonly time: number; readonly raw: string; readonly name?: string }[],
) {
  const builder = new WordsBuilder();
  for (const { raw, ...columns } of rows) {
    // Originals lie amid others' bytes.
    const bytes = Buffer.from(`abc-${raw}7def`);
    builder.add(columns, bytes, 4, bytes.length - 4);
  }
  const path = join(folder, `${files++}.words`);
  await writeFile(path, builder.finish());
  return { path, filter: new WordsFilter(path) };
}

const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...['web', 'Secret', 'x', 'ab', '7', '42', '123456', '1234567', '8f00', '23T20', '123456Z', 'd41d8cd9'],
      ...[
        '-',
        '.',
        ':',
        '_',
        '@',
        '/',
        ' ',
        '"',
        '\\',
        '\n',
        '\\n',
        '\\"',
        '\\\\',
        '\\/',
        '\\u0026',
        '\\u003C',
      ],
      ...[
        '\\u0041',
        '\\u00e9',
        '\\u000z',
        '\\u00',
        '\\x',
        '\\-',
        'é',
        'É',
        '\u212a',
        '删',
        '除',
        '😀',
        '\ufdd0',
        '\0',
      ],
    ),
    fc.string({ maxLength: 3, unit: 'binary' }),
  ),
  { maxLength: 12 },
);

test('rows have in filters what the words of their texts are, whatever their escapes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), pieces, async (json, parts) => {
      const raw = storable(`${json ? '{' : ''}${parts.join('')}`);
      const { filter } = await filterOf([{ time: 1, raw }]);
      const hashes = wordHashes(plainText(raw));
      const answers = hashes.map((hash) => filter.candidates([hash])[0]);
      filter.close();
      expect(answers).toEqual(hashes.map(() => 1));
    }),
    { seed: SEED, numRuns: 1500 },
  );
});

test('whole words within a text are among those of the text', () => {
  fc.assert(
    fc.property(pieces, fc.nat(), fc.nat(), (parts, from, length) => {
      const text = parts.join('');
      const start = from % (text.length + 1);
      const part = text.slice(start, start + (length % 20));
      const isLetter = (unit: string | undefined) => unit !== undefined && /[0-9A-Za-z]/.test(unit);
      const first = !isLetter(text[start - 1]);
      const last = !isLetter(text[start + part.length]);
      const all = new Set(wordHashes(text));
      for (const hash of wordHashes(part, first, last)) expect(all).toContain(hash);
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

describe('a file of some blocks', () => {
  const uuid = (number: number) =>
    `${((number * 2654435761) >>> 0).toString(16).padStart(8, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const rows = Array.from({ length: 3 * BLOCK_ROWS + 100 }, (_, number) => ({
    time: 5_000_000 - number,
    name: `web-${number}`,
    raw: JSON.stringify({
      kind: 'Event',
      auditID: uuid(number),
      sourceIPs: [`10.${number >> 8}.${number & 255}.9`],
    }),
  }));

  test('knows the rows and times of each block', async () => {
    const { filter } = await filterOf(rows);
    expect(filter.blocks).toEqual(
      [0, 1, 2, 3].map((block) => {
        const some = rows.slice(block * BLOCK_ROWS, (block + 1) * BLOCK_ROWS);
        return { rows: some.length, from: some.at(-1)!.time, to: some[0]!.time };
      }),
    );
    filter.close();
  });

  test('leaves out nearly all blocks without a word, an address or a value, and none with it', async () => {
    const { path, filter } = await filterOf(rows);
    let asked = 0;
    let found = 0;
    for (let number = 0; number < rows.length; number += 97) {
      const block = Math.floor(number / BLOCK_ROWS);
      for (const hashes of [
        wordHashes(uuid(number)),
        [valueHash(`web-${number}`)],
        wordHashes(`10.${number >> 8}.${number & 255}.9`),
      ]) {
        expect(hashes.length).toBeGreaterThan(0);
        const candidates = filter.candidates(hashes);
        expect(candidates[block]).toBe(1);
        asked += 3;
        found += candidates.reduce((sum, one) => sum + one, 0) - 1;
      }
    }
    filter.close();
    expect(found / asked).toBeLessThan(0.03);
    expect((await readFile(path)).length / rows.length).toBeLessThan(20);
  });

  test('that is not what was written is refused where it is read', async () => {
    const { path, filter } = await filterOf(rows);
    filter.close();
    const bytes = await readFile(path);
    for (const at of [0, 5, 9, 30, 60]) {
      const other = Buffer.from(bytes);
      other[at] = (other[at] as number) ^ 1;
      await writeFile(path, other);
      expect(() => new WordsFilter(path), `byte ${at}`).toThrow(WordsDamaged);
    }
    const lines = Buffer.from(bytes);
    for (let at = 200; at < lines.length; at += 50) lines[at] = (lines[at] as number) ^ 0x10;
    await writeFile(path, lines);
    const damaged = new WordsFilter(path);
    expect(() => damaged.candidates(wordHashes('event'))).toThrow(WordsDamaged);
    damaged.close();
    await truncate(path, 40);
    expect(() => new WordsFilter(path)).toThrow(WordsDamaged);
  });
});
