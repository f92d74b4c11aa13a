import {
  ARRAY,
  ASTRAL,
  CLOSE,
  COLON,
  COMMA,
  ESCAPE,
  KIND_IN_STRING,
  KIND_OF_BYTE,
  MANAGED_FIELDS,
  METADATA,
  matches,
  NEWLINE,
  OBJECT,
  OPEN,
  QUOTE,
  SPACE,
  STATUS,
} from './json-bytes.ts';
import { Capture, type JsonCut, type JsonPosition } from './json-capture.ts';
import { quoteByte } from './json-syntax.ts';

export interface JsonHandler {
  /** An element of a top-level `items` array, or of an array that is a top-level value itself. */
  item(cut: JsonCut): void;
  /** A top-level object or array; where its items were cut out, an empty array stands in their place. */
  value(cut: JsonCut, itemsCut: boolean): void;
  /** Bytes that cannot be JSON; nothing follows. `valueStart` is where the broken top-level value begins. */
  broken(message: string, line: number, valueStart: JsonPosition): void;
}

export interface JsonScanLimits {
  readonly documentBytes: number;
  readonly depth: number;
  /** Cut nothing out of the items. */
  readonly whole?: boolean;
}

/**
 * Cuts the items of Lists out of a stream of JSON values, chunk by chunk, without holding more than one item.
 * It only matches brackets and strings: whether a cut is JSON, JSON.parse decides. What an item has in `status` and
 * `metadata.managedFields`, half of a cluster's JSON, is left out of the cut: empty brackets stand in its place.
 */
export class JsonItemScanner {
  readonly #handler: JsonHandler;
  readonly #limits: JsonScanLimits;
  readonly #value: Capture;
  readonly #item: Capture;
  /** Absolute offset of the current chunk's first byte. */
  #base: number;
  #line: number;
  /** Offset of the byte in column 1, had the line one byte for each UTF-16 unit up to here. */
  #lineStart: number;
  #depth = 0;
  #pairs = 0;
  #pairsBefore = 0;
  /** Depth of the field of an item whose content is being left out, -1 where none is. */
  #skipDepth = -1;
  #pairsBeforeSkip = 0;
  #inMetadata = false;
  #inString = false;
  #escaped = false;
  /** Depth at which the elements of the cut array stand, 0 outside of one. */
  #elementDepth = 0;
  #itemsCut = false;
  #inElement = false;
  #needComma = false;
  #afterComma = false;
  #expectKey = false;
  #key = '';
  #inKey = false;
  #stopped = false;

  constructor(handler: JsonHandler, limits: JsonScanLimits, from = { offset: 0, line: 1 }) {
    this.#handler = handler;
    this.#limits = limits;
    this.#value = new Capture(limits.documentBytes);
    this.#item = new Capture(limits.documentBytes);
    this.#base = from.offset;
    this.#line = from.line;
    this.#lineStart = from.offset;
  }

  /** True after a break: the rest is not read. */
  get stopped(): boolean {
    return this.#stopped;
  }

