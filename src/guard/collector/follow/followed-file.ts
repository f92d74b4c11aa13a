import { type Decoded, NOTHING, type Refused, refused } from '../../../records/decoded.ts';
import type { LineDecoder } from '../../../records/node/line-decoder.ts';
import type { EventRecord } from '../../../records/record.ts';
import { type FileReader, openFound, PackedReader, PlainReader } from './file-reader.ts';
import {
  bytesAt,
  headLength,
  isSame,
  type Likeness,
  likeness,
  type Print,
  type Prints,
  packedLikeness,
  printLength,
  printOf,
  tailLength,
} from './fingerprint.ts';
import { LineCutter } from './line-cutter.ts';
import { type FoundFile, inodeKey } from './matching-files.ts';
import { type Position, placeOfLine } from './position.ts';

export interface Piece {
  readonly decoded: Decoded;
  readonly bytes: number;
}

/** Longer than a line's own decoder waits for the next one of its kind. */
const QUIET = 3_000;

/**
 * One file that is read from its beginning to its end, whatever it is called by then: by its open handle, and by what it begins with and
 * what stood before the place that was reached.
 */
export class FollowedFile {
  readonly id: string;
  readonly family: string;
  readonly generation: number;
  readonly #makeDecoder: () => LineDecoder;
  #decoder: LineDecoder;
  readonly #limit: number;
  #path: string;
  #device: string;
  #inode: string;
  #packed: boolean;
  #seen: number;
  #reader: FileReader | undefined;
  #cutter: LineCutter;
  /** When it had changed last, as it was seen; undefined until it is looked at. */
  #changed: number | undefined;
  #readTo: number;
  #head: Print;
  #tail: Print;
  #tailAt: number;
  #lastRead = 0;
  /** Undefined while it is where it was found; otherwise since when it is not. */
  goneSince: number | undefined;
  /** Read to the end, and nobody writes to it any more. */
  isFinished: boolean;

  constructor(
    id: string,
    family: string,
    position: Position,
    packed: boolean,
    makeDecoder: () => LineDecoder,
    limit: number,
  ) {
    this.id = id;
    this.family = family;
    this.generation = position.generation;
    this.#makeDecoder = makeDecoder;
    this.#decoder = makeDecoder();
    this.#limit = limit;
    this.#path = position.path;
    this.#device = position.device;
    this.#inode = position.inode;
    this.#packed = packed;
    this.#seen = position.seen;
    this.isFinished = position.finished;
    this.#head = position.head;
    this.#tail = position.tail;
    this.#tailAt = position.at;
    this.#readTo = position.at;
    this.#cutter = new LineCutter(limit, position.at);
  }

  get path(): string {
    return this.#path;
  }

  get isOpen(): boolean {
    return this.#reader !== undefined;
  }

  /** Whether it was found since the follower was started. */
  get wasFound(): boolean {
    return this.#changed !== undefined;
  }

  get isRotated(): boolean {
    return this.#path !== this.family;
  }

  get seen(): number {
    return this.#seen;
  }

  get lastRead(): number {
    return this.#lastRead;
  }

