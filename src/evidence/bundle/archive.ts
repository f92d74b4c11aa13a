import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import { archiveTime, checksums } from './checksums.ts';
import { type Damage, damaged } from './damage.ts';
import {
  BUNDLE_LIMITS,
  type BundleIndex,
  INDEX_NAME,
  type Part,
  SIGNATURE_NAME,
  SUMS_NAME,
} from './format.ts';
import { parseIndex } from './parse-index.ts';
import { BLOCK_BYTES, paddingAfter, readTarHeader, TRAILER_BYTES, tarHeader } from './tar.ts';

const CHUNK_BYTES = 1 << 20;

interface Entry {
  readonly name: string;
  /** Offset of the content. */
  readonly start: number;
  readonly bytes: number;
}

/**
 * A bundle whose every byte is what its index makes it: the archive has exactly one form for one index, so that no entry can be
 * hidden, doubled or renamed. Whoever wrote the index is another question, which the signature answers.
 */
export class Archive {
  readonly #shown: string;
  readonly #descriptor: number;
  readonly #size: number;
  readonly #starts = new Map<string, number>();
  readonly index: BundleIndex;
  /** The bytes that are signed. */
  readonly indexText: Buffer;
  readonly signature: Buffer | undefined;

  /**
   * Reads all of it once.
   * @param shown what messages call it
   * @throws KubeStrideError `path-not-found`, `bundle-unreadable`, `bundle-version`, `bundle-damaged`
   */
  constructor(path: string, shown: string) {
    this.#shown = shown;
    try {
      this.#descriptor = openSync(path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw new KubeStrideError('path-not-found', { path: shown });
      throw unreadable(shown, error);
    }
    try {
      this.#size = fstatSync(this.#descriptor).size;
      this.#verifyBeginning();
      const index = this.#entryAt(0, INDEX_NAME, 'not-a-bundle');
      this.indexText = this.#small(index);
      this.index = parseIndex(this.indexText, shown);
      let last = index;
      if (this.index.signature !== undefined) {
        last = this.#entryAfter(last, SIGNATURE_NAME);
        this.signature = this.#small(last);
      }
      const sums = this.#entryAfter(last, SUMS_NAME);
      this.#verify([index, ...(last === index ? [] : [last]), sums], sums);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The bytes of a part; a piece is valid until the next one is asked for. */
  *read(part: Part): Iterable<Buffer> {
    yield* this.#pieces({
      name: part.name,
      start: this.#starts.get(part.name) ?? this.#size,
      bytes: part.bytes,
    });
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** What is too short to tell may be a bundle that was cut off. */
  #verifyBeginning(): void {
    const beginning = this.#bytes(INDEX_NAME, 0, Math.min(INDEX_NAME.length, this.#size));
    if (!INDEX_NAME.startsWith(beginning.toString('latin1'))) throw this.#damaged('', 'not-a-bundle');
  }

  #verify(small: readonly Entry[], sums: Entry): void {
    const time = archiveTime(this.index);
    for (const entry of small) this.#verifyFrame(entry, time);
    if (this.#small(sums).toString('latin1') !== checksums(this.indexText, this.signature, this.index.parts))
      throw this.#damaged(SUMS_NAME, 'structure');
    let last = sums;
    for (const part of this.index.parts) {
      last = this.#entryAfter(last, part.name);
      if (last.bytes !== part.bytes) throw this.#damaged(part.name, 'structure');
      this.#verifyFrame(last, time);
      const hash = createHash('sha256');
      for (const piece of this.#pieces(last)) hash.update(piece);
      if (hash.digest('hex') !== part.sha256) throw this.#damaged(part.name, 'digest');
      this.#starts.set(part.name, last.start);
    }
    const end = endOf(last);
    if (this.#size > end + TRAILER_BYTES) throw this.#damaged('', 'structure');
    this.#verifyZeros('', end, TRAILER_BYTES);
  }

  #entryAfter(entry: Entry, name: string): Entry {
    return this.#entryAt(endOf(entry), name, 'structure');
  }

  #entryAt(offset: number, name: string, otherwise: Damage): Entry {
    const header = readTarHeader(this.#bytes(name, offset, BLOCK_BYTES));
    if (header?.name !== name) throw this.#damaged(name, otherwise);
    const entry = { name, start: offset + BLOCK_BYTES, bytes: header.size };
    if (entry.start + entry.bytes > this.#size) throw this.#damaged(name, 'truncated');
    return entry;
  }

  /** Header and padding have one form only. */
  #verifyFrame({ name, start, bytes }: Entry, time: number): void {
    const header = this.#bytes(name, start - BLOCK_BYTES, BLOCK_BYTES);
    if (!header.equals(tarHeader(name, bytes, time))) throw this.#damaged(name, 'structure');
    this.#verifyZeros(name, start + bytes, paddingAfter(bytes));
  }

  #verifyZeros(name: string, start: number, length: number): void {
    if (this.#bytes(name, start, length).some((byte) => byte !== 0)) throw this.#damaged(name, 'structure');
  }

  #small(entry: Entry): Buffer {
    if (entry.bytes > BUNDLE_LIMITS.indexBytes) throw this.#damaged(entry.name, 'too-large');
    return this.#bytes(entry.name, entry.start, entry.bytes);
  }

  #bytes(name: string, start: number, length: number): Buffer {
    return Buffer.concat(
      [...this.#pieces({ name, start, bytes: length })].map((piece) => Buffer.from(piece)),
    );
  }

  *#pieces({ name, start, bytes }: Entry): Iterable<Buffer> {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, bytes));
    for (let at = 0; at < bytes; ) {
      const wanted = Math.min(buffer.length, bytes - at);
      const read = this.#read(buffer.subarray(0, wanted), start + at);
      if (read === 0) throw this.#damaged(name, 'truncated');
      at += read;
      yield buffer.subarray(0, read);
    }
  }

  #read(into: Buffer, at: number): number {
    try {
      return readSync(this.#descriptor, into, 0, into.length, at);
    } catch (error) {
      throw unreadable(this.#shown, error);
    }
  }

  #damaged(part: string, problem: Damage): KubeStrideError {
    return damaged(this.#shown, part, problem);
  }
}

function endOf({ start, bytes }: Entry): number {
  return start + bytes + paddingAfter(bytes);
}

function unreadable(path: string, cause: unknown): KubeStrideError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new KubeStrideError('bundle-unreadable', { path, reason: code ?? message }, { cause });
}
