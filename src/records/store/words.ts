import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Column, EventRecord } from '../record.ts';

/** Rows that one filter speaks for: as many as a row group of the originals has, so that a filter spares a whole read. */
export const BLOCK_ROWS = 4096;

const MAGIC = 0x3257_534b; // "KSW2"
/** The format before, whose filters know no deeds. */
const MAGIC_WITHOUT_DEEDS = 0x3157_534b; // "KSW1"
const HEADER_BYTES = 24;
const BLOCK_BYTES = 24;
/** A word sets bits in one line only, so that asking for it is one read a segment. */
const LINE_BYTES = 64;
const LINE_BITS = LINE_BYTES * 8;
const BITS_A_WORD = 10;
const PROBES = 6;
/** 32 bytes a row: more words than that are noise, and make the filter vaguer, never wrong. */
const MAX_LINES = (BLOCK_ROWS * 32) / LINE_BYTES;

const DIGIT = 0x100;
const HEX_LETTER = 0x200;
const LETTER_T = 0x400;
const LETTER_Z = 0x800;
const LETTER = 0x1000;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;
const LOWER_U = 0x75;
const ZERO = 0x30;

/** Words are made of ASCII letters (as small ones) and digits: themselves and their kind. 0 parts words, 1 needs a closer look. */
const LETTERS = new Uint16Array(256);
for (let byte = 0; byte < 128; byte++) {
  const text = String.fromCharCode(byte).toLowerCase();
  if (!/[0-9a-z]/.test(text)) continue;
  let kind = LETTER;
  if (/[0-9]/.test(text)) kind = DIGIT;
  else if (/[a-f]/.test(text)) kind = HEX_LETTER;
  else if (text === 't') kind = LETTER_T;
  else if (text === 'z') kind = LETTER_Z;
  LETTERS[byte] = text.charCodeAt(0) | kind;
}
LETTERS[BACKSLASH] = 1;
LETTERS.fill(1, 128);

/** Words longer than this are treated alike. */
const LONG = 16;
/**
 * By length and kinds of characters, which words are left out of filters: those that nearly every block has (short ones, bits of
 * times) and those that fill a filter and are never asked for alone (the groups of four in UUIDs, whose other groups suffice).
 */
const KEPT = new Uint8Array((LONG + 1) * 32);
for (let length = 3; length <= LONG; length++) {
  for (let kinds = 1; kinds < 32; kinds++) {
    const only = (...some: number[]) => kinds << 8 === some.reduce((all, kind) => all | kind, 0);
    const number = only(DIGIT) && length <= 6;
    const hour = only(DIGIT, LETTER_T) && length === 5;
    const fraction = only(DIGIT, LETTER_Z) && length <= 10;
    const group = (only(DIGIT) || only(DIGIT, HEX_LETTER)) && length === 4;
    KEPT[length * 32 + kinds] = number || hour || fraction || group ? 0 : 1;
  }
}

/** @param seen letters of the word, put together */
function isKept(length: number, seen: number): boolean {
  return KEPT[Math.min(length, LONG) * 32 + ((seen >>> 8) & 31)] === 1;
}

/**
 * Numbers say little by themselves, but much after what they are joined to: `web-7`, `10.1.2.3`. They are in filters together with the
 * word before them.
 */
const DOT = 0x2e;
const HYPHEN = 0x2d;
const JOINTS = new Uint8Array(256);
for (const joint of '-.:_@') JOINTS[joint.charCodeAt(0)] = 1;

function isNumber(length: number, seen: number): boolean {
  return seen >>> 8 === DIGIT >>> 8 && length <= 6;
}

/** Whether a number is joined to the word before it. Minutes are not to hours, nor to anything the groups of four in UUIDs. */
function isJoined(length: number, seen: number, joint: number): boolean {
  if (JOINTS[joint] === 0) return false;
  if (isNumber(length, seen)) return joint === DOT || joint === HYPHEN;
  return length <= 2 || isKept(length, seen);
}

const SEED = 0x811c_9dc5;
const PRIME = 0x0100_0193;
/** Part pairs, values and deeds from words. */
const PAIR_SEED = 0x3c6e_f372;
const VALUE_SEED = 0x1b87_3593;
const DEED_SEED = 0x5bd1_e995;
/** What is added to hashes of deeds in questions, so that filters which know none are not asked for them. */
const DEED_MARK = 0x1_0000_0000;

