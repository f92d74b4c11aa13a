const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Keys are compared up to here; none of the lists has a longer name. */
const LONGEST_KEY = 32;

export interface Cut {
  /** The text of one object. */
  readonly element: (bytes: Uint8Array) => void;
  /** One that is longer than the limit, and left out. */
  readonly tooLong: () => void;
}

/**
 * Cuts JSON that is not one value a line into objects small enough to parse: the elements of arrays at the top, the elements of the
 * named lists of objects at the top, and other objects at the top whole. Strings are skipped, and nothing else is checked: what is
 * cut out of a broken text does not parse.
 */
export class ElementCutter {
  readonly #lists: ReadonlySet<string>;
  readonly #limit: number;
  readonly #cut: Cut;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The depth at which elements stand: 0, 1 in an array at the top, 2 in a list of an object at the top. */
  #elementDepth = 0;
  /** Pieces of the object that is being cut, from chunks before; undefined outside of one. */
  #pieces: Uint8Array[] | undefined;
  #length = 0;
  /** The last text at depth 1 of an object at the top, and where it began in this chunk; a key where a list follows. */
  #key = '';
  #keyStart = -1;
  #keyPieces = '';

  constructor(lists: readonly string[], limit: number, cut: Cut) {
    this.#lists = new Set(lists);
    this.#limit = limit;
    this.#cut = cut;
  }

  /** True between two values at the top: a text that ends elsewhere was cut off. */
  get isBetween(): boolean {
    return this.#depth === 0 && !this.#inString;
  }

  push(chunk: Uint8Array): void {
    let start = this.#pieces === undefined ? -1 : 0;
    if (this.#keyStart >= 0) this.#keyStart = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#inString = false;
          if (this.#keyStart >= 0) this.#endKey(chunk, at);
        }
        continue;
      }
      if (byte === QUOTE) {
        this.#inString = true;
        if (this.#depth === 1 && this.#elementDepth === 0) this.#keyStart = at + 1;
      } else if (byte === OPEN_BRACE) {
        if (this.#depth === this.#elementDepth) {
          start = at;
          this.#pieces = [];
          this.#length = 0;
        }
        this.#depth++;
      } else if (byte === OPEN_BRACKET) {
        if (this.#depth === 0) this.#elementDepth = 1;
        else if (this.#depth === 1 && this.#elementDepth === 0 && this.#lists.has(this.#key)) {
          // Its elements are wanted, not the object around them.
          this.#elementDepth = 2;
          this.#pieces = undefined;
          start = -1;
        }
        this.#depth++;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (this.#depth === 0) continue;
        this.#depth--;
        if (byte === CLOSE_BRACE && this.#depth === this.#elementDepth && this.#pieces !== undefined) {
          this.#end(start < 0 ? chunk.subarray(0, 0) : chunk.subarray(start, at + 1));
          start = -1;
        }
        if (this.#depth < this.#elementDepth) this.#elementDepth = this.#depth === 1 ? 0 : this.#depth;
      }
    }
    if (this.#pieces !== undefined && start >= 0) this.#keep(chunk.subarray(start));
    if (this.#keyStart >= 0) this.#keyPieces = this.#keyTo(chunk, chunk.length);
  }

  #keyTo(chunk: Uint8Array, end: number): string {
    const last = Math.min(end, this.#keyStart + LONGEST_KEY - this.#keyPieces.length);
    return this.#keyPieces + String.fromCharCode(...chunk.subarray(this.#keyStart, last));
  }

  #endKey(chunk: Uint8Array, end: number): void {
    this.#key = this.#keyTo(chunk, end);
    this.#keyPieces = '';
    this.#keyStart = -1;
  }

  #keep(piece: Uint8Array): void {
    this.#length += piece.length;
    // What is too long is measured and not kept.
    if (this.#length > this.#limit) this.#pieces = [];
    else this.#pieces?.push(piece);
  }

  #end(last: Uint8Array): void {
    const pieces = this.#pieces ?? [];
    const length = this.#length + last.length;
    this.#pieces = undefined;
    if (length > this.#limit) this.#cut.tooLong();
    else this.#cut.element(pieces.length === 0 ? last : Buffer.concat([...pieces, last]));
  }
}