  /** Bytes that are known to be there and were not read. Of a packed file it is told only whether there may be any. */
  get unread(): number {
    if (this.isDetached) return 0;
    if (this.#packed) return this.isFinished ? 0 : 1;
    return Math.max(0, this.#seen - this.#readTo);
  }

  get inode(): string {
    return this.#inode;
  }

  get inodeKey(): string {
    return inodeKey({ device: this.#device, inode: this.#inode });
  }

  /** Where to go on from after a crash: the first line that is not in a record, or waits for others. */
  position(): Position {
    const at = this.#safe();
    return {
      path: this.#path,
      device: this.#device,
      inode: this.#inode,
      seen: this.#seen,
      generation: this.generation,
      finished: this.isFinished,
      head: this.#head,
      tail: this.#tailAt === at ? this.#tail : '',
      at,
    };
  }

  /** Found where it was, perhaps under another name. @returns false where it is no longer the file that was read */
  async found(file: FoundFile): Promise<boolean> {
    // An inode that was freed may soon be another file's.
    if (file.family !== this.family && this.#head === '') return false;
    if (file.packed !== this.#packed) return false;
    if (file.size !== this.#seen || file.changed !== this.#changed) {
      if (this.#packed ? !(await this.#isStillPacked(file)) : !(await this.#isStill(file))) return false;
    }
    this.#path = file.path;
    if (file.size > this.#seen && !this.#packed) this.isFinished = false;
    this.goneSince = undefined;
    this.#seen = file.size;
    this.#changed = file.changed;
    return true;
  }

  async #isStill(file: FoundFile): Promise<boolean> {
    if (file.size < this.#readTo) return false;
    const handle = this.#reader instanceof PlainReader ? this.#reader.handle : await openFound(file);
    this.#reader ??= new PlainReader(handle, this.#readTo);
    if (!(await isSame(handle, this.prints))) return false;
    // Known by it even before any of it is read: it may be packed and deleted by then.
    const wanted = headLength(file.size);
    if (printLength(this.#head) < wanted) this.#head = printOf(await bytesAt(handle, 0, wanted));
    return true;
  }

  async #isStillPacked(file: FoundFile): Promise<boolean> {
    return this.#head === '' || (await this.likenessOf(file)) === 'same';
  }

  /** Whether another file begins with all that was read of this one. Throws the system's error. */
  async likenessOf(other: FoundFile): Promise<Likeness> {
    const handle = await openFound(other);
    if (other.packed) return packedLikeness(handle, this.prints);
    try {
      return await likeness(handle, other.size, this.prints);
    } finally {
      await handle.close();
    }
  }

  /** It goes on in another file: a copy of it, packed perhaps. */
  async moveTo(file: FoundFile): Promise<void> {
    await this.close();
    const at = this.#safe();
    this.#path = file.path;
    this.#device = file.device;
    this.#inode = file.inode;
    this.#packed = file.packed;
    this.#seen = file.size;
    this.#readTo = at;
    this.#cutter = new LineCutter(this.#limit, at);
    this.#decoder = this.#makeDecoder();
    this.#changed = undefined;
    this.goneSince = undefined;
  }

  /** Its place has another file now. */
  async detach(): Promise<void> {
    await this.close();
    this.#device = '';
    this.#inode = '';
  }

  get isDetached(): boolean {
    return this.#inode === '';
  }

  /** Bytes that were seen and not read. */
  get lostBytes(): number {
    return Math.max(0, this.#seen - this.#readTo);
  }

  /** Reads some bytes. Throws the system's or zlib's error. @param now milliseconds */
  async read(length: number, now: number): Promise<Piece> {
    const reader = await this.#open();
    const bytes = await reader.read(length);
    const records: EventRecord[] = [];
    const refusals: Refused[] = [];
    // Emptied and written to since it was looked at: what was read is of another file, and is read again as that.
    if (reader instanceof PlainReader && !(await isSame(reader.handle, this.prints))) {
      return { decoded: NOTHING, bytes: 0 };
    }
    if (bytes.length > 0) {
      this.#lastRead = now;
      this.#readTo += bytes.length;
      this.#cutter.push(
        bytes,
        ({ bytes: line, at }) => this.#line(line.toString('utf8'), at, records, refusals),
        ({ head, at, length: size }) =>
          refusals.push({ ...refused('too-long', `byte ${at}`, head), length: size }),
      );
      await this.#takePrints(bytes, reader);
    }
    if (reader.isAtEnd) this.#finish(records, refusals);
    return { decoded: { records, refused: refusals }, bytes: bytes.length };
  }

  /** What waited for more lines, after nothing came for a while. */
  flush(now: number): Decoded | undefined {
    if (this.#decoder.held === undefined || now - this.#lastRead < QUIET) return undefined;
    return this.#decoder.flush();
  }

  /** The end of a file that nobody writes to any more. */
  finish(): Decoded {
    const records: EventRecord[] = [];
    const refusals: Refused[] = [];
    this.#finish(records, refusals);
    return { records, refused: refusals };
  }

  /** A writer that has not noticed yet that its file was renamed may go on for a while. */
  isQuiet(now: number): boolean {
    return now - this.#lastRead >= QUIET;
  }

  async close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close();
  }

  /** A deleted file may still be written to by who has it open. */
  async measureGone(): Promise<void> {
    if (this.#reader instanceof PlainReader) this.#seen = (await this.#reader.handle.stat()).size;
  }

  /** Prints of what was read, for looking whether another file is a copy of it. */
  get prints(): Prints {
    return { head: this.#head, tail: this.#tail, at: this.#tailAt };
  }

  #line(text: string, at: number, records: EventRecord[], refusals: Refused[]): void {
    const decoded = this.#decoder.decode({ text, at: placeOfLine(this.generation, at) });
    for (const record of decoded.records) records.push(record);
    for (const each of decoded.refused) refusals.push(each);
  }

  #finish(records: EventRecord[], refusals: Refused[]): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.#cutter.end(
      ({ bytes, at }) => this.#line(bytes.toString('utf8'), at, records, refusals),
      ({ head, at, length }) => refusals.push({ ...refused('too-long', `byte ${at}`, head), length }),
    );
    const flushed = this.#decoder.flush();
    for (const record of flushed.records) records.push(record);
    for (const each of flushed.refused) refusals.push(each);
  }

  #safe(): number {
    const { held } = this.#decoder;
    const start = this.#cutter.start;
    return held === undefined ? start : Math.min(start, held - placeOfLine(this.generation, 0));
  }

  async #takePrints(bytes: Buffer, reader: FileReader): Promise<void> {
    const at = this.#safe();
    const wanted = headLength(at);
    if (reader instanceof PlainReader) {
      const length = tailLength(at);
      if (printLength(this.#head) < wanted) this.#head = printOf(await bytesAt(reader.handle, 0, wanted));
      this.#tail = printOf(await bytesAt(reader.handle, at - length, length));
    } else {
      if (this.#readTo === bytes.length) this.#head = printOf(bytes.subarray(0, wanted));
      this.#tail = '';
    }
    this.#tailAt = at;
  }

  async #open(): Promise<FileReader> {
    if (this.#reader !== undefined) return this.#reader;
    const handle = await openFound({ path: this.#path, device: this.#device, inode: this.#inode });
    this.#reader = this.#packed
      ? new PackedReader(handle, this.#readTo)
      : new PlainReader(handle, this.#readTo);
    return this.#reader;
  }
}
