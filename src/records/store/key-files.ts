import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasHash, hashesFromBytes, KEY_BYTES, type KeyHashes } from './key-table.ts';
import { type SegmentEntry, segmentPath } from './manifest.ts';

const CACHE_BYTES = 64 << 20;

/** Keys of segments, read when they are asked for; those that were asked for last stay in memory. */
export class KeyFiles {
  readonly #store: string;
  readonly #unreadable: (segment: SegmentEntry, error: Error) => void;
  readonly #cache = new Map<number, KeyHashes>();
  #bytes = 0;

  /** @param unreadable is told of a segment whose keys cannot be had: doubles of its events aren't known as such */
  constructor(store: string, unreadable: (segment: SegmentEntry, error: Error) => void) {
    this.#store = store;
    this.#unreadable = unreadable;
  }

  /** @returns those of the keys, by index, that the segment has */
  async among(segment: SegmentEntry, hashes: KeyHashes, indexes: readonly number[]): Promise<number[]> {
    const sorted = await this.#of(segment);
    return indexes.filter((index) => hasHash(sorted, hashes, index));
  }

  forget(segments: readonly SegmentEntry[]): void {
    for (const { number } of segments) {
      this.#bytes -= this.#cache.get(number)?.byteLength ?? 0;
      this.#cache.delete(number);
    }
  }

  async #of(segment: SegmentEntry): Promise<KeyHashes> {
    const { number, rows } = segment;
    let hashes = this.#cache.get(number);
    if (hashes === undefined) {
      try {
        const bytes = await readFile(join(this.#store, segmentPath(segment, 'keys')));
        if (bytes.length !== rows * KEY_BYTES)
          throw new Error(`${bytes.length} bytes of ${rows * KEY_BYTES}`);
        // Wrong ones would have events stored twice, and others taken for doubles.
        if (createHash('sha256').update(bytes).digest('hex') !== segment.parts.keys.sha256)
          throw new Error('checksum');
        hashes = hashesFromBytes(bytes);
      } catch (error) {
        this.#unreadable(segment, error as Error);
        hashes = new Uint32Array();
      }
      this.#bytes += hashes.byteLength;
    }
    this.#cache.delete(number);
    this.#cache.set(number, hashes);
    for (const [oldest, { byteLength }] of this.#cache) {
      if (this.#bytes <= CACHE_BYTES || oldest === number) break;
      this.#cache.delete(oldest);
      this.#bytes -= byteLength;
    }
    return hashes;
  }
}