function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85eb_ca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2_ae35);
  h ^= h >>> 16;
  // Nought marks a free place in sets.
  return h === 0 ? 1 : h >>> 0;
}

function pairOf(word: number, joint: number, number: number): number {
  return mixed(Math.imul(Math.imul(word ^ joint, PRIME) ^ number, PRIME) ^ PAIR_SEED);
}

/** Of a whole value of a column, as it is. */
export function valueHash(value: string): number {
  let hash = VALUE_SEED;
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), PRIME);
  return mixed(hash);
}

function deedOf(first: string, second: string): number {
  let hash = DEED_SEED;
  for (let i = 0; i < first.length; i++) hash = Math.imul(hash ^ first.charCodeAt(i), PRIME);
  // No text has such a character.
  hash = Math.imul(hash ^ 0x1_ffff, PRIME);
  for (let i = 0; i < second.length; i++) hash = Math.imul(hash ^ second.charCodeAt(i), PRIME);
  return mixed(hash);
}

/**
 * Of a verb and the resource that it was done to, as questions ask filters for it: most deeds are rare, though their verbs and
 * resources are everywhere. They are two, since a filter takes one in fifty for another, which is many of a whole store's blocks.
 */
export function deedHashes(verb: string, resource: string): number[] {
  return [DEED_MARK + deedOf(verb, resource), DEED_MARK + deedOf(resource, verb)];
}

/**
 * A character without its case. Only ASCII maps to ASCII (not the Kelvin sign), and no character to several, so that searching by
 * filter and by expression agree on what is the same letter.
 */
export function foldUnit(unit: number): number {
  if (unit < 128) return unit >= 65 && unit <= 90 ? unit + 32 : unit;
  const lower = String.fromCharCode(unit).toLowerCase();
  const folded = lower.charCodeAt(0);
  return lower.length === 1 && folded >= 128 ? folded : unit;
}

/** Halves of pairs, and what takes the place of broken text, stand in different characters for the same bytes. */
function isVague(unit: number): boolean {
  return (unit >= 0xd800 && unit <= 0xdfff) || unit === 0xfffd;
}

/**
 * The words of a text that filters know, as hashes: runs of ASCII letters and digits, numbers with the words that they are joined to,
 * and each two neighbours of other characters, since Chinese has no spaces. `first` and `last`: whether the words at the text's ends
 * are whole.
 */
export function wordHashes(text: string, first = true, last = true): number[] {
  const hashes: number[] = [];
  let hash = SEED;
  let length = 0;
  let seen = 0;
  let before = 0;
  let previous = { hash: 0, end: -1, length: 0, seen: 0 };
  for (let i = 0; i <= text.length; i++) {
    const unit = i < text.length ? text.charCodeAt(i) : 0;
    const letter = unit < 128 && unit !== BACKSLASH ? (LETTERS[unit] as number) : 0;
    if (letter !== 0) {
      hash = Math.imul(hash ^ letter, PRIME);
      seen |= letter;
      length++;
    } else if (length !== 0) {
      const start = i - length;
      if ((first || start > 0) && (last || i < text.length)) {
        if (isKept(length, seen)) hashes.push(mixed(hash));
        const joint = previous.end === start - 1 ? text.charCodeAt(start - 1) : 0;
        if (isNumber(length, seen) && joint < 128 && isJoined(previous.length, previous.seen, joint)) {
          hashes.push(pairOf(previous.hash, joint, hash));
        }
        previous = { hash, end: i, length, seen };
      }
      hash = SEED;
      length = 0;
      seen = 0;
    }
    const other = unit >= 128 && !isVague(unit) ? foldUnit(unit) : 0;
    if (other !== 0 && before !== 0) {
      hashes.push(mixed(Math.imul(Math.imul(PAIR_SEED ^ before, PRIME) ^ other, PRIME)));
    }
    before = other;
  }
  return hashes;
}

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(.)|$)/gs;
const ESCAPED: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** What an original says: JSON without its escapes, other lines as they are. Escapes that JSON does not have are spaces. */
export function plainText(raw: string): string {
  if (!raw.startsWith('{') || !raw.includes('\\')) return raw;
  return raw.replace(ESCAPE, (_, hex: string | undefined, single = ' ') => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return ESCAPED[single] ?? ' ';
  });
}

