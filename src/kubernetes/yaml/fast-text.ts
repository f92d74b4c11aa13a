import type { Json } from '../json.ts';
import {
  COLON,
  CR,
  DASH,
  HASH,
  LF,
  ordinary,
  plainClass,
  SPACE,
  startsPlain,
  TAB,
  textClass,
  unusual,
} from './fast-classes.ts';
import { decodeAscii, decodeText, Interner, maxInternedLength } from './intern.ts';
import { resolvePlain } from './scalars.ts';

const interner = new Interner();

/**
 * Lines and plain scalars of the fast reader. The document ends in LF, so loops that stop at LF need no bounds. Every
 * byte that is passed has been checked as libyaml's reader would.
 */
export abstract class FastText {
  protected readonly interner: Interner = interner;
  protected readonly bytes: Uint8Array;
  protected readonly end: number;
  /** The next content and its column; -1 at the end of the document. */
  protected pos = 0;
  protected column = 0;
  /** Whether the last nextLine() passed a comment. */
  private passedComment = false;
  /** The value read last. */
  protected valueStart = 0;
  protected valueEnd = 0;
  /** Where the text scanned last ends, and whether it is all ASCII. */
  protected textEnd = 0;
  protected ascii = true;

  constructor(bytes: Uint8Array, end: number) {
    this.bytes = bytes;
    this.end = end;
  }

  /** Goes to the next content at or below the line start `from`; answers its column. */
  protected nextLine(from: number): number {
    const { bytes, end } = this;
    this.passedComment = false;
    let p = from;
    while (p < end) {
      const lineStart = p;
      let b = bytes[p] as number;
      while (b === SPACE) b = bytes[++p] as number;
      if (b === LF) {
        p++;
      } else if (b === HASH) {
        p = this.skipComment(p);
        this.passedComment = true;
      } else if (b === CR && bytes[p + 1] === LF) {
        p += 2;
      } else if (b === TAB || b === CR) {
        throw unusual;
      } else {
        this.pos = p;
        this.column = p - lineStart;
        return this.column;
      }
    }
    this.pos = end;
    this.column = -1;
    return -1;
  }

  /** From inside a comment to the start of the next line. */
  protected skipComment(from: number): number {
    const { bytes } = this;
    let p = from;
    for (;;) {
      const b = bytes[p] as number;
      const kind = textClass[b];
      if (kind === ordinary) p++;
      else if (b === LF) return p + 1;
      else p = this.special(p, b);
    }
  }

  /** Passes a character above ASCII, or the CR of a CR LF; leaves everything unusual to the complete reader. */
  protected special(p: number, b: number): number {
    const { bytes } = this;
    if (b === CR && bytes[p + 1] === LF) return p + 1;
    if (b < 0xc2 || p + 4 > this.end) throw unusual;
    const second = bytes[p + 1] as number;
    if ((second & 0xc0) !== 0x80) throw unusual;
    if (b < 0xe0) {
      // U+0080 to U+009F are control characters and the line break NEL.
      if (b === 0xc2 && second < 0xa0) throw unusual;
      return p + 2;
    }
    const third = bytes[p + 2] as number;
    if ((third & 0xc0) !== 0x80) throw unusual;
    if (b < 0xf0) {
      if ((b === 0xe0 && second < 0xa0) || (b === 0xed && second > 0x9f)) throw unusual;
      // U+2028 and U+2029 break lines; the block of U+FEFF and U+FFFE holds nothing else of interest.
      if (b === 0xe2 && second === 0x80 && (third === 0xa8 || third === 0xa9)) throw unusual;
      if (b === 0xef && (second === 0xbb || second === 0xbf)) throw unusual;
      return p + 3;
    }
    if (b > 0xf4 || (b === 0xf0 && second < 0x90) || (b === 0xf4 && second > 0x8f)) throw unusual;
    if (((bytes[p + 3] as number) & 0xc0) !== 0x80) throw unusual;
    return p + 4;
  }

