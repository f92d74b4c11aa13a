const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** A line without its break, and where in the file it begins. */
export interface CutLine {
  readonly bytes: Buffer;
  readonly at: number;
}

/** A line longer than the limit: its beginning, and its whole length. */
export interface LongLine {
  readonly head: Buffer;
  readonly at: number;
  readonly length: number;
}

const HEAD_OF_LONG = 4096;

/** Cuts what is read of a file into lines, and remembers where the one that is not ended begins. */
export class LineCutter {
  readonly #limit: number;
  #pieces: Buffer[] = [];
  #length = 0;
  /** Where the line that is being read begins. */
  #start: number;

  constructor(limit: number, start: number) {
    this.#limit = limit;
    this.#start = start;
  }

  /** Where the line that is not ended yet begins: nothing before it is needed again. */
  get start(): number {
    return this.#start;
  }

  get hasRest(): boolean {
    return this.#length > 0;
  }

  push(chunk: Buffer, line: (line: CutLine) => void, tooLong: (line: LongLine) => void): void {
    let at = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, at)) {
      this.#keep(chunk.subarray(at, end));
      this.#end(line, tooLong, 1);
      at = end + 1;
    }
    this.#keep(chunk.subarray(at));
  }

  /** The last line of a file that nobody writes to any more may lack its break. */
  end(line: (line: CutLine) => void, tooLong: (line: LongLine) => void): void {
    if (this.#length > 0) this.#end(line, tooLong, 0);
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    const before = this.#length;
    this.#length += piece.length;
    if (this.#length <= this.#limit) this.#pieces.push(piece);
    else if (before <= this.#limit) {
      const head = Buffer.concat([...this.#pieces, piece.subarray(0, HEAD_OF_LONG)]).subarray(
        0,
        HEAD_OF_LONG,
      );
      this.#pieces = [Buffer.from(head)];
    }
  }

  #end(line: (line: CutLine) => void, tooLong: (line: LongLine) => void, breakLength: number): void {
    const [first = Buffer.alloc(0)] = this.#pieces;
    const at = this.#start;
    const length = this.#length;
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#length = 0;
    this.#start = at + length + breakLength;
    if (length > this.#limit) tooLong({ head: first, at, length });
    else line({ bytes: withoutPadding(pieces.length === 1 ? first : Buffer.concat(pieces)), at });
  }
}

/**
 * Without a carriage return, and without the zeros that copytruncate leaves where a writer goes on at its old place of the emptied file
 * (logrotate, `copytruncate`; only writers that open for appending do not).
 */
function withoutPadding(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  const end = bytes.length > start && bytes[bytes.length - 1] === RETURN ? bytes.length - 1 : bytes.length;
  return bytes.subarray(start, end);
}
