import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { LineSplitter } from '../evidence/audit-log/line-splitter.ts';
import { type ChunkReader, readLogFiles } from '../evidence/audit-log/log-files.ts';
import { LONGEST_EVENT } from '../evidence/audit-log/read-audit-log.ts';
import { Decoding, readerFor } from './audit/decode.ts';
import { decodeEventFile } from './cluster/event-object.ts';
import { type Decoded, type Origin, type Refused, refused } from './decoded.ts';
import { formatOf, HEAD_BYTES, type LogFormat } from './formats.ts';
import { type LineDecoderOptions, lineDecoder } from './line-decoders.ts';
import { JournalExportDecoder } from './node/host/decoder.ts';
import type { LineDecoder } from './node/line-decoder.ts';
import type { EventRecord } from './record.ts';
import { Redactions } from './redaction/tally.ts';

export interface IngestOptions extends LineDecoderOptions {
  readonly cwd: string;
  readonly stdin: Readable;
  /** The cluster as the operator calls it; empty for what each file tells. */
  readonly cluster: string;
  readonly node?: string;
  /** Of all files; without it each is recognised. */
  readonly format?: LogFormat;
  /** For lines that tell no year; without it that of the file's last change. */
  readonly year?: number;
  /** Stores what a chunk held; the next chunk waits for it. */
  readonly onDecoded: (decoded: Decoded, file: string) => Promise<void>;
  readonly onProgress?: (bytes: number) => void;
  /** A file of which nothing is read. */
  readonly onUnknown: (file: string) => void;
}

/**
 * Reads files of whatever format into records, in bounded memory.
 * @param paths files, folders with all that is in them, or `-` for standard input
 * @throws KubeStrideError path-not-found, audit-log-unreadable, and what onDecoded throws
 */
export async function ingestFiles(
  paths: readonly string[],
  options: IngestOptions,
): Promise<{ readonly files: readonly string[]; readonly bytes: number }> {
  const tally = options.tally ?? new Redactions();
  const { cwd, stdin, cluster, node } = options;
  let file = '';
  let reader: FileReader | undefined;
  return readLogFiles(paths, {
    cwd,
    stdin,
    isDeep: true,
    reader: (path) => {
      file = path;
      const origin: Origin = {
        inlet: path === '-' ? 'stdin' : `file:${resolve(cwd, path)}`,
        cluster,
        ...(node === undefined ? {} : { node }),
        received: receivedAt(path, options),
      };
      reader = new FileReader(path, origin, options, tally);
      return reader;
    },
    afterChunk: async (bytes) => {
      const decoded = reader?.take();
      if (decoded !== undefined) await options.onDecoded(decoded, file);
      options.onProgress?.(bytes);
    },
  });
}

/** What times without a year, or no time at all, are completed by: microseconds since the epoch. */
function receivedAt(path: string, { cwd, year }: IngestOptions): number {
  // The last moment of a year: all of its dates lie before it.
  if (year !== undefined) return (Date.UTC(year + 1, 0, 1) - 1) * 1000;
  const changed = path === '-' ? undefined : statSync(resolve(cwd, path), { throwIfNoEntry: false })?.mtimeMs;
  return Math.floor((changed ?? Date.now()) * 1000);
}

/** Looks at the beginning of a file, and reads all of it as what that is. */
class FileReader implements ChunkReader {
  readonly #path: string;
  readonly #origin: Origin;
  readonly #options: IngestOptions;
  readonly #tally: Redactions;
  #head: Uint8Array[] = [];
  #length = 0;
  #reader: (ChunkReader & Taker) | undefined;

  constructor(path: string, origin: Origin, options: IngestOptions, tally: Redactions) {
    this.#path = path;
    this.#origin = origin;
    this.#options = options;
    this.#tally = tally;
  }

