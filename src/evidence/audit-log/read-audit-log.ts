import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import type { Json, JsonObject } from '../../kubernetes/json.ts';
import { ElementCutter } from './element-cutter.ts';
import { LISTS, openEnvelope } from './envelopes.ts';
import type { AuditEvent } from './event.ts';
import { LineSplitter } from './line-splitter.ts';
import { LogLines, parseObject } from './log-lines.ts';

export interface AuditLogOptions {
  readonly cwd: string;
  readonly stdin: Readable;
  /** `raw` is the event as the API server wrote it; undefined for what an export of a cloud provider keeps of one. */
  readonly onEvent: (event: AuditEvent, raw: JsonObject | undefined) => void;
  /** After each chunk. */
  readonly onProgress?: ((bytes: number, events: number) => void) | undefined;
  /** Longest line, or object of a list, in bytes; 16 MiB where not given (the API server cuts events at 100 KB by default, batches at 10 MiB). */
  readonly limit?: number;
}

/** Why something of a log was not read. */
export type UnreadReason =
  /** Not JSON, or cut off. */
  | 'broken'
  | 'too-long'
  /** The log ends inside of an event, or the compressed file before its end. */
  | 'cut-off';

/** Something of a log that was not read; a line where the log is lines, else what number of object it is. */
export interface UnreadPart {
  readonly file: string;
  readonly line?: number;
  readonly item?: number;
  readonly reason: UnreadReason;
}

export interface AuditLogReading {
  readonly files: readonly string[];
  readonly bytes: number;
  readonly events: number;
  /** Lines and objects that are whole and no audit event: words of other programs in the same log. */
  readonly others: number;
  /** How much was not read, and the first of it. */
  readonly unreadCount: number;
  readonly unread: readonly UnreadPart[];
}

const LIMIT = 16 << 20;
const CHUNK = 1 << 18;
const NAMED = 10;
/** How much of a file is looked at to tell lines from JSON that is laid out. */
const PROBE = 1 << 20;

interface Tally {
  bytes: number;
  events: number;
  others: number;
  unreadCount: number;
  readonly unread: UnreadPart[];
}

/**
 * Reads audit logs as the API server writes them (JSON lines), their rotated and compressed files, batches of its webhook (EventList), and
 * exports of EKS, AKS and GKE, in bounded memory. Events come in the order of the files. Lines that are no event are counted, what is
 * broken is named.
 *
 * @param paths files, folders (their files, by name, not those of folders inside), or `-` for standard input
 * @throws KubeStrideError path-not-found, audit-log-unreadable
 */
export async function readAuditLog(
  paths: readonly string[],
  options: AuditLogOptions,
): Promise<AuditLogReading> {
  const tally: Tally = { bytes: 0, events: 0, others: 0, unreadCount: 0, unread: [] };
  const files: string[] = [];
  for (const path of paths) files.push(...(await filesOf(path, options.cwd)));
  for (const file of files) {
    const stream =
      file === '-' ? options.stdin : createReadStream(resolve(options.cwd, file), { highWaterMark: CHUNK });
    await readStream(file, stream, tally, options);
  }
  return { files, ...tally };
}

async function filesOf(path: string, cwd: string): Promise<string[]> {
  if (path === '-') return [path];
  const absolute = resolve(cwd, path);
  const found = await stat(absolute).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      throw new KubeStrideError('path-not-found', { path, candidates: [] });
    }
    throw unreadable(path, error);
  });
  if (!found.isDirectory()) return [path];
  const entries = await readdir(absolute, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => join(path, name))
    .sort();
}

function unreadable(path: string, { code, message }: NodeJS.ErrnoException): KubeStrideError {
  return new KubeStrideError('audit-log-unreadable', { path, reason: code ?? message });
}

async function readStream(
  file: string,
  stream: Readable,
  tally: Tally,
  options: AuditLogOptions,
): Promise<void> {
  const reader = new LogReader(file, tally, options);
  const push = (chunk: Uint8Array): void => {
    reader.push(chunk);
    options.onProgress?.(tally.bytes, tally.events);
  };
  const take = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) push(chunk);
  };
  try {
    const [isGzip, chunks] = await sniff(stream, (bytes) => {
      tally.bytes += bytes;
    });
    await (isGzip ? pipeline(chunks, createGunzip({ chunkSize: CHUNK }), take) : take(chunks));
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.code?.startsWith('Z_') !== true) throw unreadable(file, failure);
    reader.end();
    reader.cutOff();
    return;
  }
  reader.end();
}

/** Looks at the first bytes of a stream, and hands on all of it. @returns whether it is compressed (RFC 1952), and its chunks */
async function sniff(
  stream: Readable,
  count: (bytes: number) => void,
): Promise<[isGzip: boolean, chunks: AsyncIterable<Uint8Array>]> {
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array | string>;
  const next = async (): Promise<Uint8Array | undefined> => {
    const { done, value } = await pieces.next();
    if (done) return undefined;
    const chunk = typeof value === 'string' ? Buffer.from(value) : value;
    count(chunk.length);
    return chunk;
  };
  const first = await next();
  const all = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (let chunk = first; chunk !== undefined; chunk = await next()) yield chunk;
    } finally {
      await pieces.return?.();
    }
  };
  return [first?.[0] === 0x1f && first[1] === 0x8b, all()];
}

/** Reads one log, by lines or by objects, whichever its beginning shows. */
class LogReader {
  readonly #file: string;
  readonly #tally: Tally;
  readonly #onEvent: AuditLogOptions['onEvent'];
  readonly #lines: LogLines;
  readonly #splitter: LineSplitter;
  readonly #cutter: ElementCutter;
  #mode: 'lines' | 'elements' | undefined;
  #probe: Uint8Array[] = [];
  #probed = 0;
  #line = 0;
  #item = 0;

  constructor(file: string, tally: Tally, { onEvent, limit = LIMIT }: AuditLogOptions) {
    this.#file = file;
    this.#tally = tally;
    this.#onEvent = (event, raw) => {
      tally.events++;
      onEvent(event, raw);
    };
    this.#lines = new LogLines(limit);
    this.#splitter = new LineSplitter(
      limit,
      (bytes) => this.#readLine(text(bytes)),
      () => this.#unread({ line: ++this.#line, reason: 'too-long' }),
    );
    this.#cutter = new ElementCutter(LISTS, limit, {
      element: (bytes) => this.#readElement(text(bytes)),
      tooLong: () => this.#unread({ item: ++this.#item, reason: 'too-long' }),
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
    if (!this.#cutter.isBetween) this.#unread({ reason: 'cut-off' });
  }

  cutOff(): void {
    this.#unread({ reason: 'cut-off' });
  }

  #forward(chunk: Uint8Array): void {
    if (this.#mode === 'lines') this.#splitter.push(chunk);
    else this.#cutter.push(chunk);
  }

  #readLine(line: string): void {
    this.#line++;
    const value = this.#lines.read(line);
    if (value === 'words') this.#tally.others++;
    else if (value === 'broken') this.#unread({ line: this.#line, reason: 'broken' });
    else if (typeof value !== 'string') this.#open(value);
  }

  #readElement(element: string): void {
    this.#item++;
    const value = parseObject(element);
    if (value === undefined) this.#unread({ item: this.#item, reason: 'broken' });
    else this.#open(value);
  }

  #open(value: Json): void {
    if (!openEnvelope(value, this.#onEvent)) this.#tally.others++;
  }

  #unread(part: Omit<UnreadPart, 'file'>): void {
    this.#tally.unreadCount++;
    if (this.#tally.unread.length < NAMED) this.#tally.unread.push({ file: this.#file, ...part });
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
