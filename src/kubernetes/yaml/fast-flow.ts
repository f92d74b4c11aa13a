import type { Json, JsonObject } from '../json.ts';
import { setEntry } from './decode.ts';
import {
  COLON,
  CR,
  DASH,
  flowClass,
  HASH,
  LF,
  ordinary,
  SPACE,
  startsPlain,
  TAB,
  unusual,
} from './fast-classes.ts';
import { FastScalars } from './fast-scalars.ts';
import { keyKinds, maxInternedLength } from './intern.ts';
import type { CollectionMark, Marks } from './marks.ts';

const COMMA = 0x2c;
/** Keys near the limit of 1024 characters are left to the complete reader. */
const longKey = 1000;

/** Keys and flow collections of the fast reader. */
export abstract class FastFlow extends FastScalars {
  protected readonly marks: Marks | undefined;
  /** The key read last: its slot in the interner, or -1 with the text itself. */
  private keySlot = -1;
  private keyText = '';
  protected keyStart = 0;
  protected keyEnd = 0;
  private depth: number;

  constructor(bytes: Uint8Array, end: number, maxDepth: number, marks: Marks | undefined) {
    super(bytes, end);
    this.depth = maxDepth;
    this.marks = marks;
  }

  protected enter(): void {
    if (--this.depth < 0) throw unusual;
  }

  protected leave(): void {
    this.depth++;
  }

  protected mark(value: object, start: number): CollectionMark | undefined {
    if (this.marks === undefined) return undefined;
    const mark: CollectionMark = { start, end: start, entries: new Map() };
    this.marks.set(value, mark);
    return mark;
  }

  /** Remembers bytes [from, to) as the current key. */
  protected setKey(from: number, to: number, ascii: boolean, plain: boolean): void {
    if (to - from > longKey) throw unusual;
    if (ascii && to - from <= maxInternedLength && to > from) {
      const slot = this.interner.find(this.bytes, from, to);
      const kind = this.interner.keys[slot] as number;
      if (kind !== keyKinds.string) {
        // Words and numbers are strings as keys when they are quoted; that is rare enough.
        if (kind === keyKinds.unknown) this.interner.prepareKey(slot);
        if (this.interner.keys[slot] === keyKinds.unusual) throw unusual;
      }
      this.keySlot = slot;
      return;
    }
    if (plain && ascii) {
      // Too long to be a word; a number this long is no key anybody writes.
      const first = this.bytes[from] as number;
      if (first < 0x3a) throw unusual;
    }
    this.keySlot = -1;
    this.keyText = this.string(from, to, ascii);
  }

  /** Checks that the key is new to the object; duplicates are for the complete reader. Answers the key. */
  protected takeKey(object: JsonObject, serial: number): string {
    const { keySlot, interner } = this;
    if (keySlot < 0) {
      if (Object.hasOwn(object, this.keyText)) throw unusual;
      return this.keyText;
    }
    const key = interner.texts[keySlot] as string;
    // A mapping inside of this one may have used the key since.
    if ((interner.seen[keySlot] as number) >= serial && Object.hasOwn(object, key)) throw unusual;
    interner.seen[keySlot] = serial;
    return key;
  }

  /** A flow collection; leaves `pos` behind it. */
  protected flow(from: number): Json[] | JsonObject {
    this.enter();
    const value = this.bytes[from] === 0x5b ? this.flowSequence(from) : this.flowMapping(from);
    this.leave();
    this.valueStart = from;
    this.valueEnd = this.pos;
    return value;
  }

  /** Blanks, line breaks and comments between flow tokens; answers the offset of the next one. */
  private flowGap(from: number): number {
    const { bytes, end } = this;
    let p = from;
    for (;;) {
      const b = bytes[p] as number;
      if (b === SPACE || b === TAB) {
        p++;
      } else if (b === LF || b === HASH || b === CR) {
        p = b === HASH ? this.skipComment(p) : b === CR ? this.special(p, b) + 1 : p + 1;
        if (p >= end) throw unusual;
        // At the start of a line these may mean a document indicator or a directive.
        const first = bytes[p];
        if (first === DASH || first === 0x2e || first === 0x25) throw unusual;
      } else {
        return p;
      }
    }
  }

  private flowSequence(from: number): Json[] {
    const { bytes } = this;
    const items: Json[] = [];
    const mark = this.mark(items, from);
    let p = this.flowGap(from + 1);
    while (bytes[p] !== 0x5d) {
      items.push(this.flowValue(p));
      if (mark !== undefined) {
        const { valueStart, valueEnd } = this;
        mark.entries.set(items.length - 1, {
          keyStart: valueStart,
          keyEnd: valueStart,
          valueStart,
          valueEnd,
        });
      }
      p = this.flowGap(this.pos);
      if (bytes[p] === COMMA) p = this.flowGap(p + 1);
      else if (bytes[p] !== 0x5d) throw unusual;
    }
    this.pos = p + 1;
    if (mark !== undefined) mark.end = p + 1;
    return items;
  }