/** A set of hashes that is emptied in one go. */
class HashSet {
  #slots = new Uint32Array(1 << 17);
  #members = new Uint32Array(1 << 16);
  #size = 0;

  add(hash: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = hash & mask;
    for (;;) {
      const there = slots[at] as number;
      if (there === hash) return;
      if (there === 0) break;
      at = (at + 1) & mask;
    }
    slots[at] = hash;
    this.#members[this.#size++] = hash;
    if (this.#size === this.#members.length) this.#grow();
  }

  #grow(): void {
    const members = this.#members;
    this.#slots = new Uint32Array(members.length * 4);
    this.#members = new Uint32Array(members.length * 2);
    this.#size = 0;
    for (const hash of members) this.add(hash);
  }

  take(): Uint32Array {
    const taken = this.#members.slice(0, this.#size);
    this.#slots.fill(0);
    this.#size = 0;
    return taken;
  }
}

/** Rows that follow one another in a segment, and the first and last of their times. */
export interface Block {
  readonly rows: number;
  readonly from: number;
  readonly to: number;
}

interface Filled extends Block {
  readonly hashes: Uint32Array;
}

/** Bytes before the lines: counts, what each block holds, and their checksum. */
function headBytes(blocks: number): number {
  return HEADER_BYTES + blocks * BLOCK_BYTES + 4;
}

function lineOf(hash: number, lines: number): number {
  return Math.floor((hash / 0x1_0000_0000) * lines);
}

/** Other bits of a word than those that chose its line. */
function bitsOf(hash: number): readonly [number, number] {
  return [mixed(Math.imul(hash, 0x9e37_79b1)), mixed(Math.imul(hash, 0x85eb_ca77))];
}

function setBits(file: Uint8Array, line: number, hash: number): void {
  for (let bits of bitsOf(hash)) {
    for (let probe = 0; probe < PROBES / 2; probe++) {
      (file[line + ((bits & (LINE_BITS - 1)) >>> 3)] as number) |= 1 << (bits & 7);
      bits >>>= 9;
    }
  }
}

function hasBits(file: Uint8Array, line: number, hash: number): boolean {
  for (let bits of bitsOf(hash)) {
    for (let probe = 0; probe < PROBES / 2; probe++) {
      if (((file[line + ((bits & (LINE_BITS - 1)) >>> 3)] as number) & (1 << (bits & 7))) === 0) return false;
      bits >>>= 9;
    }
  }
  return true;
}

const DECODER = new TextDecoder();

/**
 * Columns whose words are in filters too, whether or not the original has them: what questions look for by equality. The Audit-ID is
 * not among them, as originals have it always.
 */
export const WORD_COLUMNS = [
  'user',
  'impersonated',
  'namespace',
  'name',
  'uid',
  'source_ip',
  'pod',
  'node',
  'container',
] as const satisfies readonly Column[];

/** What filters are made of, besides originals. */
export const INDEXED_COLUMNS = [...WORD_COLUMNS, 'verb', 'resource'] as const satisfies readonly Column[];

/** Of a row, besides its original. Columns may be left out where they are empty. */
export type Indexed = Pick<EventRecord, 'time'> & {
  readonly [name in (typeof INDEXED_COLUMNS)[number]]?: string;
};

/** Whether four hexadecimal digits stand for a character of ASCII that parts words: Go writes `&`, `<` and `>` so. */
function isPunctuation(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 4 > end || bytes[at] !== ZERO || bytes[at + 1] !== ZERO) return false;
  const digits = String.fromCharCode(bytes[at + 2] as number, bytes[at + 3] as number);
  const code = /^[0-7][0-9a-fA-F]$/.test(digits) ? Number.parseInt(digits, 16) : 128;
  return code < 128 && LETTERS[code] === 0 && JOINTS[code] === 0;
}

/** How many words are remembered as just seen. */
const RECENT = 1 << 12;

