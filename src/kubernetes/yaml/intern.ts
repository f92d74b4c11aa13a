import type { Json } from '../json.ts';
import { resolvePlain } from './scalars.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Longest text, in bytes, worth remembering. */
export const maxInternedLength = 64;

const slots = 1 << 15;
const probes = 4;

/** How a text may serve as a key when it is written plainly. */
export const keyKinds = { unknown: 0, string: 1, prototype: 2, unusual: 3 } as const;

/** Builds the string of a range of valid UTF-8. */
export function decodeText(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.subarray(from, to));
}

/** Builds the string of a range of ASCII; below some 24 bytes a decoder's call costs more than its work. */
export function decodeAscii(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > 24) return decoder.decode(bytes.subarray(from, to));
  let text = '';
  let i = from;
  for (; i + 4 <= to; i += 4) {
    text += String.fromCharCode(
      bytes[i] as number,
      bytes[i + 1] as number,
      bytes[i + 2] as number,
      bytes[i + 3] as number,
    );
  }
  for (; i < to; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}

/**
 * A cache from ASCII text in a byte buffer to its string and its plain meaning. Manifests say the same words over and
 * over: a hit allocates nothing. The size is fixed; texts that collide with too many others replace one of them.
 */
export class Interner {
  /** The string of a slot. */
  readonly texts: string[] = new Array<string>(slots).fill('');
  /** What the text means as an untagged plain scalar. */
  readonly values: Json[] = new Array<Json>(slots).fill(null);
  readonly keys: Uint8Array = new Uint8Array(slots);
  /** The mapping (by serial number) that last had the slot's text as key. */
  readonly seen: Float64Array = new Float64Array(slots);
  /** Number of mappings begun so far. */
  serial = 0;
  private readonly hashes = new Int32Array(slots);
  private readonly lengths = new Uint8Array(slots);
  private readonly copies = new Uint8Array(slots * maxInternedLength);

  /** The slot of bytes [from, to), all ASCII, at least one and at most `maxInternedLength` of them. */
  find(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    let hash = length;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    hash ^= hash >>> 15;
    const first = hash & (slots - 1);
    for (let probe = 0; probe < probes; probe++) {
      const slot = (first + probe) & (slots - 1);
      if (this.hashes[slot] === hash && this.lengths[slot] === length) {
        const { copies } = this;
        let i = from;
        let k = slot * maxInternedLength;
        while (i < to && copies[k] === bytes[i]) {
          i++;
          k++;
        }
        if (i === to) return slot;
      } else if (this.lengths[slot] === 0) {
        return this.insert(slot, hash, bytes, from, to);
      }
    }
    return this.insert((first + ((hash >>> 28) % probes)) & (slots - 1), hash, bytes, from, to);
  }

  private insert(slot: number, hash: number, bytes: Uint8Array, from: number, to: number): number {
    const text = decodeAscii(bytes, from, to);
    this.hashes[slot] = hash;
    this.lengths[slot] = to - from;
    this.copies.set(bytes.subarray(from, to), slot * maxInternedLength);
    this.texts[slot] = text;
    const { value, kind } = resolvePlain(text);
    this.values[slot] = value;
    this.keys[slot] = kind === 'str' || kind === 'timestamp' ? keyKinds.unknown : keyKinds.unusual;
    // Not older than any mapping being read, so that a new slot never seems unused to one of them.
    this.seen[slot] = this.serial;
    return slot;
  }

  /** Prepares a text that serves as a key for the first time. */
  prepareKey(slot: number): number {
    const text = this.texts[slot] as string;
    if (text === '__proto__') this.keys[slot] = keyKinds.prototype;
    else if (text === '<<') this.keys[slot] = keyKinds.unusual;
    else {
      // The name of a property is the engine's own unique string, which stores faster than an equal one.
      this.texts[slot] = Object.keys({ [text]: 0 })[0] as string;
      this.keys[slot] = keyKinds.string;
    }
    return this.keys[slot] as number;
  }
}
