import type { Json } from '../json.ts';
import { decodeAscii, decodeText, Interner, maxInternedLength } from './intern.ts';
import { escapedDigits, escapes } from './scalar-scanner.ts';
import { resolvePlain } from './scalars.ts';

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const HASH = 0x23;

/** Thrown where the text leaves what the fast reader understands; the complete reader then takes the document. */
export const unusual = new Error('left to the complete reader');

/** What a byte is to the scanning loops. */
const ordinary = 0;
const notable = 1;
const multibyte = 2;
const refused = 3;
/** In plain text `:` and `#` are notable too; in flow collections also their punctuation. */
export const plainClass = new Uint8Array(256);
export const flowClass = new Uint8Array(256);
/** Inside of comments, block scalars and quotes (these add their own marks). */
const textClass = new Uint8Array(256);
/** Whether a plain scalar may start with the byte, whatever follows. */
export const startsPlain = new Uint8Array(256);

for (let b = 0; b < 256; b++) {
  const basic =
    b >= 0x80 ? multibyte : b === LF || b === CR ? notable : b < 0x20 || b === 0x7f ? refused : ordinary;
  textClass[b] = b === TAB ? ordinary : basic;
  plainClass[b] = basic;
  flowClass[b] = basic;
  startsPlain[b] = b > 0x20 && b < 0x7f ? 1 : 0;
}
for (const c of ':#') plainClass[c.charCodeAt(0)] = notable;
for (const c of ':#,?[]{}') flowClass[c.charCodeAt(0)] = notable;
for (const c of '-?:,[]{}#&*!|>\'"%@`') startsPlain[c.charCodeAt(0)] = 0;

/** Escapes that are one ASCII character, by the character behind the backslash. */
const simpleEscapes = new Uint8Array(256);
for (const [code, text] of escapes) {
  if (text > '\0' && text < '\x7f') simpleEscapes[code] = text.charCodeAt(0);
}

const interner = new Interner();
const hexadecimal = /^[0-9a-fA-F]+$/;
const minScratch = 1 << 16;
const maxScratch = 1 << 20;
let scratch = new Uint8Array(minScratch);