/** Makes the words file of a segment: a Bloom filter for each block of rows, in the order of the rows. */
export class WordsBuilder {
  readonly #set = new HashSet();
  /** Most words of an event were in one before it; they are passed over without a look at the larger set. */
  readonly #recent = new Int32Array(RECENT);
  readonly #values = new Set<string>();
  /** Resources by the verbs that were done to them. */
  readonly #deeds = new Map<string, Set<string>>();
  readonly #blocks: Filled[] = [];
  #rows = 0;
  #from = Number.MAX_SAFE_INTEGER;
  #to = Number.MIN_SAFE_INTEGER;

  /** One row. Its original is UTF-8, as it is stored. */
  add(row: Indexed, bytes: Uint8Array, start: number, end: number): void {
    if (row.time < this.#from) this.#from = row.time;
    if (row.time > this.#to) this.#to = row.time;
    for (const column of WORD_COLUMNS) {
      const value = row[column];
      if (value !== undefined && value !== '' && !this.#values.has(value)) this.#addValue(value);
    }
    if (row.verb && row.resource) this.#addDeed(row.verb, row.resource);
    if (!this.#addPlain(bytes, start, end)) {
      this.#addText(plainText(DECODER.decode(bytes.subarray(start, end))));
    }
    this.#rows++;
    if (this.#rows === BLOCK_ROWS) this.#endBlock();
  }

  #addValue(value: string): void {
    if (this.#values.size < BLOCK_ROWS) this.#values.add(value);
    this.#set.add(valueHash(value));
    this.#addText(value);
  }

  #addDeed(verb: string, resource: string): void {
    let resources = this.#deeds.get(verb);
    if (resources?.has(resource)) return;
    if (resources === undefined) {
      resources = new Set();
      this.#deeds.set(verb, resources);
    }
    resources.add(resource);
    this.#set.add(deedOf(verb, resource));
    this.#set.add(deedOf(resource, verb));
  }

  #addText(text: string): void {
    for (const hash of wordHashes(text)) this.#set.add(hash);
  }

  /**
   * Does what `wordHashes` of `plainText` does, byte by byte.
   * @returns false where there are characters or escapes that it does not know
   */
  #addPlain(bytes: Uint8Array, start: number, end: number): boolean {
    const set = this.#set;
    const recent = this.#recent;
    const json = bytes[start] === BRACE;
    let hash = SEED;
    let length = 0;
    let seen = 0;
    let previous = 0;
    let previousEnd = -1;
    let previousLength = 0;
    let previousSeen = 0;
    for (let i = start; i <= end; i++) {
      const byte = i < end ? (bytes[i] as number) : 0;
      const letter = LETTERS[byte] as number;
      if (letter > 1) {
        hash = Math.imul(hash ^ letter, PRIME);
        seen |= letter;
        length++;
        continue;
      }
      if (length !== 0) {
        if (isNumber(length, seen)) {
          const begin = i - length;
          if (previousEnd === begin - 1) {
            const joint = bytes[begin - 1] as number;
            if (isJoined(previousLength, previousSeen, joint)) set.add(pairOf(previous, joint, hash));
          }
        } else if (length > 2) {
          const place = (hash ^ (hash >>> 16)) & (RECENT - 1);
          if (recent[place] !== hash && isKept(length, seen)) {
            recent[place] = hash;
            set.add(mixed(hash));
          }
        }
        previous = hash;
        previousEnd = i;
        previousLength = length;
        previousSeen = seen;
        hash = SEED;
        length = 0;
        seen = 0;
      }
      if (letter === 1) {
        if (byte !== BACKSLASH) return false;
        if (!json) continue;
        i++;
        if (i >= end) continue;
        const next = bytes[i] as number;
        if (next > 127) return false;
        if (next !== LOWER_U) continue;
        if (!isPunctuation(bytes, i + 1, end)) return false;
        i += 4;
      }
    }
    return true;
  }

  #endBlock(): void {
    this.#blocks.push({ hashes: this.#set.take(), rows: this.#rows, from: this.#from, to: this.#to });
    this.#recent.fill(0);
    this.#values.clear();
    this.#deeds.clear();
    this.#rows = 0;
    this.#from = Number.MAX_SAFE_INTEGER;
    this.#to = Number.MIN_SAFE_INTEGER;
  }

