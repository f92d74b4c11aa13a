import type { ReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { bytesAt } from './fingerprint.ts';

/** A file as it was found: what has its path may be another by now. */
export interface FilePlace {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
}

/** Opens a file only if it is the one that was found. Throws the system's error; ENOENT where another has its path. */
export async function openFound({ path, device, inode }: FilePlace): Promise<FileHandle> {
  const handle = await open(path, 'r');
  try {
    const stats = await handle.stat({ bigint: true });
    if (String(stats.dev) === device && String(stats.ino) === inode) return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  throw Object.assign(new Error('another file has its path'), { code: 'ENOENT' });
}

/** Reads a file from a place on, plain or packed. */
export interface FileReader {
  /** The next bytes; empty where there are none for now. Throws the system's error. */
  read(length: number): Promise<Buffer>;
  /** True where there will never be more. */
  readonly isAtEnd: boolean;
  close(): Promise<void>;
}

export class PlainReader implements FileReader {
  readonly handle: FileHandle;
  readonly isAtEnd = false;
  #at: number;

  constructor(handle: FileHandle, at: number) {
    this.handle = handle;
    this.#at = at;
  }

  async read(length: number): Promise<Buffer> {
    const bytes = await bytesAt(this.handle, this.#at, length);
    this.#at += bytes.length;
    return bytes;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** A file packed by gzip, unpacked as it is read; what lies before the place is unpacked and dropped. */
export class PackedReader implements FileReader {
  readonly #source: ReadStream;
  readonly #unpacked: Gunzip;
  readonly #pieces: AsyncIterator<Buffer>;
  #skip: number;
  isAtEnd = false;

  constructor(handle: FileHandle, at: number) {
    this.#source = handle.createReadStream();
    this.#unpacked = this.#source.pipe(createGunzip());
    this.#source.on('error', (error) => this.#unpacked.destroy(error));
    this.#pieces = (this.#unpacked as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    this.#skip = at;
  }

  async read(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let size = 0;
    while (size < length) {
      const { done, value } = await this.#pieces.next();
      if (done === true) {
        this.isAtEnd = true;
        break;
      }
      const piece = value.subarray(Math.min(this.#skip, value.length));
      this.#skip -= value.length - piece.length;
      pieces.push(piece);
      size += piece.length;
    }
    return Buffer.concat(pieces);
  }

  async close(): Promise<void> {
    this.#source.destroy();
    this.#unpacked.destroy();
  }
}