  push(chunk: Uint8Array): void {
    if (this.#reader !== undefined) {
      this.#reader.push(chunk);
      return;
    }
    this.#head.push(Buffer.from(chunk));
    this.#length += chunk.length;
    if (this.#length >= HEAD_BYTES) this.#decide();
  }

  end(): void {
    if (this.#reader === undefined) this.#decide();
    this.#reader?.end();
  }

  cutOff(): void {
    this.#reader?.cutOff();
  }

  take(): Decoded | undefined {
    const decoded = this.#reader?.take();
    return decoded === undefined || decoded.records.length + decoded.refused.length === 0
      ? undefined
      : decoded;
  }

  #decide(): void {
    const head = Buffer.concat(this.#head);
    const format =
      this.#options.format ?? formatOf(this.#path, head.subarray(0, HEAD_BYTES).toString('utf8'));
    if (format === undefined) this.#options.onUnknown(this.#path);
    this.#reader = this.#readerOf(format);
    this.#head = [];
    this.#reader.push(head);
  }

  #readerOf(format: LogFormat | undefined): ChunkReader & Taker {
    switch (format) {
      case undefined:
        return NOTHING_READ;
      case 'audit':
        return new AuditReader(this.#origin, this.#tally);
      case 'events':
        return new EventsReader(this.#origin);
      case 'journal-export':
        return new JournalReader(new JournalExportDecoder(this.#origin, this.#options));
      default: {
        const options = { ...this.#options, tally: this.#tally };
        return new LineReader(lineDecoder(format, this.#path, this.#origin, options));
      }
    }
  }
}

interface Taker {
  /** What became of the chunks since the last time. */
  take(): Decoded;
}

const NOTHING_READ: ChunkReader & Taker = {
  push: () => undefined,
  end: () => undefined,
  cutOff: () => undefined,
  take: () => ({ records: [], refused: [] }),
};

class AuditReader implements ChunkReader, Taker {
  readonly #decoding: Decoding;
  readonly #reader: ChunkReader;

  constructor(origin: Origin, tally: Redactions) {
    this.#decoding = new Decoding(origin, tally);
    this.#reader = readerFor(this.#decoding, LONGEST_EVENT);
  }

  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  end(): void {
    this.#reader.end();
  }

  cutOff(): void {
    this.#reader.cutOff();
  }

  take(): Decoded {
    return { records: this.#decoding.records.splice(0), refused: this.#decoding.refused.splice(0) };
  }
}

/** More than any `kubectl get events` prints: lists are read whole. */
const LARGEST_LIST = 256 << 20;

/** Lists of Kubernetes Events, which are one document, or several. */
class EventsReader implements ChunkReader, Taker {
  readonly #origin: Origin;
  readonly #gathered = new Gathered();
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  push(chunk: Uint8Array): void {
    this.#length += chunk.length;
    if (this.#length > LARGEST_LIST) this.#chunks = [];
    else this.#chunks.push(Buffer.from(chunk));
  }

  end(): void {
    if (this.#length > LARGEST_LIST) {
      this.#gathered.refuse(refused('too-long', '', ''));
      return;
    }
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    const lines = bytes.toString('utf8').split('\n');
    // One object a line is no YAML, and a laid out list is not an object on its first line.
    const isLines = lines.length > 1 && isJson(lines[0]!);
    if (!isLines) this.#gathered.add(decodeEventFile(bytes, this.#origin));
    else {
      const decoder = lineDecoder('events', '', this.#origin, {});
      for (const [at, text] of lines.entries()) this.#gathered.add(decoder.decode({ text, at }));
    }
  }

  cutOff(): void {
    this.#gathered.refuse(refused('truncated', 'end', ''));
  }

  take(): Decoded {
    return this.#gathered.take();
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Gathers what decoders make, until it is taken. */
class Gathered {
  #records: EventRecord[] = [];
  #refused: Refused[] = [];

  add(decoded: Decoded): void {
    for (const record of decoded.records) this.#records.push(record);
    for (const each of decoded.refused) this.#refused.push(each);
  }

  refuse(each: Refused): void {
    this.#refused.push(each);
  }

  take(): Decoded {
    const taken = { records: this.#records, refused: this.#refused };
    this.#records = [];
    this.#refused = [];
    return taken;
  }
}

class LineReader implements ChunkReader, Taker {
  readonly #decoder: LineDecoder;
  readonly #splitter: LineSplitter;
  readonly #gathered = new Gathered();
  #at = 0;

  constructor(decoder: LineDecoder) {
    this.#decoder = decoder;
    this.#splitter = new LineSplitter(
      LONGEST_EVENT,
      (bytes) => this.#line(bytes),
      (length) => {
        this.#gathered.refuse(refused('too-long', `byte ${this.#at}`, ''));
        this.#at += length + 1;
      },
    );
  }

  push(chunk: Uint8Array): void {
    this.#splitter.push(chunk);
  }

  end(): void {
    this.#splitter.end();
    this.#gathered.add(this.#decoder.flush());
  }

  cutOff(): void {
    this.#gathered.refuse(refused('truncated', `byte ${this.#at}`, ''));
  }

  take(): Decoded {
    return this.#gathered.take();
  }

  #line(bytes: Uint8Array): void {
    const at = this.#at;
    this.#at += bytes.length + 1;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    this.#gathered.add(this.#decoder.decode({ text: text.endsWith('\r') ? text.slice(0, -1) : text, at }));
  }
}

class JournalReader implements ChunkReader, Taker {
  readonly #decoder: JournalExportDecoder;
  readonly #gathered = new Gathered();

  constructor(decoder: JournalExportDecoder) {
    this.#decoder = decoder;
  }

  push(chunk: Uint8Array): void {
    this.#gathered.add(this.#decoder.push(chunk));
  }

  end(): void {
    this.#gathered.add(this.#decoder.end());
  }

  cutOff(): void {
    this.#gathered.refuse(refused('truncated', 'end', ''));
  }

  take(): Decoded {
    return this.#gathered.take();
  }
}
