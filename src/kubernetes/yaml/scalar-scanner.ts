import { Cursor } from './cursor.ts';
import type { Mark, Token } from './token.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const isDigit = (b: number): boolean => b >= 0x30 && b <= 0x39;

/** The value of a hexadecimal digit, -1 for any other byte. */
export function hexDigit(b: number): number {
  if (isDigit(b)) return b - 0x30;
  if (b >= 0x41 && b <= 0x46) return b - 0x37;
  return b >= 0x61 && b <= 0x66 ? b - 0x57 : -1;
}

/** What a backslash and one more character mean in double quotes. */
export const escapes = new Map<number, string>();
for (const [name, text] of Object.entries({
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
})) {
  escapes.set(name.charCodeAt(0), text);
}

/** How many hexadecimal digits follow `\\x`, `\\u` and `\\U`; 0 for any other character. */
export function escapedDigits(code: number): number {
  return code === 0x78 ? 2 : code === 0x75 ? 4 : code === 0x55 ? 8 : 0;
}

/** Folds line breaks as every multi-line scalar but the literal one does: one break is a space, more lose the first. */
function fold(firstBreak: string, moreBreaks: string): string {
  if (firstBreak !== '\n') return firstBreak + moreBreaks;
  return moreBreaks === '' ? ' ' : moreBreaks;
}

/** Scans scalars exactly as libyaml (scannerc.go) does, quirks included. */
export abstract class ScalarScanner extends Cursor {
  /** Column of the innermost block collection, -1 outside of any. */
  protected indent = -1;
  protected flowLevel = 0;
  protected simpleKeyAllowed = true;

  protected mark(): Mark {
    return { offset: this.pos, line: this.line, column: this.column, index: this.index };
  }

  protected text(from: number, to: number): string {
    return decoder.decode(this.buffer.subarray(from, to));
  }

  private scalar(start: Mark, end: number, value: string, plain: boolean): Token {
    return { type: 'scalar', start, end, value, suffix: '', plain };
  }

  protected scanBlockScalar(literal: boolean): Token {
    const start = this.mark();
    this.skip();
    const { chomping, increment } = this.scanBlockHeader();
    this.skipBlanks();
    this.skipComment();
    if (!this.isBreakOrEnd(0)) throw this.fail('did not find expected comment or line break');
    this.ensure(1);
    this.skipBreak();
    let indent = increment > 0 ? Math.max(this.indent, 0) + increment : 0;
    const first = this.scanIndentation(indent);
    indent = first.indent;
    let trailing = first.breaks;
    let end = first.end;
    const parts: string[] = [];
    let leadingBreak = '';
    let leadingBlank = false;
    while (this.column === indent && this.at(0) !== 0) {
      const blank = this.isBlank(0);
      if (!literal && !leadingBlank && !blank && leadingBreak === '\n') {
        if (trailing === '') parts.push(' ');
      } else {
        parts.push(leadingBreak);
      }
      parts.push(trailing);
      leadingBlank = blank;
      const from = this.pos;
      while (!this.isBreakOrEnd(0)) this.skip();
      parts.push(this.text(from, this.pos));
      this.ensure(1);
      end = this.pos;
      leadingBreak = this.skipBreak();
      const next = this.scanIndentation(indent);
      trailing = next.breaks;
    }
    if (chomping !== -1) parts.push(leadingBreak);
    if (chomping === 1) parts.push(trailing);
    return this.scalar(start, end, parts.join(''), false);
  }

  private scanBlockHeader(): { chomping: number; increment: number } {
    let chomping = 0;
    let increment = 0;
    const scanChomping = (): boolean => {
      if (this.at(0) !== 0x2b && this.at(0) !== 0x2d) return false;
      chomping = this.at(0) === 0x2b ? 1 : -1;
      this.skip();
      return true;
    };
    const scanIncrement = (): boolean => {
      if (!isDigit(this.at(0))) return false;
      if (this.at(0) === 0x30) throw this.fail('found an indentation indicator equal to 0');
      increment = this.at(0) - 0x30;
      this.skip();
      return true;
    };
    if (scanChomping()) scanIncrement();
    else if (scanIncrement()) scanChomping();
    return { chomping, increment };
  }

  /** Skips indentation and empty lines of a block scalar; an indent of 0 is found from the first line with text. */
  private scanIndentation(indent: number): { indent: number; breaks: string; end: number } {
    let widest = 0;
    let breaks = '';
    const end = this.pos;
    for (;;) {
      while ((indent === 0 || this.column < indent) && this.at(0) === 0x20) this.skip();
      widest = Math.max(widest, this.column);
      if ((indent === 0 || this.column < indent) && this.at(0) === 0x09) {
        throw this.fail('found a tab character where an indentation space is expected');
      }
      this.ensure(1);
      if (this.breakAt(0) === 0) break;
      breaks += this.skipBreak();
    }
    return { indent: indent === 0 ? Math.max(widest, this.indent + 1, 1) : indent, breaks, end };
  }

