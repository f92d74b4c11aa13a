import type { EventRecord } from '../record.ts';
import type { Holding } from './event-store.ts';
import { Holdings } from './holdings.ts';
import type { EventLine } from './journal.ts';
import { storableTime } from './journal-encoder.ts';
import { hashKey, KEY_WORDS, type KeyHashes, KeyTable } from './key-table.ts';

/** What is remembered of a journal's events while they are in no segment. */
export class JournalContents {
  readonly keys = new KeyTable();
  #times = new Float64Array(1024);
  #rows = 0;
  #rawBytes = 0;
  #lineBytes = 0;
  #longestRaw = 0;
  #longestLine = 0;
  readonly #holdings = new Holdings();
  #since: number | undefined;

  get rows(): number {
    return this.#rows;
  }

  /** Of each event, in their order, in microseconds since the epoch. */
  get times(): Float64Array {
    return this.#times.subarray(0, this.#rows);
  }

  /** When the first of the events was taken in, in milliseconds. */
  get since(): number | undefined {
    return this.#since;
  }

  /** Bytes of all originals. */
  get rawBytes(): number {
    return this.#rawBytes;
  }

  /** Bytes of all lines. */
  get lineBytes(): number {
    return this.#lineBytes;
  }

  get longestRaw(): number {
    return this.#longestRaw;
  }

  /** Bytes of the longest line, all in all. */
  get longestLine(): number {
    return this.#longestLine;
  }

  get holdings(): readonly Holding[] {
    return this.#holdings.list();
  }

  /** Takes in an event; its key has to be in `keys` by itself. @param line its length in bytes */
  add(
    event: Pick<EventRecord, 'time' | 'source' | 'cluster' | 'inlet'>,
    line: number,
    rawBytes: number,
  ): void {
    const time = storableTime(event.time);
    this.#since ??= Date.now();
    if (this.#rows === this.#times.length) {
      const longer = new Float64Array(this.#rows * 2);
      longer.set(this.#times);
      this.#times = longer;
    }
    this.#times[this.#rows++] = time;
    this.#lineBytes += line;
    this.#rawBytes += rawBytes;
    if (rawBytes > this.#longestRaw) this.#longestRaw = rawBytes;
    if (line > this.#longestLine) this.#longestLine = line;
    this.#holdings.add(event, time);
  }

  /** Takes in an event that is in the journal already. */
  addLine(line: EventLine): void {
    const { time, source, cluster = '', inlet = '', key } = line.header();
    const hash: KeyHashes = new Uint32Array(KEY_WORDS);
    hashKey(key, hash, 0);
    this.keys.add(hash, 0);
    this.add({ time, source, cluster, inlet }, line.bytes.length + 1, line.rawBytes().length);
  }
}