/**
 * Text, lines and scalars of the fast reader. The document ends in LF, so loops that stop at LF need no bounds. Every
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
  protected string(bytes: Uint8Array, from: number, to: number, ascii: boolean): string {
    if (!ascii) return decodeText(bytes, from, to);
    if (to - from > maxInternedLength) return decodeAscii(bytes, from, to);
    if (from === to) return '';
    return this.interner.texts[this.interner.find(bytes, from, to)] as string;
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

  /** A plain scalar in block context; `indent` is the column of the collection around it. */
  protected plain(from: number, indent: number): Json {
    const { bytes } = this;
    this.valueStart = from;
    let ascii = true;
    let p = from;
    let to = from;
    let next = 0;
    for (;;) {
      const b = bytes[p] as number;
      const kind = plainClass[b];
      if (kind === ordinary) {
        p++;
        if (b !== SPACE) to = p;
      } else if (kind === multibyte) {
        to = p = this.special(p, b);
        ascii = false;
      } else if (b === LF) {
        break;
      } else if (b === HASH) {
        if (bytes[p - 1] === SPACE) {
          next = this.skipComment(p);
          break;
        }
        to = ++p;
      } else if (b === 0x3a) {
        const after = bytes[p + 1] as number;
        if (after === SPACE || after === LF || plainClass[after] === refused || after === CR) throw unusual;
        // NEL and the like, which count as blank here, are sorted out when they are passed.
        to = ++p;
      } else {
        p = this.special(p, b);
      }
    }
    this.valueEnd = to;
    if (next > 0) {
      this.nextLine(next);
    } else if (this.nextLine(p + 1) > indent) {
      if (this.passedComment) throw unusual;
      return this.foldPlain(from, to, ascii, indent);
    }
    return this.plainValue(from, to, ascii);
  }

  /** A plain scalar that goes on in the lines below; it is always a string. */
  private foldPlain(from: number, to: number, ascii: boolean, indent: number): string {
    const { bytes } = this;
    let text = ascii ? decodeAscii(bytes, from, to) : decodeText(bytes, from, to);
    let end = to;
    while (this.column > indent && !this.passedComment) {
      text += foldBreaks(bytes, end, this.pos);
      const start = this.pos;
      let p = start;
      end = start;
      let next = 0;
      for (;;) {
        const b = bytes[p] as number;
        if (plainClass[b] === ordinary) {
          p++;
          if (b !== SPACE) end = p;
        } else if (b === LF) {
          break;
        } else if (b === HASH && bytes[p - 1] === SPACE) {
          next = this.skipComment(p);
          break;
        } else if (b === HASH) {
          end = ++p;
        } else if (b === 0x3a) {
          const after = bytes[p + 1] as number;
          if (after === SPACE || after === LF || after === TAB || after === CR) throw unusual;
          end = ++p;
        } else {
          p = this.special(p, b);
          if (b !== CR) end = p;
        }
      }
      text += decodeText(bytes, start, end);
      this.nextLine(next > 0 ? next : p + 1);
      if (next > 0) {
        this.passedComment = true;
        break;
      }
    }
    if (this.column > indent) throw unusual;
    this.valueEnd = end;
    return text;
  }

  /** A quoted scalar; leaves `pos` behind the closing quote. */
  protected quoted(from: number): string {
    const { bytes } = this;
    const quote = bytes[from] as number;
    this.valueStart = from;
    let ascii = true;
    let p = from + 1;
    for (;;) {
      const b = bytes[p] as number;
      if (b === quote) {
        if (quote === 0x27 && bytes[p + 1] === quote) return this.foldQuoted(from);
        break;
      }
      const kind = textClass[b];
      if (kind === ordinary) {
        if (b === 0x5c && quote === 0x22) return this.foldQuoted(from);
        p++;
      } else if (kind === multibyte) {
        p = this.special(p, b);
        ascii = false;
      } else if (b === LF || b === CR) {
        return this.foldQuoted(from);
      } else {
        throw unusual;
      }
    }
    this.pos = this.valueEnd = p + 1;
    return this.string(bytes, from + 1, p, ascii);
  }

  /** A quoted scalar with escapes or line breaks. */
  private foldQuoted(from: number): string {
    const { bytes } = this;
    const quote = bytes[from] as number;
    let text = '';
    let p = from + 1;
    let start = p;
    let length = 0;
    for (;;) {
      const b = bytes[p] as number;
      const kind = textClass[b];
      if (kind === ordinary && b !== quote && b !== 0x5c) {
        p++;
      } else if (kind === multibyte) {
        p = this.special(p, b);
      } else {
        length = append(bytes, start, p, length);
        if (b === quote) {
          if (quote === 0x22 || bytes[p + 1] !== quote) break;
          scratch[length++] = quote;
          p += 2;
        } else if (b === 0x5c && quote === 0x22) {
          const simple = simpleEscapes[bytes[p + 1] as number] as number;
          if (simple > 0) {
            scratch[length++] = simple;
            p += 2;
          } else {
            text += decodeText(scratch, 0, length) + this.escape(p + 1);
            length = 0;
            p = this.pos;
          }
        } else if (b === LF || b === CR) {
          // Only blanks of the text itself fold, not those that were escaped.
          while (p > start && (bytes[p - 1] === SPACE || bytes[p - 1] === TAB)) {
            p--;
            length--;
          }
          length = this.foldLines(p, length);
          p = this.pos;
        } else if (b === 0x5c) {
          scratch[length++] = b;
          p++;
        } else {
          throw unusual;
        }
        start = p;
      }
    }
    text += decodeText(scratch, 0, length);
    this.valueStart = from;
    this.pos = this.valueEnd = p + 1;
    return text;
  }

  /** Folds the line breaks at `at` into the scratch buffer; `pos` goes to the text behind them. */
  private foldLines(at: number, length: number): number {
    const { bytes, end } = this;
    let to = length;
    let breaks = 0;
    let p = at;
    let lineStart = p;
    for (; p < end; p++) {
      const b = bytes[p] as number;
      if (b === LF) {
        lineStart = p + 1;
        if (breaks++ === 0) continue;
        if (to === scratch.length) grow();
        scratch[to++] = LF;
      } else if (b === CR) {
        if (bytes[p + 1] !== LF) throw unusual;
      } else if (b !== SPACE && b !== TAB) {
        break;
      }
    }
    // A document indicator may stand at the start of a line.
    if (p >= end || (p === lineStart && (bytes[p] === 0x2d || bytes[p] === 0x2e))) throw unusual;
    this.pos = p;
    if (breaks > 1) return to;
    if (to === scratch.length) grow();
    scratch[to++] = SPACE;
    return to;
  }

  /** An escape whose character is at `at`; `pos` goes behind it. */
  private escape(at: number): string {
    const { bytes } = this;
    const code = bytes[at] as number;
    const digits = escapedDigits(code);
    if (digits > 0) {
      const text = decodeAscii(bytes, at + 1, at + 1 + digits);
      const value = hexadecimal.test(text) && text.length === digits ? Number.parseInt(text, 16) : 0xd800;
      if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) throw unusual;
      this.pos = at + 1 + digits;
      return String.fromCodePoint(value);
    }
    if (code === LF) return this.escapedBreak(at);
    const text = escapes.get(code);
    if (text === undefined) throw unusual;
    this.pos = at + 1;
    return text;
  }

  /** An escaped line break is nothing; the empty lines below it are kept. */
  private escapedBreak(at: number): string {
    const { bytes, end } = this;
    let breaks = 0;
    let p = at + 1;
    let lineStart = p;
    for (; p < end; p++) {
      const b = bytes[p];
      if (b === LF) {
        breaks++;
        lineStart = p + 1;
      } else if (b !== SPACE && b !== TAB) {
        break;
      }
    }
    const first = bytes[p];
    if (p >= end || first === CR || (p === lineStart && (first === 0x2d || first === 0x2e))) throw unusual;
    this.pos = p;
    return '\n'.repeat(breaks);
  }

  /** Whether a plain scalar starts here, in block context. */
  protected startsScalar(at: number): boolean {
    const b = this.bytes[at] as number;
    if (startsPlain[b] || b >= 0x80) return true;
    return (b === 0x2d || b === 0x3a || b === 0x3f) && (this.bytes[at + 1] as number) > SPACE;
  }

  /** A literal (`|`) or folded (`>`) scalar inside a collection at column `indent`. */
  protected blockScalar(from: number, indent: number): string {
    const { bytes, end } = this;
    this.valueStart = from;
    const literal = bytes[from] === 0x7c;
    let p = from + 1;
    const chomping = bytes[p] as number;
    if (chomping === 0x2b || chomping === 0x2d) p++;
    while (bytes[p] === SPACE) p++;
    if (bytes[p] === CR) p = this.special(p, CR);
    if (bytes[p] === LF) p++;
    else if (bytes[p] === HASH) p = this.skipComment(p);
    else throw unusual;
    this.valueEnd = p - 1;
    let column = 0;
    let breaks = 0;
    let widest = 0;
    let length = 0;
    let ascii = true;
    let leadingBlank = false;
    let lines = 0;
    let lineStart = p;
    for (;;) {
      // Indentation and empty lines.
      lineStart = p;
      while (p < end && bytes[p] === SPACE && (column === 0 || p - lineStart < column)) p++;
      if (p >= end) break;
      const found = p - lineStart;
      let b = bytes[p] as number;
      if (b === CR && bytes[p + 1] === LF) b = bytes[++p] as number;
      if (b === LF) {
        if (column === 0 && found > widest) widest = found;
        breaks++;
        p++;
        continue;
      }
      if (b === TAB && (column === 0 || found < column)) throw unusual;
      if (column === 0) {
        if (found <= indent) break;
        if (widest > found) throw unusual;
        column = found;
      } else if (found < column) {
        break;
      }
      // A line of text.
      const blank = b === SPACE || b === TAB;
      if (length + breaks + 2 > scratch.length) grow();
      if (lines > 0) {
        if (literal || leadingBlank || blank) scratch[length++] = LF;
        else if (breaks === 0) scratch[length++] = SPACE;
      }
      for (; breaks > 0; breaks--) {
        if (length + 2 > scratch.length) grow();
        scratch[length++] = LF;
      }
      leadingBlank = blank;
      lines++;
      for (;;) {
        if (length + 4 > scratch.length) grow();
        b = bytes[p] as number;
        const kind = textClass[b];
        if (kind === ordinary) {
          scratch[length++] = b;
          p++;
        } else if (b === LF) {
          break;
        } else {
          const next = this.special(p, b);
          if (b !== CR) {
            ascii = false;
            for (; p < next; p++) scratch[length++] = bytes[p] as number;
          }
          p = next;
        }
      }
      this.valueEnd = p;
      p++;
    }
    if (length + breaks + 2 > scratch.length) grow(breaks + 2);
    if (lines > 0 && chomping !== 0x2d) scratch[length++] = LF;
    if (chomping === 0x2b) for (; breaks > 0; breaks--) scratch[length++] = LF;
    const text = this.string(scratch, 0, length, ascii);
    if (scratch.length > maxScratch) scratch = new Uint8Array(minScratch);
    this.nextLine(lineStart);
    return text;
  }
}

/** Appends bytes [from, to) to the scratch buffer, which keeps room for one more. */
function append(bytes: Uint8Array, from: number, to: number, length: number): number {
  while (length + (to - from) + 2 > scratch.length) grow();
  let k = length;
  for (let i = from; i < to; i++) scratch[k++] = bytes[i] as number;
  return k;
}

/** Infinities and NaN have no JSON. */
function finite(value: Json): Json {
  if (typeof value === 'number' && value - value !== 0) throw unusual;
  return value;
}

/** What the line breaks (and blanks) between two places fold to. */
function foldBreaks(bytes: Uint8Array, from: number, to: number): string {
  let breaks = 0;
  for (let i = from; i < to; i++) if (bytes[i] === LF) breaks++;
  return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
}

function grow(more = 0): void {
  const larger = new Uint8Array(scratch.length * 2 + more);
  larger.set(scratch);
  scratch = larger;
}
