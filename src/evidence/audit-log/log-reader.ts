import { ElementCutter } from './element-cutter.ts';
import { LISTS } from './envelopes.ts';
import { LineSplitter } from './line-splitter.ts';
import { LogLines, parseObject, type TextObject } from './log-lines.ts';

/** Why something of a log was not read. */
export type UnreadReason =
  /** Not JSON, or cut off. */
  | 'broken'
  | 'too-long'
  /** The log ends inside of an event, or the compressed file before its end. */
  | 'cut-off';

/** Where in a log: a line where the log is lines, else what number of object it is. */
export interface Place {
  readonly line?: number;
  readonly item?: number;
}

export interface LogHandler {
  readonly object: (object: TextObject, place: Place) => void;
  /** Words of other programs in the same log. */
  readonly words: (line: string, place: Place) => void;
  /** @param text what was not read; empty where it was passed over, or is spread over what came before */
  readonly unread: (reason: UnreadReason, place: Place, text: string) => void;
}

/** How much of a file is looked at to tell lines from JSON that is laid out. */
const PROBE = 1 << 20;

/** Reads the JSON objects of one log out of its chunks, by lines or by objects, whichever its beginning shows. */
export class LogReader {
  readonly #handler: LogHandler;
  readonly #lines: LogLines;
  readonly #splitter: LineSplitter;
  readonly #cutter: ElementCutter;
  #mode: 'lines' | 'elements' | undefined;
  #probe: Uint8Array[] = [];
  #probed = 0;
  #line = 0;
  #item = 0;

  /** @param limit the longest line or object of a list, in bytes */
  constructor(handler: LogHandler, limit: number) {
    this.#handler = handler;
    this.#lines = new LogLines(limit);
    this.#splitter = new LineSplitter(
      limit,
      (bytes) => this.#readLine(text(bytes)),
      () => handler.unread('too-long', { line: ++this.#line }, ''),
    );
    this.#cutter = new ElementCutter(LISTS, limit, {
      element: (bytes) => this.#readElement(text(bytes)),
      tooLong: () => handler.unread('too-long', { item: ++this.#item }, ''),
    });
  }

  push(chunk: Uint8Array): void {
    if (this.#mode !== undefined) {
      this.#forward(chunk);
      return;
    }
    this.#probe.push(chunk);
    this.#probed += chunk.length;
    const start = Buffer.concat(this.#probe);
    this.#mode = modeOf(text(start), this.#probed >= PROBE);
    if (this.#mode === undefined) return;
    this.#probe = [];
    this.#forward(start);
  }

  end(): void {
    if (this.#mode === undefined) {
      const start = Buffer.concat(this.#probe);
      this.#mode = modeOf(text(start), true) ?? 'lines';
      this.#forward(start);
    }
    this.#splitter.end();
    if (!this.#cutter.isBetween) this.cutOff();
  }

  cutOff(): void {
    this.#handler.unread('cut-off', {}, '');
  }

  #forward(chunk: Uint8Array): void {
    if (this.#mode === 'lines') this.#splitter.push(chunk);
    else this.#cutter.push(chunk);
  }

  #readLine(line: string): void {
    const place = { line: ++this.#line };
    const read = this.#lines.read(line);
    if (read === 'words') this.#handler.words(line, place);
    else if (read === 'broken') this.#handler.unread('broken', place, line);
    else if (typeof read !== 'string') this.#handler.object(read, place);
  }

  #readElement(element: string): void {
    const place = { item: ++this.#item };
    const value = parseObject(element);
    if (value === undefined) this.#handler.unread('broken', place, element);
    else this.#handler.object({ value, text: element }, place);
  }
}

/**
 * Lines, unless the log begins with an array, or with an object that goes on over lines. A log that was cut somewhere begins in the
 * middle of a line, and the next one is whole.
 */
function modeOf(start: string, isAll: boolean): 'lines' | 'elements' | undefined {
  const trimmed = start.trimStart();
  if (trimmed.startsWith('[')) return 'elements';
  if (trimmed !== '' && !trimmed.startsWith('{')) return 'lines';
  const lines = trimmed.split('\n');
  if (lines.length > 1 && /[[{,]\s*$/.test(lines[0]!)) return 'elements';
  const whole = isAll ? lines : lines.slice(0, -1);
  if (whole.some((line) => isWholeObject(line))) return 'lines';
  return isAll ? 'elements' : undefined;
}

/** One that may be an event: a line such as `{}` also stands in JSON that is laid out. */
function isWholeObject(line: string): boolean {
  if (!line.startsWith('{"')) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
