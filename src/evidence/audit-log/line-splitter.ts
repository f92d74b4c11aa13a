const NEWLINE = 0x0a;

/** Cuts a stream into lines. A line longer than the limit is told of, with its length in bytes, and left out. */
export class LineSplitter {
  readonly #limit: number;
  readonly #line: (bytes: Uint8Array) => void;
  readonly #tooLong: (length: number) => void;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(limit: number, line: (bytes: Uint8Array) => void, tooLong: (length: number) => void) {
    this.#limit = limit;
    this.#line = line;
    this.#tooLong = tooLong;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#end(chunk.subarray(start, end));
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    this.#length += rest.length;
    if (this.#length > this.#limit) this.#pieces = [];
    else if (rest.length > 0) this.#pieces.push(rest);
  }

  /** The last line may lack its line break. */
  end(): void {
    if (this.#length > 0) this.#end(new Uint8Array(0));
  }

  #end(last: Uint8Array): void {
    const length = this.#length + last.length;
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#length = 0;
    if (length > this.#limit) this.#tooLong(length);
    else this.#line(pieces.length === 0 ? last : Buffer.concat([...pieces, last]));
  }
}
