import { crc32 } from 'node:zlib';
import { COLUMNS, type Column, type EventRecord } from '../record.ts';
import { type Commit, CRC_LENGTH, KIND, PREFIX_LENGTH, TAB } from './journal.ts';
import { storable } from './stored-text.ts';

const NEWLINE = 0x0a;
const HEXADECIMAL = Buffer.from('0123456789abcdef');
/** UTF-8 needs at most three bytes a UTF-16 code unit. */
const BYTES_PER_UNIT = 3;

/** Columns of texts, each with what comes before its value in a header. */
const TEXTS = (Object.keys(COLUMNS) as Column[])
  .filter((column) => COLUMNS[column] === 'VARCHAR' && column !== 'raw')
  .map((column) => ({ column, before: `,"${column}":` }));
/** What JSON needs an escape for. Lone surrogates have halves of pairs looked at, too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has no control characters in texts.
const NEEDS_ESCAPE = /["\\\0-\x1f\ufdd0\ud800-\udfff]|^\ufeff/;

/** Microseconds that JavaScript tells exactly: until June of 2255. */
const LATEST = Number.MAX_SAFE_INTEGER;
const INT32 = 2 ** 31;

export interface EncodedSize {
  readonly line: number;
  readonly raw: number;
}

/** Lines of a journal, put together in memory to be written at once. */
export class JournalEncoder {
  #bytes = Buffer.allocUnsafe(1 << 20);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was encoded; valid until the next call. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what was encoded, and gives back memory that only one great batch needed. */
  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > 8 << 20) this.#bytes = Buffer.allocUnsafe(1 << 20);
  }

  /** @returns bytes of the line, and of the original in it */
  event(event: EventRecord): EncodedSize {
    const start = this.#length;
    const raw = storable(event.raw);
    let rawBytes: number;
    if (fitsField(raw)) rawBytes = this.#line(KIND.event, headerOf(event), raw);
    else {
      const bytes = Buffer.from(raw);
      rawBytes = bytes.length;
      this.#line(KIND.encoded, headerOf(event), bytes.toString('base64'));
    }
    return { line: this.#length - start, raw: rawBytes };
  }

  commit(commit: Commit): void {
    this.#line(KIND.commit, JSON.stringify(commit), '');
  }

  /** @returns bytes of the last field */
  #line(kind: number, header: string, raw: string): number {
    const start = this.#length;
    this.#reserve(PREFIX_LENGTH + BYTES_PER_UNIT * (header.length + raw.length) + 2);
    const bytes = this.#bytes;
    bytes[start + CRC_LENGTH] = TAB;
    bytes[start + CRC_LENGTH + 1] = kind;
    bytes[start + CRC_LENGTH + 2] = TAB;
    let end = start + PREFIX_LENGTH;
    end += bytes.write(header, end);
    bytes[end++] = TAB;
    const rawBytes = bytes.write(raw, end);
    end += rawBytes;
    let crc = crc32(bytes.subarray(start + CRC_LENGTH + 1, end));
    for (let at = start + CRC_LENGTH - 1; at >= start; at--) {
      bytes[at] = HEXADECIMAL[crc & 15]!;
      crc >>>= 4;
    }
    bytes[end++] = NEWLINE;
    this.#length = end;
    return rawBytes;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** A time that the store can hold: whole microseconds from 1970 to 2255, whatever a sender's clock made up. */
export function storableTime(time: number): number {
  if (!(time > 0)) return 0;
  return time < LATEST ? Math.floor(time) : LATEST;
}

/** Whether a text can stand in a field as it is: it has nothing that ends fields or lines. (One look for each is the fastest here.) */
function fitsField(text: string): boolean {
  return !(text.includes('\n') || text.includes('\t') || text.includes('\r'));
}

function headerOf(event: EventRecord): string {
  const time = storableTime(event.time);
  const end = storableTime(event.end);
  let json = `{"time":${time},"end":${end},"code":${int32(event.code)},"redactions":${int32(event.redactions)}`;
  for (const { column, before } of TEXTS) {
    const value = event[column] as string;
    if (value === '') continue;
    json += NEEDS_ESCAPE.test(value) ? before + JSON.stringify(storable(value)) : `${before}"${value}"`;
  }
  return `${json}}`;
}

function int32(value: number): number {
  return value >= -INT32 && value < INT32 ? Math.trunc(value) : -1;
}