  /** The words file; the builder is empty again. */
  finish(): Uint8Array {
    if (this.#rows > 0) this.#endBlock();
    const blocks = this.#blocks.splice(0);
    const words = blocks.reduce((most, { hashes }) => Math.max(most, hashes.length), 0);
    const lines = Math.min(Math.max(1, Math.ceil((words * BITS_A_WORD) / LINE_BITS)), MAX_LINES);
    const head = headBytes(blocks.length);
    const stride = blocks.length * LINE_BYTES + 4;
    const file = new Uint8Array(head + lines * stride);
    const view = new DataView(file.buffer);
    view.setUint32(0, MAGIC, true);
    view.setUint32(4, blocks.length, true);
    view.setUint32(8, lines, true);
    blocks.forEach(({ rows, from, to, hashes }, index) => {
      const at = HEADER_BYTES + index * BLOCK_BYTES;
      view.setUint32(at, rows, true);
      view.setFloat64(at + 8, from, true);
      view.setFloat64(at + 16, to, true);
      const offset = head + index * LINE_BYTES;
      for (const hash of hashes) setBits(file, offset + lineOf(hash, lines) * stride, hash);
    });
    view.setUint32(head - 4, crc32(file.subarray(0, head - 4)), true);
    for (let line = 0; line < lines; line++) {
      const at = head + line * stride;
      view.setUint32(at + stride - 4, crc32(file.subarray(at, at + stride - 4)), true);
    }
    return file;
  }
}

/** A words file whose bytes are not those that were written. */
export class WordsDamaged extends Error {}

function readAt(file: number, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const read = readSync(file, bytes, done, length - done, position + done);
    if (read === 0) throw new WordsDamaged('truncated');
    done += read;
  }
  return bytes;
}

/** Bytes that the checksum at their end fits. */
function readChecked(file: number, position: number, length: number): Uint8Array {
  const bytes = readAt(file, position, length);
  const sum = new DataView(bytes.buffer).getUint32(length - 4, true);
  if (crc32(bytes.subarray(0, length - 4)) !== sum) throw new WordsDamaged('checksum');
  return bytes;
}

/** Asks the words file of a segment, reading of it what a question needs. Throws WordsDamaged, or the system's error. */
export class WordsFilter {
  readonly blocks: readonly Block[];
  readonly #file: number;
  readonly #lines: number;
  readonly #head: number;
  readonly #knowsDeeds: boolean;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    try {
      const start = new DataView(readAt(this.#file, 0, HEADER_BYTES).buffer);
      const count = start.getUint32(4, true);
      this.#lines = start.getUint32(8, true);
      this.#head = headBytes(count);
      const size = this.#head + this.#lines * (count * LINE_BYTES + 4);
      const magic = start.getUint32(0, true);
      if (magic !== MAGIC && magic !== MAGIC_WITHOUT_DEEDS) throw new WordsDamaged('format');
      this.#knowsDeeds = magic === MAGIC;
      if (fstatSync(this.#file).size !== size) throw new WordsDamaged('size');
      const view = new DataView(readChecked(this.#file, 0, this.#head).buffer);
      this.blocks = Array.from({ length: count }, (_, index) => {
        const at = HEADER_BYTES + index * BLOCK_BYTES;
        return {
          rows: view.getUint32(at, true),
          from: view.getFloat64(at + 8, true),
          to: view.getFloat64(at + 16, true),
        };
      });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Which blocks may have rows with all of the words: 1 at their index; a block with 0 has none. */
  candidates(hashes: readonly number[]): Uint8Array {
    const { length } = this.blocks;
    const found = new Uint8Array(length).fill(1);
    const stride = length * LINE_BYTES + 4;
    for (const word of hashes) {
      if (!found.includes(1)) break;
      if (word >= DEED_MARK && !this.#knowsDeeds) continue;
      const hash = word % DEED_MARK;
      const line = readChecked(this.#file, this.#head + lineOf(hash, this.#lines) * stride, stride);
      for (let block = 0; block < length; block++) {
        if (found[block] === 1 && !hasBits(line, block * LINE_BYTES, hash)) found[block] = 0;
      }
    }
    return found;
  }

  close(): void {
    closeSync(this.#file);
  }
}
