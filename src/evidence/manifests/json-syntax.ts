const ENDS_WITH_SPACE = /literal .* \(|numeric literal|escape/;

export interface JsonSyntaxError {
  /** In the words of Go's encoding/json, which kubectl shows; they do not vary with the version of Node. */
  readonly message: string;
  /** Byte offset of the character that is wrong, or the length of the text where it ends too early. */
  readonly offset: number;
}

const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);
const LITERALS = new Map([
  [0x74, 'true'],
  [0x66, 'false'],
  [0x6e, 'null'],
]);

/** The first syntax error of a JSON text as Go's scanner finds it (encoding/json/scanner.go), undefined if there is none. */
export function findJsonSyntaxError(bytes: Uint8Array): JsonSyntaxError | undefined {
  return new SyntaxScan(bytes).run();
}

type Expectation = 'value' | 'value-or-close' | 'key' | 'key-or-close' | 'colon' | 'after-value';

class SyntaxScan {
  readonly #bytes: Uint8Array;
  #at = 0;
  #error: JsonSyntaxError | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  run(): JsonSyntaxError | undefined {
    const open: ('{' | '[')[] = [];
    let expect: Expectation = 'value';
    while (!this.#error) {
      const byte = this.#skipSpaces();
      if (byte === undefined) {
        if (expect !== 'after-value' || open.length > 0) this.#fail('');
        break;
      }
      expect = this.#next(byte, expect, open);
    }
    return this.#error;
  }

  #next(byte: number, expect: Expectation, open: ('{' | '[')[]): Expectation {
    const character = String.fromCharCode(byte);
    switch (expect) {
      case 'key':
      case 'key-or-close':
        if (character === '}' && expect === 'key-or-close') return this.#close(open);
        if (character !== '"') return this.#fail('looking for beginning of object key string');
        this.#string();
        return 'colon';
      case 'colon':
        if (character !== ':') return this.#fail('after object key');
        this.#at++;
        return 'value';
      case 'after-value': {
        const inside = open[open.length - 1];
        if (inside === undefined) return this.#fail('after top-level value');
        if (character === (inside === '{' ? '}' : ']')) return this.#close(open);
        if (character !== ',') {
          return this.#fail(inside === '{' ? 'after object key:value pair' : 'after array element');
        }
        this.#at++;
        return inside === '{' ? 'key' : 'value';
      }
      default:
        if (character === ']' && expect === 'value-or-close') return this.#close(open);
        return this.#value(byte, character, open);
    }
  }

  #value(byte: number, character: string, open: ('{' | '[')[]): Expectation {
    if (character === '{' || character === '[') {
      open.push(character);
      this.#at++;
      return character === '{' ? 'key-or-close' : 'value-or-close';
    }
    const literal = LITERALS.get(byte);
    if (character === '"') this.#string();
    else if (literal) this.#literal(literal);
    else if (character === '-' || isDigit(byte)) this.#number();
    else this.#fail('looking for beginning of value');
    return 'after-value';
  }

  #close(open: ('{' | '[')[]): Expectation {
    open.pop();
    this.#at++;
    return 'after-value';
  }

  #string(): void {
    this.#at++;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || byte < 0x20) return void this.#fail('in string literal');
      this.#at++;
      if (byte === 0x22) return;
      if (byte === 0x5c && !this.#escape()) return;
    }
  }

  #escape(): boolean {
    const byte = this.#bytes[this.#at];
    if (byte === undefined || !'bfnrt\\/"u'.includes(String.fromCharCode(byte))) {
      this.#fail('in string escape code');
      return false;
    }
    this.#at++;
    if (byte !== 0x75) return true;
    for (let digits = 0; digits < 4; digits++) {
      const digit = this.#bytes[this.#at];
      if (digit === undefined || !/[0-9a-fA-F]/.test(String.fromCharCode(digit))) {
        this.#fail('in \\u hexadecimal character escape');
        return false;
      }
      this.#at++;
    }
    return true;
  }

  #literal(text: string): void {
    for (let i = 0; i < text.length; i++) {
      if (this.#bytes[this.#at] !== text.charCodeAt(i)) {
        return void this.#fail(`in literal ${text} (expecting '${text[i]}')`);
      }
      this.#at++;
    }
  }

  #number(): void {
    if (this.#bytes[this.#at] === 0x2d) this.#at++;
    const first = this.#bytes[this.#at];
    if (!isDigit(first)) return void this.#fail('in numeric literal');
    this.#at++;
    if (first !== 0x30) this.#digits();
    if (this.#bytes[this.#at] === 0x2e) {
      this.#at++;
      if (!isDigit(this.#bytes[this.#at])) return void this.#fail('after decimal point in numeric literal');
      this.#digits();
    }
    if (this.#bytes[this.#at] === 0x65 || this.#bytes[this.#at] === 0x45) {
      this.#at++;
      if (this.#bytes[this.#at] === 0x2b || this.#bytes[this.#at] === 0x2d) this.#at++;
      if (!isDigit(this.#bytes[this.#at])) return void this.#fail('in exponent of numeric literal');
      this.#digits();
    }
  }

  #digits(): void {
    while (isDigit(this.#bytes[this.#at])) this.#at++;
  }

  #skipSpaces(): number | undefined {
    while (SPACES.has(this.#bytes[this.#at] ?? 0)) this.#at++;
    return this.#bytes[this.#at];
  }

  /** Go ends a text with a space, which is wrong inside of literals, numbers and escapes. */
  #fail(context: string): 'value' {
    const byte = this.#bytes[this.#at] ?? (ENDS_WITH_SPACE.test(context) ? 0x20 : undefined);
    const message =
      byte === undefined ? 'unexpected end of JSON input' : `invalid character ${quoteByte(byte)} ${context}`;
    this.#error = { message, offset: this.#at };
    return 'value';
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** As Go's quoteChar, which takes a byte for a code point. */
export function quoteByte(byte: number): string {
  if (byte === 0x27) return "'\\''";
  if (byte === 0x22) return `'"'`;
  if (byte === 0x5c) return "'\\\\'";
  const named = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' }[byte];
  if (named) return `'${named}'`;
  const printable = (byte >= 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  if (printable) return `'${String.fromCharCode(byte)}'`;
  const hex = byte.toString(16).padStart(2, '0');
  return byte < 0x80 ? `'\\x${hex}'` : `'\\u00${hex}'`;
}
