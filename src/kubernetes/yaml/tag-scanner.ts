import { hexDigit, ScalarScanner } from './scalar-scanner.ts';
import type { Mark, Token } from './token.ts';

const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** A character of anchors, tag handles and directive names: a letter, a digit, `_` or `-`. */
function isAlpha(b: number): boolean {
  return (
    (b >= 0x30 && b <= 0x39) ||
    (b >= 0x41 && b <= 0x5a) ||
    (b >= 0x61 && b <= 0x7a) ||
    b === 0x5f ||
    b === 0x2d
  );
}

const uriPunctuation = new Set(Array.from(";/?:@&=+$,.!~*'()[]%", (c) => c.charCodeAt(0)));

/** Scans tags, anchors and directives as libyaml (scannerc.go) does. */
export abstract class TagScanner extends ScalarScanner {
  protected scanAnchor(type: 'alias' | 'anchor'): Token {
    const start = this.mark();
    this.skip();
    const from = this.pos;
    this.skipAlpha();
    this.ensure(1);
    const ends = this.isBlankOrEnd(0) || '?:,]}%@`'.includes(String.fromCharCode(this.at(0)));
    if (this.pos === from || !ends) throw this.fail('did not find expected alphabetic or numeric character');
    return { type, start, end: this.pos, value: this.text(from, this.pos), suffix: '', plain: false };
  }

  protected scanTag(): Token {
    const start = this.mark();
    let handle = '';
    let suffix: string;
    if (this.at(1) === 0x3c) {
      this.skip();
      this.skip();
      suffix = this.scanTagUri('');
      if (this.at(0) !== 0x3e) throw this.fail("did not find the expected '>'");
      this.skip();
    } else {
      handle = this.scanTagHandle(false);
      if (handle.length > 1 && handle.endsWith('!')) {
        suffix = this.scanTagUri('');
      } else {
        suffix = this.scanTagUri(handle);
        handle = '!';
        if (suffix === '') [handle, suffix] = ['', '!'];
      }
    }
    this.ensure(1);
    if (!this.isBlankOrEnd(0)) throw this.fail('did not find expected whitespace or line break');
    return { type: 'tag', start, end: this.pos, value: handle, suffix, plain: false };
  }

  protected scanDirective(): Token {
    const start = this.mark();
    this.skip();
    const from = this.pos;
    this.skipAlpha();
    const name = this.text(from, this.pos);
    if (name === '') throw this.fail('could not find expected directive name');
    if (!this.isBlankOrEnd(0)) throw this.fail('found unexpected non-alphabetical character');
    let token: Token;
    if (name === 'YAML') token = this.scanVersion(start);
    else if (name === 'TAG') token = this.scanTagDirective(start);
    else throw this.fail('found unknown directive name');
    this.skipBlanks();
    this.skipComment();
    this.ensure(1);
    if (!this.isBreakOrEnd(0)) throw this.fail('did not find expected comment or line break');
    this.skipBreak();
    return token;
  }

  private skipAlpha(): void {
    while (isAlpha(this.at(0))) this.skip();
  }

  private scanVersion(start: Mark): Token {
    this.skipBlanks();
    const major = this.scanVersionNumber();
    if (this.at(0) !== 0x2e) throw this.fail("did not find expected digit or '.' character");
    this.skip();
    const suffix = `${major}.${this.scanVersionNumber()}`;
    return { type: 'version-directive', start, end: this.pos, value: '', suffix, plain: false };
  }

  private scanVersionNumber(): number {
    const from = this.pos;
    while (this.at(0) >= 0x30 && this.at(0) <= 0x39) {
      if (this.pos - from === 2) throw this.fail('found extremely long version number');
      this.skip();
    }
    if (this.pos === from) throw this.fail('did not find expected version number');
    return Number(this.text(from, this.pos));
  }

  private scanTagDirective(start: Mark): Token {
    this.skipBlanks();
    const value = this.scanTagHandle(true);
    if (!this.isBlank(0)) throw this.fail('did not find expected whitespace');
    this.skipBlanks();
    const suffix = this.scanTagUri('');
    if (!this.isBlankOrEnd(0)) throw this.fail('did not find expected whitespace or line break');
    return { type: 'tag-directive', start, end: this.pos, value, suffix, plain: false };
  }

  private scanTagHandle(directive: boolean): string {
    if (this.at(0) !== 0x21) throw this.fail("did not find expected '!'");
    const from = this.pos;
    this.skip();
    this.skipAlpha();
    if (this.at(0) === 0x21) this.skip();
    else if (directive && this.pos > from + 1) throw this.fail("did not find expected '!'");
    return this.text(from, this.pos);
  }

  /** Reads a URI after `head`, whose leading `!` is not part of it. */
  private scanTagUri(head: string): string {
    const bytes: number[] = Array.from(head.slice(1), (c) => c.charCodeAt(0));
    let found = head !== '';
    while (isAlpha(this.at(0)) || uriPunctuation.has(this.at(0))) {
      found = true;
      if (this.at(0) === 0x25) {
        this.scanUriEscapes(bytes);
      } else {
        bytes.push(this.at(0));
        this.skip();
      }
      this.ensure(1);
    }
    if (!found) throw this.fail('did not find expected tag URI');
    return lenient.decode(Uint8Array.from(bytes));
  }

  /** One character as a run of `%XX` octets. */
  private scanUriEscapes(bytes: number[]): void {
    let remaining = 0;
    do {
      const high = hexDigit(this.at(1));
      const low = high < 0 ? -1 : hexDigit(this.at(2));
      if (this.at(0) !== 0x25 || low < 0) throw this.fail('did not find URI escaped octet');
      const octet = high * 16 + low;
      if (remaining === 0) {
        remaining =
          octet < 0x80 ? 1 : octet < 0xc0 ? 0 : octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : octet < 0xf8 ? 4 : 0;
        if (remaining === 0) throw this.fail('found an incorrect leading UTF-8 octet');
      } else if ((octet & 0xc0) !== 0x80) {
        throw this.fail('found an incorrect trailing UTF-8 octet');
      }
      bytes.push(octet);
      for (let i = 0; i < 3; i++) this.skip();
    } while (--remaining > 0);
  }
}
