import type { Json, JsonObject } from '../json.ts';
import { setEntry } from './decode.ts';
import { COLON, CR, DASH, HASH, LF, SPACE, startsPlain, unusual } from './fast-classes.ts';
import { FastFlow } from './fast-flow.ts';
import type { ReadLimits } from './limits.ts';
import type { Marks } from './marks.ts';

/** Whether a `-` is followed by what makes it a sequence entry. */
function isEntry(bytes: Uint8Array, at: number): boolean {
  const after = bytes[at + 1];
  return after === SPACE || after === LF || after === CR;
}

/** Block collections: each method starts at `pos` and leaves `pos` and `column` at the next content. */
class FastReader extends FastFlow {
  /** Where the last scanKey() stopped that met no key. */
  private stop = 0;

  read(start: number): Json | undefined {
    const { bytes } = this;
    let from = start;
    if (bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) from += 3;
    if (bytes[from] === DASH && bytes[from + 1] === DASH && bytes[from + 2] === DASH) {
      const after = bytes[from + 3];
      if (after !== SPACE && after !== LF && after !== CR) throw unusual;
      this.finishLine(from + 3);
    } else {
      this.nextLine(from);
    }
    if (this.column < 0) return undefined;
    const content = this.pos;
    const b = bytes[content];
    const collection = b === 0x7b || b === 0x5b || (b === DASH && isEntry(bytes, content));
    // A document that is a single scalar has rules of its own.
    if (!collection && !this.scanKey(content)) throw unusual;
    this.pos = content;
    const value = this.node(this.column, -1);
    if (this.column >= 0) throw unusual;
    return value;
  }

  /** The node at `pos`, which stands at `column`, in a collection at column `parent`. */
  private node(column: number, parent: number): Json {
    const { bytes, pos } = this;
    const b = bytes[pos] as number;
    if (b === DASH && isEntry(bytes, pos)) return this.sequence(column, false);
    if (b === 0x7b || b === 0x5b) {
      const value = this.flow(pos);
      this.finishLine(this.pos);
      return value;
    }
    if (b === 0x7c || b === 0x3e) return this.blockScalar(pos, parent);
    if (this.scanKey(pos)) return this.mapping(column);
    if (b === 0x22 || b === 0x27) return this.quotedLine(pos);
    return this.plain(pos, this.stop, parent);
  }

  private quotedLine(from: number): string {
    const text = this.quoted(from);
    this.finishLine(this.pos);
    return text;
  }

  private plainLine(from: number, parent: number): Json {
    return this.plain(from, this.scanPlain(from), parent);
  }

  /** Scans a key with its colon; `pos` goes behind it. False when what stands here is no key. */
  private scanKey(from: number): boolean {
    const { bytes } = this;
    const first = bytes[from] as number;
    let p = from;
    if (first === 0x22 || first === 0x27) {
      const end = this.quotedEnd(from);
      if (end < 0) return false;
      p = end;
      while (bytes[p] === SPACE) p++;
      if (bytes[p] !== COLON) return false;
      this.quotedKey(from);
    } else {
      if (!this.startsScalar(from)) throw unusual;
      if (first === 0x2e && bytes[from + 1] === first && bytes[from + 2] === first) throw unusual;
      p = this.scanPlain(from);
      this.stop = p;
      if (bytes[p] !== COLON) return false;
      this.setKey(from, this.textEnd, this.ascii, true);
      this.keyEnd = this.textEnd;
    }
    const after = bytes[p + 1];
    if (after !== SPACE && after !== LF && after !== CR) throw unusual;
    this.keyStart = from;
    this.pos = p + 1;
    return true;
  }

  /** The offset behind a quoted scalar that ends on its line, -1 otherwise. */
  private quotedEnd(from: number): number {
    const { bytes } = this;
    const quote = bytes[from] as number;
    for (let p = from + 1; ; p++) {
      const b = bytes[p] as number;
      if (b === LF) return -1;
      if (b === 0x5c && quote === 0x22) p++;
      else if (b === quote) {
        if (quote === 0x22 || bytes[p + 1] !== quote) return p + 1;
        p++;
      }
      if (bytes[p] === LF) return -1;
    }
  }

