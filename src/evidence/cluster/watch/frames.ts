const LINE_FEED = 0x0a;
/** An object cannot be larger than what etcd takes (1.5 MiB as it comes), and JSON may be several times that. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/** The server sent something that is no watch event: nothing after it can be trusted to be complete. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** Cuts the body of a watch into its lines, one JSON document each (`application/json;stream=watch`). */
export class FrameSplitter {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxBytes = MAX_FRAME_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /**
   * The lines that end in this chunk, without empty ones (which keep connections alive). Bytes are put together before
   * they are decoded, because a character may be spread over two chunks. Throws FrameError where a line is too long.
   */
  push(chunk: Uint8Array): string[] {
    const frames: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const frame = this.#take(chunk.subarray(start, end));
      if (frame.trim() !== '') frames.push(frame);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return frames;
  }

  #take(last: Uint8Array): string {
    if (this.#parts.length === 0) return text(last);
    this.#keep(last);
    const frame = text(Buffer.concat(this.#parts, this.#bytes));
    this.#parts = [];
    this.#bytes = 0;
    return frame;
  }

  #keep(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) {
      throw new FrameError(`a watch event is larger than ${this.#maxBytes} bytes`);
    }
    this.#parts.push(part);
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
