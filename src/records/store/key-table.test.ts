import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  hasHash,
  hashesFromBytes,
  hashesToBytes,
  hashKey,
  KEY_BYTES,
  KEY_WORDS,
  KeyTable,
  sortHashes,
} from './key-table.ts';

function hashesOf(keys: readonly string[]): Uint32Array {
  const hashes = new Uint32Array(keys.length * KEY_WORDS);
  for (const [index, key] of keys.entries()) hashKey(key, hashes, index);
  return hashes;
}

const keys = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `key ${from + index}`);

describe('hashes of keys', () => {
  test('are the first half of their SHA-256', () => {
    const expected = createHash('sha256').update('abc é').digest().subarray(0, KEY_BYTES);
    expect(hashesToBytes(hashesOf(['abc é'])).equals(expected)).toBe(true);
  });

  test('come back from bytes', () => {
    const hashes = hashesOf(keys(0, 10));
    expect(hashesFromBytes(hashesToBytes(hashes))).toEqual(hashes);
  });
});

describe('a table of keys', () => {
  test('has what was added, and nothing else', () => {
    const table = new KeyTable();
    const there = hashesOf(keys(0, 5000));
    for (let index = 0; index < 5000; index++) expect(table.add(there, index)).toBe(true);
    for (let index = 0; index < 5000; index++) expect(table.add(there, index)).toBe(false);
    expect(table.size).toBe(5000);
    const others = hashesOf(keys(4000, 6000));
    const found = Array.from({ length: 2000 }, (_, index) => table.has(others, index));
    expect(found).toEqual(Array.from({ length: 2000 }, (_, index) => index < 1000));
  });

  test('gives them in the order of their bytes', () => {
    const table = new KeyTable();
    const hashes = hashesOf(keys(0, 3000));
    for (let index = 0; index < 3000; index++) table.add(hashes, index);
    const sorted = table.sorted();
    const bytes = (all: Uint32Array) =>
      Array.from({ length: all.length / KEY_WORDS }, (_, index) =>
        hashesToBytes(all.subarray(index * KEY_WORDS, (index + 1) * KEY_WORDS)),
      );
    expect(bytes(sorted)).toEqual(bytes(hashes).sort(Buffer.compare));
    for (let index = 0; index < 3000; index++) expect(hasHash(sorted, hashes, index)).toBe(true);
    const others = hashesOf(keys(3000, 4000));
    for (let index = 0; index < 1000; index++) expect(hasHash(sorted, others, index)).toBe(false);
  });

  test('sorts hashes that are not spread evenly, and few', () => {
    const crowded = new Uint32Array([7, 0, 0, 2, 7, 0, 0, 1, 0xffff_ffff, 0, 0, 0, 7, 0, 0, 0]);
    expect([...sortHashes(crowded)]).toEqual([7, 0, 0, 0, 7, 0, 0, 1, 7, 0, 0, 2, 0xffff_ffff, 0, 0, 0]);
    expect([...sortHashes(new Uint32Array())]).toEqual([]);
    expect(hasHash(new Uint32Array(), hashesOf(['a']), 0)).toBe(false);
  });
});