  protected scanQuotedScalar(single: boolean): Token {
    const start = this.mark();
    const quote = single ? 0x27 : 0x22;
    const parts: string[] = [];
    this.skip();
    for (;;) {
      this.ensure(1);
      if (this.isDocumentIndicator()) throw this.fail('found unexpected document indicator');
      if (this.at(0) === 0) throw this.fail('found unexpected end of stream');
      let folding = this.scanQuotedRun(quote, parts);
      if (this.at(0) === quote) break;
      const from = this.pos;
      let to = this.pos;
      let firstBreak = '';
      let moreBreaks = '';
      for (;;) {
        if (this.isBlank(0)) {
          this.skip();
          if (!folding) to = this.pos;
        } else if (this.breakAt(0) > 0) {
          const text = this.skipBreak();
          if (folding) moreBreaks += text;
          else firstBreak = text;
          folding = true;
        } else {
          break;
        }
        this.ensure(1);
      }
      // An escaped line break folds without having read a first break: nothing or the further breaks remain.
      if (folding) parts.push(firstBreak === '' ? moreBreaks : fold(firstBreak, moreBreaks));
      else parts.push(this.text(from, to));
    }
    this.skip();
    return this.scalar(start, this.pos, parts.join(''), false);
  }

  /** Reads to the next blank, line break or closing quote; true when an escaped line break ended the run. */
  private scanQuotedRun(quote: number, parts: string[]): boolean {
    let from = this.pos;
    while (!this.isBlankOrEnd(0)) {
      const b = this.at(0);
      if (b === quote) {
        if (quote !== 0x27 || this.at(1) !== quote) break;
        parts.push(this.text(from, this.pos + 1));
        this.skip();
        this.skip();
        from = this.pos;
      } else if (quote === 0x22 && b === 0x5c) {
        parts.push(this.text(from, this.pos));
        if (this.breakAt(1) > 0) {
          this.skip();
          this.skipBreak();
          return true;
        }
        parts.push(this.scanEscape());
        from = this.pos;
      } else {
        this.skip();
      }
      this.ensure(1);
    }
    parts.push(this.text(from, this.pos));
    return false;
  }

  private scanEscape(): string {
    const code = this.at(1);
    const text = escapes.get(code);
    const length = escapedDigits(code);
    if (text === undefined && length === 0) throw this.fail('found unknown escape character');
    this.skip();
    this.skip();
    if (length === 0) return text as string;
    this.ensure(length);
    let value = 0;
    for (let i = 0; i < length; i++) {
      const digit = hexDigit(this.at(i));
      if (digit < 0) throw this.fail('did not find expected hexdecimal number');
      value = value * 16 + digit;
    }
    if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) {
      throw this.fail('found invalid Unicode character escape code');
    }
    for (let i = 0; i < length; i++) this.skip();
    return String.fromCodePoint(value);
  }

  protected scanPlainScalar(): Token {
    const start = this.mark();
    const indent = this.indent + 1;
    const parts: string[] = [];
    let end = this.pos;
    let from = this.pos;
    let folding = false;
    let firstBreak = '';
    let moreBreaks = '';
    for (;;) {
      this.ensure(4);
      if (this.isDocumentIndicator() || this.at(0) === 0x23) break;
      const runStart = this.pos;
      while (!this.isBlankOrEnd(0) && !this.endsPlainScalar()) this.skip();
      if (this.pos > runStart) {
        if (folding) {
          parts.push(this.text(from, end), fold(firstBreak, moreBreaks));
          from = runStart;
          folding = false;
          firstBreak = '';
          moreBreaks = '';
        }
        end = this.pos;
      }
      this.ensure(1);
      if (!this.isBlank(0) && this.breakAt(0) === 0) break;
      for (;;) {
        if (this.isBlank(0)) {
          if (folding && this.column < indent && this.at(0) === 0x09) {
            throw this.fail('found a tab character that violates indentation');
          }
          this.skip();
        } else if (this.breakAt(0) > 0) {
          const text = this.skipBreak();
          if (folding) moreBreaks += text;
          else firstBreak = text;
          folding = true;
        } else {
          break;
        }
        this.ensure(1);
      }
      if (this.flowLevel === 0 && this.column < indent) break;
    }
    parts.push(this.text(from, end));
    if (folding) this.simpleKeyAllowed = true;
    return this.scalar(start, end, parts.join(''), true);
  }

  private endsPlainScalar(): boolean {
    switch (this.at(0)) {
      case 0x3a: // ':'
        return this.isBlankOrEnd(1);
      case 0x2c: // ','
      case 0x3f: // '?'
      case 0x5b: // '['
      case 0x5d: // ']'
      case 0x7b: // '{'
      case 0x7d: // '}'
        return this.flowLevel > 0;
      default:
        return false;
    }
  }
}
