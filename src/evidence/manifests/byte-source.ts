import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { SourceFile } from '../../kubernetes/object.ts';

/** Bytes that can be read again in any range, so that positions need not be kept for every field. */
export interface ByteSource {
  readonly size: number;
  /** From an offset to the end; a chunk is valid until the next one is asked for. */
  chunks(from: number): Iterable<Uint8Array>;
  /**
   * The bytes of a range, cut off at the end of the source.
   * @throws the system's error, or `changed` when the file is not the one that was read first
   */
  slice(start: number, end: number): Uint8Array;
}

export const CHUNK_BYTES = 1024 * 1024;

/** Smaller files are read at once and held while their documents are cut. */
const HELD_BYTES = 2 * 1024 * 1024;

/** One for all small files, since they are held one after the other. */
let scratch: Buffer | undefined;

/** A regular file, identified by size and time, so that ranges of a file that was edited meanwhile are refused. */
export class FileSource implements ByteSource {
  readonly #path: string;
  readonly #modified: number;
  readonly size: number;
  #held: Uint8Array | undefined;

  /** @throws the system's error */
  constructor(path: string) {
    this.#path = path;
    const stats = statSync(path);
    this.size = stats.size;
    this.#modified = stats.mtimeMs;
  }

  /** Runs `read` with the bytes of a small file held in memory, to open it once only. */
  holding(read: () => void): void {
    if (this.size <= HELD_BYTES) {
      scratch ??= Buffer.allocUnsafeSlow(HELD_BYTES);
      this.#held = this.#read(0, scratch.subarray(0, this.size));
    }
    try {
      read();
    } finally {
      this.#held = undefined;
    }
  }

  *chunks(from: number): Iterable<Uint8Array> {
    if (this.#held) {
      if (from < this.#held.length) yield this.#held.subarray(from);
      return;
    }
    const descriptor = this.#open();
    try {
      const buffer = Buffer.allocUnsafeSlow(Math.max(1, Math.min(CHUNK_BYTES, this.size - from)));
      for (let at = from; at < this.size; ) {
        const read = readSync(descriptor, buffer, 0, Math.min(buffer.length, this.size - at), at);
        if (read === 0) return;
        at += read;
        yield buffer.subarray(0, read);
      }
    } finally {
      closeSync(descriptor);
    }
  }

  slice(start: number, end: number): Uint8Array {
    if (this.#held) return this.#held.subarray(start, end);
    return this.#read(start, Buffer.allocUnsafeSlow(Math.max(0, Math.min(end, this.size) - start)));
  }

  #read(start: number, buffer: Buffer): Uint8Array {
    const descriptor = this.#open();
    try {
      let filled = 0;
      while (filled < buffer.length) {
        const read = readSync(descriptor, buffer, filled, buffer.length - filled, start + filled);
        if (read === 0) break;
        filled += read;
      }
      return buffer.subarray(0, filled);
    } finally {
      closeSync(descriptor);
    }
  }

  #open(): number {
    const descriptor = openSync(this.#path, 'r');
    const stats = fstatSync(descriptor);
    if (stats.size === this.size && stats.mtimeMs === this.#modified) return descriptor;
    closeSync(descriptor);
    throw new Error('changed');
  }
}

const sources = new WeakMap<SourceFile, ByteSource>();

/** Remembers where the bytes of a file are, for as long as something refers to the file. */
export function rememberSource(file: SourceFile, source: ByteSource): void {
  sources.set(file, source);
}

/** The bytes behind an origin's file; a file that was read by another process or worker is opened by its path. */
export function sourceOf(file: SourceFile): ByteSource {
  let source = sources.get(file);
  if (!source) {
    source = new FileSource(file.path);
    sources.set(file, source);
  }
  return source;
}
