/** Where a value lies in its source. */
export interface JsonPosition {
  /** Byte offsets; `end` is that after the last byte. */
  readonly start: number;
  readonly end: number;
  /** 1-based, of the byte at `start`; the column counts bytes. */
  readonly line: number;
  readonly column: number;
}

/** A cut-out value. `bytes` is valid until the handler returns; undefined where a limit was passed. */
export interface JsonCut extends JsonPosition {
  readonly bytes: Uint8Array | undefined;
  readonly problem: 'too-large' | 'too-deep' | undefined;
  /** Pairs of key and value in the text: more than the parsed value has where a key is repeated. */
  readonly pairs: number;
}

/** Collects the bytes of one value over the chunks that it spans. */
export class Capture {
  readonly #limit: number;
  #pieces: Uint8Array[] = [];
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
    this.#pieces = [];
    this.#length = 0;
    this.#from = index;
    this.#start = start;
    this.#line = line;
    this.#column = column;
    this.problem = undefined;
  }

  /** Leaves out what lies between `end` and the next call of `resume`. */
  pause(chunk: Uint8Array, end: number): void {
    this.#keep(chunk, end);
    this.#from = -1;
  }

  resume(index: number): void {
    this.#from = index;
  }

  endChunk(chunk: Uint8Array): void {
    if (this.#from < 0) return;
    this.#keep(chunk, chunk.length);
    this.#from = 0;
  }

  position(end: number): JsonPosition {
    return { start: this.#start, end, line: this.#line, column: this.#column };
  }

  take(chunk: Uint8Array, index: number, end: number, pairs: number): JsonCut {
    let bytes = chunk.subarray(this.#from, index);
    if (this.#length > 0 || bytes.length > this.#limit) {
      this.#keep(chunk, index);
      bytes = Buffer.concat(this.#pieces);
    }
    const { problem } = this;
    this.#from = -1;
    this.#pieces = [];
    return { ...this.position(end), bytes: problem ? undefined : bytes, problem, pairs };
  }

  #keep(chunk: Uint8Array, end: number): void {
    this.#length += end - this.#from;
    if (this.#length > this.#limit) this.problem ??= 'too-large';
    if (this.problem) this.#pieces = [];
    else this.#pieces.push(new Uint8Array(chunk.subarray(this.#from, end)));
  }
}
