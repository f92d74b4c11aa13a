import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A range of the spool. */
export interface Extent {
  readonly start: number;
  readonly length: number;
}

const COPY_BYTES = 1 << 20;

/** A nameless file for what is too much for the memory: gone with the process, whatever ends that. */
export class Spool {
  readonly #descriptor: number;
  #size = 0;

  /** @throws the system's error */
  constructor(folder: string) {
    const path = join(folder, `.kubestride-${randomBytes(8).toString('hex')}.tmp`);
    this.#descriptor = openSync(path, 'wx+', 0o600);
    rmSync(path);
  }

  append(bytes: Uint8Array): Extent {
    const start = this.#size;
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#descriptor, bytes, written, bytes.length - written, start + written);
    }
    this.#size += bytes.length;
    return { start, length: bytes.length };
  }

  /** The bytes of a range; a piece is valid until the next one is asked for. */
  *read({ start, length }: Extent): Iterable<Uint8Array> {
    const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, length));
    for (let at = 0; at < length; ) {
      const read = readSync(this.#descriptor, buffer, 0, Math.min(buffer.length, length - at), start + at);
      if (read === 0) throw new Error('the temporary file ended early');
      at += read;
      yield buffer.subarray(0, read);
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