  private flowMapping(from: number): JsonObject {
    const { bytes } = this;
    const object: JsonObject = {};
    const serial = ++this.interner.serial;
    const mark = this.mark(object, from);
    let p = this.flowGap(from + 1);
    while (bytes[p] !== 0x7d) {
      const keyStart = p;
      this.flowKey(p);
      const { keyEnd } = this;
      const key = this.takeKey(object, serial);
      const colon = this.pos;
      p = this.flowGap(colon + 1);
      let value: Json = null;
      if (bytes[p] === COMMA || bytes[p] === 0x7d) {
        this.valueStart = this.valueEnd = colon + 1;
      } else {
        value = this.flowValue(p);
        p = this.flowGap(this.pos);
      }
      setEntry(object, key, value);
      mark?.entries.set(key, { keyStart, keyEnd, valueStart: this.valueStart, valueEnd: this.valueEnd });
      if (bytes[p] === COMMA) p = this.flowGap(p + 1);
      else if (bytes[p] !== 0x7d) throw unusual;
    }
    this.pos = p + 1;
    if (mark !== undefined) mark.end = p + 1;
    return object;
  }

  /** A key of a flow mapping; leaves `pos` at its colon. */
  private flowKey(from: number): void {
    const { bytes } = this;
    const b = bytes[from] as number;
    let p: number;
    if (b === 0x22 || b === 0x27) {
      this.quotedKey(from);
      p = this.pos;
    } else {
      this.scanFlowPlain(from);
      this.setKey(from, this.valueEnd, this.ascii, true);
      this.keyEnd = this.valueEnd;
      p = this.valueEnd;
    }
    while (bytes[p] === SPACE) p++;
    if (bytes[p] !== COLON) throw unusual;
    this.pos = p;
  }

  /** A quoted key of one line without escapes; leaves `pos` behind it. */
  protected quotedKey(from: number): void {
    const { bytes } = this;
    const quote = bytes[from] as number;
    let ascii = true;
    let p = from + 1;
    for (;;) {
      const b = bytes[p] as number;
      if (b === quote) break;
      if (b >= 0x80) {
        p = this.special(p, b);
        ascii = false;
      } else if (b < SPACE || b === 0x5c || b === 0x7f) {
        throw unusual;
      } else {
        p++;
      }
    }
    if (quote === 0x27 && bytes[p + 1] === quote) throw unusual;
    this.setKey(from + 1, p, ascii, false);
    this.pos = this.keyEnd = p + 1;
  }

  private flowValue(p: number): Json {
    const b = this.bytes[p] as number;
    if (b === 0x22 || b === 0x27) return this.quoted(p);
    if (b === 0x7b || b === 0x5b) return this.flow(p);
    this.scanFlowPlain(p);
    this.pos = this.valueEnd;
    return this.plainValue(p, this.valueEnd, this.ascii);
  }

  /** Finds the end of a plain scalar of one line in a flow collection. */
  private scanFlowPlain(from: number): void {
    const { bytes } = this;
    const first = bytes[from] as number;
    // A dash may start a number or a flag, anything rarer is not for this reader.
    if (first === DASH) {
      const next = bytes[from + 1] as number;
      if (next <= SPACE || flowClass[next] !== ordinary) throw unusual;
    } else if (!startsPlain[first] && first < 0x80) {
      throw unusual;
    }
    this.ascii = true;
    this.valueStart = from;
    let p = from;
    let to = from;
    for (;;) {
      const b = bytes[p] as number;
      const kind = flowClass[b];
      if (kind === ordinary) {
        p++;
        if (b !== SPACE) to = p;
      } else if (b >= 0x80) {
        to = p = this.special(p, b);
        this.ascii = false;
      } else if (b === COLON) {
        const after = bytes[p + 1] as number;
        if (after <= SPACE) {
          if (after !== SPACE && after !== LF) throw unusual;
          break;
        }
        to = ++p;
      } else if (b === HASH && bytes[p - 1] !== SPACE) {
        to = ++p;
      } else if (b === COMMA || b === 0x5d || b === 0x7d) {
        break;
      } else {
        this.endFlowLine(p);
        break;
      }
    }
    this.valueEnd = to;
  }

  /** A plain scalar that meets the end of its line ends only when no more text follows. */
  private endFlowLine(from: number): void {
    const { bytes, end } = this;
    let p = from;
    while (p < end && (bytes[p] === SPACE || bytes[p] === LF || bytes[p] === CR)) {
      p = bytes[p] === CR ? this.special(p, CR) : p + 1;
    }
    const b = bytes[p];
    if (p >= end || (b !== COMMA && b !== 0x5d && b !== 0x7d)) throw unusual;
  }
}
