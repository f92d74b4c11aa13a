/** Where a value lies in its source. */
export interface JsonPosition {
  /** Byte offsets; `end` is that after the last byte. */
  readonly start: number;
  readonly end: number;
  /** 1-based, of the byte at `start`; the column counts UTF-16 units. */
  readonly line: number;
  readonly column: number;
}

/** A cut-out value. */
export interface JsonCut extends JsonPosition {
  /** Valid until the handler returns; undefined where a limit was passed. */
  readonly bytes: Buffer | undefined;
  /** All bytes from `start` to `end` are there. */
  readonly complete: boolean;
  readonly problem: 'too-large' | 'too-deep' | undefined;
  /** Pairs of key and value in the text: more than the parsed value has where a key is repeated. */
  readonly pairs: number;
}

/** Beyond this the buffer of one value is not kept for the next. */
const KEPT_BUFFER_BYTES = 1024 * 1024;

/** Collects the bytes of one value over the chunks that it spans. */
export class Capture {
  readonly #limit: number;
  #buffer = Buffer.allocUnsafeSlow(16 * 1024);
  #length = 0;
  /** Index in the current chunk of the first byte that is not kept yet; -1 while nothing is collected. */
  #from = -1;
  #start = 0;
  #line = 1;
  #column = 1;
  problem: 'too-large' | 'too-deep' | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  begin(index: number, start: number, line: number, column: number): void {
    this.#length = 0;
    this.#from = index;
    this.#start = start;
    this.#line = line;
    this.#column = column;
    this.problem = undefined;
    if (this.#buffer.length > KEPT_BUFFER_BYTES) this.#buffer = Buffer.allocUnsafeSlow(16 * 1024);
  }

  /** Leaves out what lies between `end` and the next call of `resume`. */
  pause(chunk: Buffer, end: number): void {
    this.#keep(chunk, end);
    this.#from = -1;
  }

  resume(index: number): void {
    this.#from = index;
  }

  endChunk(chunk: Buffer): void {
    if (this.#from < 0) return;
    this.#keep(chunk, chunk.length);
    this.#from = 0;
  }

  position(end: number): JsonPosition {
    return { start: this.#start, end, line: this.#line, column: this.#column };
  }

  take(chunk: Buffer, index: number, end: number, pairs: number): JsonCut {
    let bytes: Buffer | undefined;
    if (this.#length === 0 && index - this.#from <= this.#limit) bytes = chunk.subarray(this.#from, index);
    else {
      this.#keep(chunk, index);
      if (!this.problem) bytes = this.#buffer.subarray(0, this.#length);
    }
    this.#from = -1;
    const { problem } = this;
    return {
      start: this.#start,
      end,
      line: this.#line,
      column: this.#column,
      bytes: problem ? undefined : bytes,
      complete: bytes?.length === end - this.#start,
      problem,
      pairs,
    };
  }

  #keep(chunk: Buffer, end: number): void {
    const length = this.#length + end - this.#from;
    if (length > this.#limit) this.problem ??= 'too-large';
    if (this.problem) {
      this.#length = length;
      return;
    }
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#buffer.length));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    chunk.copy(this.#buffer, this.#length, this.#from, end);
    this.#length = length;
  }
}
