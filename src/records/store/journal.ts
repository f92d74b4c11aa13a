import { crc32 } from 'node:zlib';
import { type EventRecord, record } from '../record.ts';
import type { Positions } from './event-store.ts';
import { original } from './stored-text.ts';

/*
 * A journal is lines of four fields between tabs, which DuckDB reads as CSV without quotes:
 *
 *   crc32 of the rest of the line after its tab, 8 hexadecimal digits
 *   kind: `e` an event; `b` an event whose original needs Base64; `c` a commit
 *   header in JSON: an event's columns but `raw`, those left out that are empty; a commit's `Commit`
 *   original: as it is of `e`, Base64 of its UTF-8 of `b`, nothing of `c`
 *
 * Events are part of the store once a commit follows them: what comes after the last commit was never acknowledged.
 * Texts are `storable` ones, in the header as in the original.
 */

/** The end of what was written together. */
export interface Commit {
  /** Lines of events since the last commit. */
  readonly events: number;
  readonly positions: Positions;
  /** True where `positions` are all that there are; else they add to earlier ones, and an empty one takes its inlet away. */
  readonly whole: boolean;
}

export const TAB = 0x09;
export const CRC_LENGTH = 8;
/** Of what comes before the header: checksum, kind and two tabs. */
export const PREFIX_LENGTH = CRC_LENGTH + 3;
export const KIND = { event: 0x65, encoded: 0x62, commit: 0x63 } as const;
/** One event's line. Nothing is decoded before it is asked for. */
export class EventLine {
  readonly #bytes: Buffer;
  readonly #headerEnd: number;

  constructor(bytes: Buffer, headerEnd: number) {
    this.#bytes = bytes;
    this.#headerEnd = headerEnd;
  }

  /** All of it, without the line break. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** The columns as JSON has them: `header` before it is parsed. */
  headerText(): string {
    return this.#bytes.toString('utf8', PREFIX_LENGTH, this.#headerEnd);
  }

  /** The columns as stored texts, without `raw` and the empty ones. */
  header(): Partial<EventRecord> & Pick<EventRecord, 'key' | 'time' | 'source'> {
    return JSON.parse(this.#bytes.toString('utf8', PREFIX_LENGTH, this.#headerEnd));
  }

  /** The original as it is stored, in UTF-8. */
  rawBytes(): Buffer {
    const field = this.#bytes.subarray(this.#headerEnd + 1);
    return this.#bytes[CRC_LENGTH + 1] === KIND.encoded
      ? Buffer.from(field.toString('latin1'), 'base64')
      : field;
  }

  /** The original as it is stored; `original` of it gives the text itself. */
  storedRaw(): string {
    return this.rawBytes().toString('utf8');
  }

  record(): EventRecord {
    const fields: Record<string, string | number> = { ...this.header(), raw: this.storedRaw() };
    for (const column in fields) {
      const value = fields[column];
      if (typeof value === 'string') fields[column] = original(value);
    }
    return record(fields as unknown as EventRecord);
  }
}

/**
 * @param bytes a line without its line break; they are kept, not copied
 * @returns undefined where the line is not what was written
 */
export function parseLine(bytes: Buffer): EventLine | Commit | undefined {
  if (bytes.length < PREFIX_LENGTH || bytes[CRC_LENGTH] !== TAB || bytes[CRC_LENGTH + 2] !== TAB)
    return undefined;
  const told = Number.parseInt(bytes.toString('latin1', 0, CRC_LENGTH), 16);
  if (told !== crc32(bytes.subarray(CRC_LENGTH + 1))) return undefined;
  const headerEnd = bytes.indexOf(TAB, PREFIX_LENGTH);
  if (headerEnd < 0) return undefined;
  switch (bytes[CRC_LENGTH + 1]) {
    case KIND.event:
    case KIND.encoded:
      return new EventLine(bytes, headerEnd);
    case KIND.commit:
      return JSON.parse(bytes.toString('utf8', PREFIX_LENGTH, headerEnd)) as Commit;
    default:
      return undefined;
  }
}
