import { concealValue, REDACTED } from './conceal-arguments.ts';

/** Tables that hold nothing but credentials, and headers that may carry some. */
const SECRET_TABLES = /(?:^|[.\s"'])(?:auth|headers?)\s*["']?\s*(?:$|\.)/;

/**
 * A TOML file (https://toml.io/en/v1.0.0) without its secrets and comments, every line where it was; undefined where it cannot be read.
 * Only strings and bare values are told from the rest: what the file means is not its business.
 */
export function concealToml(bytes: Uint8Array): Uint8Array | undefined {
  const shown = new TomlScanner(Buffer.from(bytes).toString('utf8')).read();
  return shown === undefined ? undefined : new TextEncoder().encode(shown);
}

/** An entry `key = value` that is being read. */
interface Entry {
  key: string;
  isValue: boolean;
}

class TomlScanner {
  readonly #text: string;
  #at = 0;
  #shown = '';
  #table = '';
  #entry: Entry = { key: '', isValue: false };
  /** What is open: arrays, and inline tables with the entry that they are the value of. */
  readonly #open: (Entry | '[')[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  read(): string | undefined {
    while (this.#at < this.#text.length) if (!this.#step()) return undefined;
    return this.#open.length === 0 ? this.#shown : undefined;
  }

  #step(): boolean {
    const char = this.#text[this.#at]!;
    switch (char) {
      case '#':
        this.#at = this.#lineEnd();
        return true;
      case '"':
      case "'":
        return this.#string(char);
      case '=':
        this.#entry.isValue = true;
        return this.#pass(char);
      case '[':
        if (this.#open.length === 0 && !this.#entry.isValue) return this.#header();
        this.#open.push('[');
        return this.#pass(char);
      case ']':
        return this.#open.pop() === '[' && this.#pass(char);
      case '{':
        this.#open.push(this.#entry);
        this.#entry = { key: '', isValue: false };
        return this.#pass(char);
      case '}': {
        const outer = this.#open.pop();
        if (outer === undefined || outer === '[') return false;
        this.#entry = outer;
        return this.#pass(char);
      }
      case ',':
        // The next entry of an inline table; in an array the key stays that of the array.
        if (this.#open.at(-1) !== '[') this.#entry = { key: '', isValue: false };
        return this.#pass(char);
      case '\n':
        if (this.#open.length === 0) this.#entry = { key: '', isValue: false };
        return this.#pass(char);
      default:
        return /\s/.test(char) ? this.#pass(char) : this.#bare();
    }
  }

  #pass(text: string): true {
    this.#shown += text;
    this.#at += text.length;
    return true;
  }

  #lineEnd(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end < 0 ? this.#text.length : end;
  }

  /** `[table]` and `[[table]]`; what stands behind it can only be a comment. */
  #header(): true {
    const line = this.#text.slice(this.#at, this.#lineEnd());
    const [header = line] = /^\[+(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\]"'])*\]+/.exec(line) ?? [];
    this.#table = header.replace(/^\[+|\]+$/g, '').trim();
    this.#shown += header;
    this.#at += line.length;
    return true;
  }

  #string(quote: string): boolean {
    const isLong = this.#text.startsWith(quote.repeat(3), this.#at);
    const pattern = isLong ? LONG[quote] : SHORT[quote];
    pattern!.lastIndex = this.#at;
    const [token] = pattern!.exec(this.#text) ?? [];
    if (token === undefined) return false;
    this.#at += token.length;
    const inner = token.slice(isLong ? 3 : 1, isLong ? -3 : -1);
    if (!this.#entry.isValue) {
      this.#entry.key += inner;
      this.#shown += token;
      return true;
    }
    const concealed = this.#concealed(inner);
    const hidden = isLong
      ? `"${REDACTED}"${'\n'.repeat(token.split('\n').length - 1)}`
      : `${quote}${concealed}${quote}`;
    this.#shown += concealed === inner ? token : hidden;
    return true;
  }

  /** A key, a number, a date, `true` or `false`. */
  #bare(): true {
    const [word = ''] = /^[^\s=,[\]{}#"']+/.exec(this.#text.slice(this.#at, this.#at + 4096)) ?? [];
    this.#at += Math.max(1, word.length);
    if (this.#entry.isValue) this.#shown += this.#concealed(word);
    else {
      this.#entry.key += word;
      this.#shown += word;
    }
    return true;
  }

  #concealed(value: string): string {
    const outer = this.#open.flatMap((entry) => (entry === '[' ? [] : [entry.key]));
    const path = [this.#table, ...outer].join('.');
    return SECRET_TABLES.test(path) ? REDACTED : concealValue(this.#entry.key, value);
  }
}

const SHORT: Readonly<Record<string, RegExp>> = { '"': /"(?:[^"\\\n]|\\.)*"/y, "'": /'[^'\n]*'/y };
const LONG: Readonly<Record<string, RegExp>> = {
  '"': /"""(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*"{3,5}/y,
  "'": /'''(?:[^']|'{1,2}(?!'))*'{3,5}/y,
};
