import { hash } from 'node:crypto';
import { storable } from './stored-text.ts';

/** Of keys only this much of their SHA-256 is held: 2^64 attempts to find two alike. */
export const KEY_BYTES = 16;
/** 32-bit words of a hash. */
export const KEY_WORDS = KEY_BYTES / 4;

/**
 * Hashes of keys, `KEY_WORDS` each, as unsigned 32-bit numbers. Keys hold what strangers chose, and one that could be made to equal
 * another's would have that one's event dropped as a double; hence a cryptographic hash, of the text as it is stored.
 */
export type KeyHashes = Uint32Array;

/** Writes the hash of one key at an index counted in keys. */
export function hashKey(key: string, into: KeyHashes, index: number): void {
  const digest = hash('sha256', storable(key), 'binary');
  for (let word = 0, at = 0; word < KEY_WORDS; word++, at += 4) {
    into[index * KEY_WORDS + word] =
      (digest.charCodeAt(at) << 24) |
      (digest.charCodeAt(at + 1) << 16) |
      (digest.charCodeAt(at + 2) << 8) |
      digest.charCodeAt(at + 3);
  }
}

/** A set of hashes of keys, in 32 to 64 bytes a key. */
export class KeyTable {
  // A hash of nothing but zeros would count as an empty slot; nobody will meet one.
  #slots = new Uint32Array(1024 * KEY_WORDS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(hashes: KeyHashes, index: number): boolean {
    return this.#find(hashes, index * KEY_WORDS).found;
  }

  /** @returns false where it was there already */
  add(hashes: KeyHashes, index: number): boolean {
    const { found, slot } = this.#find(hashes, index * KEY_WORDS);
    if (found) return false;
    this.#slots.set(hashes.subarray(index * KEY_WORDS, (index + 1) * KEY_WORDS), slot);
    this.#size++;
    if (this.#size * 2 * KEY_WORDS > this.#slots.length) this.#grow();
    return true;
  }

  /** All hashes, ascending. */
  sorted(): KeyHashes {
    const all = new Uint32Array(this.#size * KEY_WORDS);
    let length = 0;
    for (let slot = 0; slot < this.#slots.length; slot += KEY_WORDS) {
      if (isEmpty(this.#slots, slot)) continue;
      all.set(this.#slots.subarray(slot, slot + KEY_WORDS), length);
      length += KEY_WORDS;
    }
    return sortHashes(all);
  }

  #find(hashes: KeyHashes, at: number): { readonly found: boolean; readonly slot: number } {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hashes[at + 1]! * KEY_WORDS) & mask;
    while (!isEmpty(slots, slot)) {
      if (compare(slots, slot, hashes, at) === 0) return { found: true, slot };
      slot = (slot + KEY_WORDS) & mask;
    }
    return { found: false, slot };
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += KEY_WORDS) {
      if (!isEmpty(old, at)) this.#slots.set(old.subarray(at, at + KEY_WORDS), this.#find(old, at).slot);
    }
  }
}

/** Sorts in place. Hashes are spread evenly, so that the first word tells nearly the final place. */
export function sortHashes(hashes: KeyHashes): KeyHashes {
  const count = hashes.length / KEY_WORDS;
  const bits = Math.min(24, Math.max(1, Math.ceil(Math.log2(count + 1))));
  const starts = new Uint32Array((1 << bits) + 1);
  for (let at = 0; at < hashes.length; at += KEY_WORDS) starts[(hashes[at]! >>> (32 - bits)) + 1]!++;
  for (let bucket = 1; bucket < starts.length; bucket++) starts[bucket]! += starts[bucket - 1]!;
  const spread = new Uint32Array(hashes.length);
  for (let at = 0; at < hashes.length; at += KEY_WORDS) {
    const place = starts[hashes[at]! >>> (32 - bits)]!++;
    for (let word = 0; word < KEY_WORDS; word++) spread[place * KEY_WORDS + word] = hashes[at + word]!;
  }
  const one = new Uint32Array(KEY_WORDS);
  for (let at = KEY_WORDS; at < spread.length; at += KEY_WORDS) {
    let to = at;
    one.set(spread.subarray(at, at + KEY_WORDS));
    while (to > 0 && compare(spread, to - KEY_WORDS, one, 0) > 0) to -= KEY_WORDS;
    if (to === at) continue;
    spread.copyWithin(to + KEY_WORDS, to, at);
    spread.set(one, to);
  }
  hashes.set(spread);
  return hashes;
}

/** Sorted hashes as a file has them: big-endian, so that their bytes sort as they do. */
export function hashesToBytes(hashes: KeyHashes): Buffer {
  const bytes = Buffer.allocUnsafe(hashes.length * 4);
  for (let at = 0; at < hashes.length; at++) bytes.writeUInt32BE(hashes[at]!, at * 4);
  return bytes;
}

export function hashesFromBytes(bytes: Buffer): KeyHashes {
  const hashes = new Uint32Array(bytes.length / 4);
  for (let at = 0; at < hashes.length; at++) hashes[at] = bytes.readUInt32BE(at * 4);
  return hashes;
}

/** @param sorted hashes, ascending */
export function hasHash(sorted: KeyHashes, hashes: KeyHashes, index: number): boolean {
  let low = 0;
  let high = sorted.length / KEY_WORDS;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compare(sorted, middle * KEY_WORDS, hashes, index * KEY_WORDS);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

function compare(a: KeyHashes, atA: number, b: KeyHashes, atB: number): number {
  for (let word = 0; word < KEY_WORDS; word++) {
    const difference = a[atA + word]! - b[atB + word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function isEmpty(slots: Uint32Array, slot: number): boolean {
  return (slots[slot]! | slots[slot + 1]! | slots[slot + 2]! | slots[slot + 3]!) === 0;
}
