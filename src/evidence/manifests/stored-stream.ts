import type { Readable } from 'node:stream';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type ByteSource, CHUNK_BYTES } from './byte-source.ts';

/** Up to here a stream is kept as it came; kubectl's JSON beyond it shrinks to a tenth or less. */
const PLAIN_BYTES = 64 * 1024 * 1024;

interface Block {
  readonly bytes: Uint8Array;
  readonly deflated: boolean;
}

/** The bytes of standard input or a pipe, kept in blocks because a stream cannot be read twice. */
export class StoredStream implements ByteSource {
  readonly #blocks: readonly Block[];
  readonly size: number;
  #inflated: { index: number; bytes: Uint8Array } | undefined;

  private constructor(blocks: readonly Block[], size: number) {
    this.#blocks = blocks;
    this.size = size;
  }

  /** @param plainBytes how much is kept without compression */
  static async from(stream: Readable, plainBytes = PLAIN_BYTES): Promise<StoredStream> {
    const blocks: Block[] = [];
    let block = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    let filled = 0;
    let size = 0;
    const close = () => {
      const deflated = blocks.length * CHUNK_BYTES >= plainBytes;
      const bytes = block.subarray(0, filled);
      blocks.push({
        deflated,
        bytes: deflated ? deflateRawSync(bytes, { level: 1 }) : Uint8Array.from(bytes),
      });
      filled = 0;
    };
    for await (const piece of stream) {
      const bytes: Buffer = typeof piece === 'string' ? Buffer.from(piece) : piece;
      size += bytes.length;
      for (let at = 0; at < bytes.length; ) {
        const copied = bytes.copy(block, filled, at);
        at += copied;
        filled += copied;
        if (filled === CHUNK_BYTES) close();
      }
    }
    if (filled > 0) close();
    block = Buffer.alloc(0);
    return new StoredStream(blocks, size);
  }

  *chunks(from: number): Iterable<Uint8Array> {
    for (let index = Math.floor(from / CHUNK_BYTES); index < this.#blocks.length; index++) {
      const bytes = this.#block(index);
      const skip = Math.max(0, from - index * CHUNK_BYTES);
      yield skip === 0 ? bytes : bytes.subarray(skip);
    }
  }

  slice(start: number, end: number): Uint8Array {
    const result = new Uint8Array(Math.max(0, Math.min(end, this.size) - start));
    for (let filled = 0; filled < result.length; ) {
      const at = start + filled;
      const index = Math.floor(at / CHUNK_BYTES);
      const offset = at - index * CHUNK_BYTES;
      const bytes = this.#block(index).subarray(offset, offset + result.length - filled);
      result.set(bytes, filled);
      filled += bytes.length;
    }
    return result;
  }

  #block(index: number): Uint8Array {
    const block = this.#blocks[index]!;
    if (!block.deflated) return block.bytes;
    if (this.#inflated?.index !== index) this.#inflated = { index, bytes: inflateRawSync(block.bytes) };
    return this.#inflated.bytes;
  }
}