  push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let i = 0;
    while (i < chunk.length && !this.#stopped) {
      if (this.#inString) i = this.#finishString(chunk, i);
      else if (this.#depth > Math.max(1, this.#elementDepth)) i = this.#skipDeep(chunk, i);
      else i = this.#step(chunk, i);
    }
    this.#value.endChunk(chunk);
    this.#item.endChunk(chunk);
    this.#base += chunk.length;
  }

  /** States the end of the stream: an unfinished value is broken. */
  end(): void {
    if (!this.#stopped && this.#depth > 0) this.#break('unexpected end of JSON input');
  }

  #finishString(chunk: Buffer, from: number): number {
    let i = from;
    if (this.#escaped) {
      this.#escaped = false;
      i++;
    }
    const length = chunk.length;
    while (i < length) {
      const kind = KIND_IN_STRING[chunk[i++]!]!;
      if (kind === 0) continue;
      if (kind === QUOTE) {
        this.#inString = false;
        break;
      }
      if (kind === ESCAPE) {
        if (i === length) this.#escaped = true;
        i++;
      } else this.#count(kind, i);
    }
    if (i > length) i = length;
    if (this.#inKey) {
      if (this.#key.length < 64)
        this.#key += String.fromCharCode(...chunk.subarray(from, Math.min(i, from + 64)));
      if (!this.#inString) this.#inKey = false;
    }
    return i;
  }

  /** Keeps the place where columns count from: the line's first byte, moved by what UTF-8 needs more than UTF-16. */
  #count(kind: number, next: number): void {
    if (kind === NEWLINE) {
      this.#line++;
      this.#lineStart = this.#base + next;
    } else this.#lineStart += kind === ASTRAL ? -1 : 1;
  }

  /** The fast path: inside of an item or of a field that is not looked at, only nesting matters. */
  #skipDeep(chunk: Buffer, from: number): number {
    const floor = Math.max(1, this.#elementDepth);
    const length = chunk.length;
    const maximum = this.#limits.depth;
    let depth = this.#depth;
    let pairs = this.#pairs;
    let skipDepth = this.#skipDepth;
    let pairsBeforeSkip = this.#pairsBeforeSkip;
    let i = from;
    scan: while (i < length) {
      switch (KIND_OF_BYTE[chunk[i++]!]) {
        case QUOTE: {
          const stringStart = i;
          for (;;) {
            if (i >= length) {
              this.#inString = true;
              this.#escaped = i > length;
              i = length;
              break scan;
            }
            const kind = KIND_IN_STRING[chunk[i++]!]!;
            if (kind === 0) continue;
            if (kind === QUOTE) break;
            if (kind === ESCAPE) i++;
            else this.#count(kind, i);
          }
          if (this.#inElement && chunk[i] === 0x3a && depth <= floor + 2 && skipDepth < 0) {
            const opening = this.#openingToSkip(chunk, stringStart, i, depth - floor);
            if (opening > 0) {
              this.#item.pause(chunk, opening + 1);
              skipDepth = depth;
              pairsBeforeSkip = pairs + 1;
            }
          }
          break;
        }
        case OPEN:
          if (++depth > maximum) (this.#inElement ? this.#item : this.#value).problem ??= 'too-deep';
          break;
        case CLOSE:
          if (--depth === floor) break scan;
          if (depth === skipDepth) {
            this.#item.resume(i - 1);
            skipDepth = -1;
            pairs = pairsBeforeSkip;
          }
          break;
        case COLON:
          pairs++;
          break;
        case NEWLINE:
          this.#count(NEWLINE, i);
          break;
      }
    }
    this.#depth = depth;
    this.#pairs = pairs;
    this.#skipDepth = skipDepth;
    this.#pairsBeforeSkip = pairsBeforeSkip;
    if (depth === floor && this.#inElement && !this.#inString) this.#endElement(chunk, i);
    return i;
  }

  /**
   * Index of the bracket that opens a part of an item which prune.ts drops, 0 where the key does not name one. A key that
   * a chunk's end separates from its bracket is read like any other field.
   */
  #openingToSkip(chunk: Buffer, keyStart: number, colon: number, level: number): number {
    if (this.#limits.whole) return 0;
    const length = colon - 1 - keyStart;
    if (level === 1) this.#inMetadata = length === METADATA.length && matches(chunk, keyStart, METADATA);
    const dropped = level === 1 ? STATUS : this.#inMetadata ? MANAGED_FIELDS : undefined;
    if (dropped === undefined || length !== dropped.length || !matches(chunk, keyStart, dropped)) return 0;
    const at = chunk[colon + 1] === 0x20 ? colon + 2 : colon + 1;
    return chunk[at] === OBJECT || chunk[at] === ARRAY ? at : 0;
  }

  /** One byte outside of strings at the top, in a top-level object, or between elements. */
  #step(chunk: Buffer, at: number): number {
    const byte = chunk[at]!;
    const kind = KIND_OF_BYTE[byte];
    if (kind === NEWLINE) {
      if (this.#inElement) this.#endElement(chunk, at);
      this.#count(NEWLINE, at + 1);
    } else if (kind === SPACE) {
      if (this.#inElement) this.#endElement(chunk, at);
    } else if (this.#depth === 0) this.#openValue(chunk, at, byte);
    else if (this.#depth === this.#elementDepth) this.#between(chunk, at, byte, kind);
    else this.#inObject(chunk, at, byte, kind);
    return at + 1;
  }

  #openValue(chunk: Buffer, at: number, byte: number): void {
    this.#value.begin(at, this.#base + at, this.#line, this.#base + at - this.#lineStart + 1);
    if (byte !== OBJECT && byte !== ARRAY) {
      this.#break('expected a JSON object');
      return;
    }
    this.#pairs = 0;
    this.#depth = 1;
    this.#expectKey = byte === OBJECT;
    this.#key = '';
    this.#itemsCut = false;
    if (byte === ARRAY) this.#beginItems(chunk, at);
  }

  #inObject(chunk: Buffer, at: number, byte: number, kind: number | undefined): void {
    if (kind === QUOTE) {
      this.#inString = true;
      this.#inKey = this.#expectKey;
      if (this.#expectKey) this.#key = '';
      this.#expectKey = false;
    } else if (kind === COLON) {
      this.#pairs++;
    } else if (kind === COMMA) {
      this.#expectKey = true;
      this.#key = '';
    } else if (kind === OPEN) {
      this.#depth++;
      if (byte === ARRAY && this.#key === 'items"') {
        if (this.#itemsCut) this.#break('key "items" already set');
        else this.#beginItems(chunk, at);
      }
    } else if (kind === CLOSE) {
      this.#depth = 0;
      this.#endValue(chunk, at + 1);
    }
  }

  #beginItems(chunk: Buffer, at: number): void {
    this.#value.pause(chunk, at + 1);
    this.#itemsCut = true;
    this.#elementDepth = this.#depth;
    this.#needComma = false;
    this.#afterComma = false;
  }

  #between(chunk: Buffer, at: number, byte: number, kind: number | undefined): void {
    if (kind === COMMA || kind === CLOSE) {
      if (this.#inElement) this.#endElement(chunk, at);
      if (kind === COMMA) this.#separate();
      else this.#closeItems(chunk, at, byte);
      return;
    }
    if (!this.#inElement) {
      if (this.#needComma) {
        this.#break(`invalid character ${quoteByte(byte)} after array element`);
        return;
      }
      this.#pairsBefore = this.#pairs;
      this.#item.begin(at, this.#base + at, this.#line, this.#base + at - this.#lineStart + 1);
      this.#inElement = true;
      this.#afterComma = false;
    }
    if (kind === OPEN) this.#depth++;
    else if (kind === QUOTE) this.#inString = true;
  }

  #separate(): void {
    if (!this.#needComma) this.#break(`invalid character ',' looking for beginning of value`);
    this.#needComma = false;
    this.#afterComma = true;
  }

  #closeItems(chunk: Buffer, at: number, byte: number): void {
    if (this.#afterComma) this.#break(`invalid character ${quoteByte(byte)} looking for beginning of value`);
    else if (byte !== 0x5d) this.#break(`invalid character ${quoteByte(byte)} after array element`);
    else {
      this.#value.resume(at);
      this.#depth--;
      this.#elementDepth = 0;
      if (this.#depth === 0) this.#endValue(chunk, at + 1);
    }
  }

  #endElement(chunk: Buffer, end: number): void {
    this.#inElement = false;
    this.#needComma = true;
    const pairs = this.#pairs - this.#pairsBefore;
    this.#pairs = this.#pairsBefore;
    this.#handler.item(this.#item.take(chunk, end, this.#base + end, pairs));
  }

  #endValue(chunk: Buffer, end: number): void {
    this.#handler.value(this.#value.take(chunk, end, this.#base + end, this.#pairs), this.#itemsCut);
  }

  #break(message: string): void {
    this.#stopped = true;
    this.#handler.broken(message, this.#line, this.#value.position(this.#base));
  }
}
