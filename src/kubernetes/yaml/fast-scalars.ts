import {
  BACKSLASH,
  CR,
  DASH,
  HASH,
  LF,
  multibyte,
  ordinary,
  SPACE,
  TAB,
  textClass,
  unusual,
} from './fast-classes.ts';
import { FastText } from './fast-text.ts';
import { decodeAscii } from './intern.ts';
import { escapedDigits, escapes } from './scalar-scanner.ts';
import { TextBuffer } from './text-buffer.ts';

const buffer = new TextBuffer();
const hexadecimal = /^[0-9a-fA-F]+$/;
const DOT = 0x2e;
const PLUS = 0x2b;
const SINGLE = 0x27;

/** Escapes that are one ASCII character, by the character behind the backslash. */
const simpleEscapes = new Uint8Array(256);
for (const [code, text] of escapes) {
  if (text > '\0' && text < '\x7f') simpleEscapes[code] = text.charCodeAt(0);
}

/** Quoted and block scalars of the fast reader. */
export abstract class FastScalars extends FastText {
  /** A quoted scalar; leaves `pos` behind the closing quote. */
  protected quoted(from: number): string {
    const { bytes } = this;
    const quote = bytes[from] as number;
    this.valueStart = from;
    let ascii = true;
    let p = from + 1;
    for (;;) {
      const b = bytes[p] as number;
      if (b === quote) break;
      const kind = textClass[b];
      if (kind === ordinary && b !== BACKSLASH) {
        p++;
      } else if (kind === multibyte) {
        p = this.special(p, b);
        ascii = false;
      } else if (b === BACKSLASH && quote === SINGLE) {
        p++;
      } else {
        return this.foldQuoted(from);
      }
    }
    if (quote === SINGLE && bytes[p + 1] === quote) return this.foldQuoted(from);
    this.pos = this.valueEnd = p + 1;
    return this.string(from + 1, p, ascii);
  }

  /** A quoted scalar with escapes or line breaks. */
  private foldQuoted(from: number): string {
    const { bytes } = this;
    const quote = bytes[from] as number;
    buffer.reset();
    let text = '';
    let p = from + 1;
    let start = p;
    for (;;) {
      const b = bytes[p] as number;
      const kind = textClass[b];
      if (kind === ordinary && b !== quote && b !== BACKSLASH) {
        p++;
      } else if (kind === multibyte) {
        p = this.special(p, b);
      } else if (b === BACKSLASH && quote === SINGLE) {
        p++;
      } else if (b === quote) {
        buffer.append(bytes, start, p);
        if (quote !== SINGLE || bytes[p + 1] !== quote) break;
        buffer.push(quote);
        p += 2;
        start = p;
      } else if (b === BACKSLASH) {
        buffer.append(bytes, start, p);
        const simple = simpleEscapes[bytes[p + 1] as number] as number;
        if (simple > 0) {
          buffer.push(simple);
          p += 2;
        } else {
          text += buffer.take() + this.escape(p + 1);
          p = this.pos;
        }
        start = p;
      } else if (b === LF || b === CR) {
        // Only blanks of the text itself fold, not those that were escaped.
        while (p > start && (bytes[p - 1] === SPACE || bytes[p - 1] === TAB)) p--;
        buffer.append(bytes, start, p);
        this.foldLines(p);
        p = this.pos;
        start = p;
      } else {
        throw unusual;
      }
    }
    text += buffer.take();
    this.valueStart = from;
    this.pos = this.valueEnd = p + 1;
    return text;
  }

  /** Folds the line breaks at `at` into the buffer; `pos` goes to the text behind them. */
  private foldLines(at: number): void {
    const breaks = this.passBreaks(at);
    if (breaks === 1) buffer.push(SPACE);
    else buffer.pushBreaks(breaks - 1);
  }

  /** Passes blanks and line breaks inside of quotes; `pos` goes behind them. Answers the number of breaks. */
  private passBreaks(from: number): number {
    const { bytes, end } = this;
    let breaks = 0;
    let lineStart = -1;
    let p = from;
    for (; p < end; p++) {
      const b = bytes[p];
      if (b === LF) {
        breaks++;
        lineStart = p + 1;
      } else if (b === CR ? bytes[p + 1] !== LF : b !== SPACE && b !== TAB) {
        break;
      }
    }
    // A document indicator may stand at the start of a line.
    const first = bytes[p];
    if (p >= end || first === CR || (p === lineStart && (first === DASH || first === DOT))) throw unusual;
    this.pos = p;
    return breaks;
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
    // An escaped line break is nothing; the empty lines below it are kept.
    if (code === LF) return '\n'.repeat(this.passBreaks(at) - 1);
    const text = escapes.get(code);
    if (text === undefined) throw unusual;
    this.pos = at + 1;
    return text;
  }

  /** A literal (`|`) or folded (`>`) scalar inside a collection at column `indent`. */
  protected blockScalar(from: number, indent: number): string {
    const { bytes, end } = this;
    const literal = bytes[from] === 0x7c;
    const chomping = bytes[from + 1] as number;
    let p = this.passHeader(from + 1);
    this.valueStart = from;
    this.valueEnd = p - 1;
    buffer.reset();
    let column = 0;
    let widest = 0;
    let breaks = 0;
    let lines = 0;
    let leadingBlank = false;
    let lineStart = p;
    for (;;) {
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
      if (found < column || (column === 0 && found <= indent)) break;
      if (column === 0) {
        if (widest > found) throw unusual;
        column = found;
      }
      const blank = b === SPACE || b === TAB;
      if (lines++ > 0) {
        if (literal || leadingBlank || blank) buffer.push(LF);
        else if (breaks === 0) buffer.push(SPACE);
      }
      buffer.pushBreaks(breaks);
      breaks = 0;
      leadingBlank = blank;
      p = this.copyLine(p);
    }
    if (lines > 0 && chomping !== DASH) buffer.push(LF);
    if (chomping === PLUS) buffer.pushBreaks(breaks);
    this.nextLine(lineStart);
    return buffer.take();
  }

  /** From behind `|` or `>` to the next line. */
  private passHeader(from: number): number {
    const { bytes } = this;
    let p = from;
    if (bytes[p] === PLUS || bytes[p] === DASH) p++;
    while (bytes[p] === SPACE) p++;
    if (bytes[p] === HASH) return this.skipComment(p);
    if (bytes[p] === CR) p++;
    if (bytes[p] !== LF) throw unusual;
    return p + 1;
  }

  /** Appends the rest of a line to the buffer; answers the start of the next line. */
  private copyLine(from: number): number {
    const { bytes } = this;
    let p = from;
    let to = from;
    for (;;) {
      const b = bytes[p] as number;
      if (textClass[b] === ordinary) {
        to = ++p;
      } else if (b === LF) {
        break;
      } else {
        p = this.special(p, b);
        if (b !== CR) to = p;
      }
    }
    buffer.append(bytes, from, to);
    this.valueEnd = to;
    return p + 1;
  }
}