  /** Behind a quoted scalar or flow collection: only a comment may follow on its line. */
  protected finishLine(from: number): void {
    const { bytes } = this;
    let p = from;
    let b = bytes[p] as number;
    while (b === SPACE) b = bytes[++p] as number;
    if (b === LF) p++;
    else if (b === CR && bytes[p + 1] === LF) p += 2;
    else if (b === HASH) p = this.skipComment(p);
    else throw unusual;
    this.nextLine(p);
  }

  /** The string of a range that is not a plain scalar. */
  protected string(from: number, to: number, ascii: boolean): string {
    if (!ascii) return decodeText(this.bytes, from, to);
    if (to - from > maxInternedLength) return decodeAscii(this.bytes, from, to);
    if (from === to) return '';
    return this.interner.texts[this.interner.find(this.bytes, from, to)] as string;
  }

  /** The meaning of a plain scalar of one line. */
  protected plainValue(from: number, to: number, ascii: boolean): Json {
    // No word or number that means something else than itself goes beyond ASCII.
    if (!ascii) return decodeText(this.bytes, from, to);
    if (to - from > maxInternedLength) {
      return finite(resolvePlain(decodeAscii(this.bytes, from, to)).value);
    }
    return finite(this.interner.values[this.interner.find(this.bytes, from, to)] as Json);
  }

  /**
   * Passes plain text in block context up to the end of its line, a comment, or the colon of a key; answers where that
   * is. Sets `textEnd` and `ascii`.
   */
  protected scanPlain(from: number): number {
    const { bytes } = this;
    let ascii = true;
    let p = from;
    let to = from;
    for (;;) {
      const b = bytes[p] as number;
      if (plainClass[b] === ordinary) {
        p++;
        if (b !== SPACE) to = p;
      } else if (b === LF) {
        break;
      } else if (b === COLON) {
        // Line breaks above ASCII end a key too; they are refused when they are passed.
        if ((bytes[p + 1] as number) <= SPACE) break;
        to = ++p;
      } else if (b === HASH) {
        if (bytes[p - 1] === SPACE) break;
        to = ++p;
      } else {
        p = this.special(p, b);
        if (b !== CR) {
          to = p;
          ascii = false;
        }
      }
    }
    this.textEnd = to;
    this.ascii = ascii;
    return p;
  }

  /** The plain scalar from which scanPlain() came to `stop`; `indent` is the column of the collection around it. */
  protected plain(from: number, stop: number, indent: number): Json {
    const { textEnd, ascii } = this;
    this.valueStart = from;
    this.valueEnd = textEnd;
    if (this.endPlainLine(stop) && this.column > indent) return this.foldPlain(from, textEnd, indent);
    return this.plainValue(from, textEnd, ascii);
  }

  /** Goes on below a line of plain text; false when the scalar cannot continue there. */
  private endPlainLine(stop: number): boolean {
    const b = this.bytes[stop];
    if (b === COLON) throw unusual;
    if (b === HASH) {
      this.nextLine(this.skipComment(stop));
      return false;
    }
    this.nextLine(stop + 1);
    return !this.passedComment;
  }

  /** A plain scalar that goes on in the lines below; it is always a string. */
  private foldPlain(from: number, to: number, indent: number): string {
    let text = decodeText(this.bytes, from, to);
    let end = to;
    let more = true;
    while (more && this.column > indent) {
      const start = this.pos;
      text += foldBreaks(this.bytes, end, start);
      const stop = this.scanPlain(start);
      end = this.textEnd;
      text += decodeText(this.bytes, start, end);
      more = this.endPlainLine(stop);
    }
    this.valueEnd = end;
    return text;
  }

  /** Whether a plain scalar starts here, in block context. */
  protected startsScalar(at: number): boolean {
    const b = this.bytes[at] as number;
    if (startsPlain[b] || b >= 0x80) return true;
    return (b === DASH || b === COLON || b === 0x3f) && (this.bytes[at + 1] as number) > SPACE;
  }
}

/** Infinities and NaN have no JSON. */
function finite(value: Json): Json {
  if (typeof value === 'number' && value - value !== 0) throw unusual;
  return value;
}

/** What the line breaks between two places fold to. */
function foldBreaks(bytes: Uint8Array, from: number, to: number): string {
  let breaks = 0;
  for (let i = from; i < to; i++) if (bytes[i] === LF) breaks++;
  return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
}