  /** A block mapping at `column`; its first key has been scanned. */
  private mapping(column: number): JsonObject {
    this.enter();
    const object: JsonObject = {};
    const serial = ++this.interner.serial;
    const start = this.keyStart;
    const mark = this.mark(object, start);
    for (;;) {
      const key = this.takeKey(object, serial);
      const { keyStart, keyEnd } = this;
      const value = this.value(this.pos, column);
      if (key === '__proto__') setEntry(object, key, value);
      else object[key] = value;
      mark?.entries.set(key, { keyStart, keyEnd, valueStart: this.valueStart, valueEnd: this.valueEnd });
      if (this.column !== column) {
        if (this.column > column) throw unusual;
        break;
      }
      if (!this.scanKey(this.pos)) throw unusual;
    }
    if (mark !== undefined) mark.end = this.valueEnd;
    this.valueStart = start;
    this.leave();
    return object;
  }

  /** The value behind a key's colon. */
  private value(from: number, column: number): Json {
    const { bytes } = this;
    let p = from;
    let b = bytes[p] as number;
    while (b === SPACE) b = bytes[++p] as number;
    if (startsPlain[b]) return this.plainLine(p, column);
    switch (b) {
      case 0x22:
      case 0x27:
        return this.quotedLine(p);
      case LF:
        this.nextLine(p + 1);
        return this.child(from, column, true);
      case CR:
        this.nextLine(this.special(p, b) + 1);
        return this.child(from, column, true);
      case HASH:
        this.nextLine(this.skipComment(p));
        return this.child(from, column, true);
      case 0x7b:
      case 0x5b: {
        const value = this.flow(p);
        this.finishLine(this.pos);
        return value;
      }
      case 0x7c:
      case 0x3e:
        return this.blockScalar(p, column);
      default:
        if (!this.startsScalar(p)) throw unusual;
        return this.plainLine(p, column);
    }
  }

  /** The value that starts below its key or dash, or null when nothing there belongs to it. */
  private child(empty: number, column: number, indentless: boolean): Json {
    if (this.column > column) return this.node(this.column, column);
    if (
      indentless &&
      this.column === column &&
      this.bytes[this.pos] === DASH &&
      isEntry(this.bytes, this.pos)
    ) {
      return this.sequence(column, true);
    }
    this.valueStart = this.valueEnd = empty;
    return null;
  }

  /** A block sequence whose dashes stand at `column`; an indentless one shares the column of its mapping. */
  private sequence(column: number, indentless: boolean): Json[] {
    this.enter();
    const { bytes } = this;
    const items: Json[] = [];
    const start = this.pos;
    const mark = this.mark(items, start);
    for (;;) {
      const dash = this.pos;
      items.push(this.entry(dash, column));
      if (mark !== undefined) {
        const { valueStart, valueEnd } = this;
        mark.entries.set(items.length - 1, {
          keyStart: valueStart,
          keyEnd: valueStart,
          valueStart,
          valueEnd,
        });
      }
      if (this.column !== column) {
        if (this.column > column) throw unusual;
        break;
      }
      if (bytes[this.pos] !== DASH || !isEntry(bytes, this.pos)) {
        if (indentless) break;
        throw unusual;
      }
    }
    if (mark !== undefined) mark.end = this.valueEnd;
    this.valueStart = start;
    this.leave();
    return items;
  }

  private entry(dash: number, column: number): Json {
    const { bytes } = this;
    let p = dash + 1;
    let b = bytes[p] as number;
    while (b === SPACE) b = bytes[++p] as number;
    if (b === LF || b === HASH || b === CR) {
      this.nextLine(b === LF ? p + 1 : b === CR ? this.special(p, b) + 1 : this.skipComment(p));
      return this.child(dash, column, false);
    }
    this.pos = p;
    return this.node(column + p - dash, column);
  }
}

/**
 * Reads a document of the everyday subset of YAML (block and flow collections and all scalar styles, but no anchors,
 * tags, directives, complex or duplicate keys, and nothing that is refused) in one pass over its bytes, with the same
 * result as the complete reader. Undefined when the document is not of that subset. Offsets in marks are absolute.
 * The byte before `end` must be LF.
 */
export function readFast(
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: ReadLimits,
  marks?: Marks,
): { value: Json | undefined } | undefined {
  // A byte makes at most one value or key, so smaller documents cannot pass these limits.
  if (end - start > limits.maxNodes || end - start > limits.maxScalarBytes) return undefined;
  try {
    return { value: new FastReader(bytes, end, limits.maxDepth, marks).read(start) };
  } catch (error) {
    if (error === unusual) return undefined;
    throw error;
  }
}
