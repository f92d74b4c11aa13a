/** Random YAML for differential tests: a generator of documents and mutations of real ones, both from a seed. */
export interface Random {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number;
  pick<T>(from: readonly T[]): T;
  chance(probability: number): boolean;
}

/** Mulberry32: small, fast, and the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (bound) => Math.floor(next() * bound),
    pick: (from) => from[Math.floor(next() * from.length)] as never,
    chance: (probability) => next() < probability,
  };
}

// Without .nan: two such keys are not equal in Go, and which one remains is left to the order of its maps.
const plain =
  'a b foo name image true no Yes ON off y n ~ null Null .inf -.INF .5 .5_0 1 0 -1 +3 007 0755 08 0o17 0x1F 0b101 -0b1 1_000 1e3 1.5 -2.5e-3 12e03 9007199254740993 18446744073709551615 99999999999999999999 1:30 2001-01-01 2001-12-14T21:59:43.1Z 2001-99-01 << = a#b a:b http://x/y - -x --- ... a,b [x é 日本 \u2028x ? :x @a `b %c key:'.split(
    ' ',
  );
const tagWords =
  '! !!str !!int !!float !!bool !!null !!binary !!timestamp !!merge !!map !!seq !!set !local !<tag:yaml.org,2002:str> !e!x !%41 !!'.split(
    ' ',
  );
const quotedParts = [
  'a',
  ' ',
  '  ',
  'foo bar',
  '\\n',
  '\\t',
  '\\x41',
  '\\u00e9',
  '\\U0001F600',
  '\\"',
  "''",
  '\\',
  '\\\n',
  '\n',
  '\n\n',
  '\n  ',
  '#',
  ': ',
  'é',
  '\t',
  '\\q',
  '---',
  '%',
  '\\/',
  '\\ud83d',
];

/** Writes one random stream of documents. */
export function randomStream(random: Random): string {
  const parts: string[] = [];
  const documents = random.chance(0.7) ? 1 : 1 + random.below(3);
  for (let i = 0; i < documents; i++) {
    if (i > 0 || random.chance(0.2))
      parts.push(random.pick(['---\n', '---\n', '--- # c\n', '---\r\n', '---  \n', '---x\n']));
    if (random.chance(0.03))
      parts.unshift(random.pick(['%YAML 1.1\n', '%YAML 1.2\n', '%TAG !e! tag:e,1:\n', '%FOO\n']));
    parts.push(new Writer(random).document());
    if (random.chance(0.05)) parts.push(random.pick(['...\n', '... # c\n', '...x\n']));
  }
  let text = parts.join('');
  if (random.chance(0.05)) text = text.replaceAll('\n', '\r\n');
  if (random.chance(0.02)) text = text.replaceAll('\n', '\r');
  if (random.chance(0.02)) text = `\ufeff${text}`;
  if (random.chance(0.2)) text = text.trimEnd();
  return text;
}

class Writer {
  private readonly random: Random;
  /** Depth of odd things: mostly tidy documents reach the decoder, the others exercise refusals. */
  private readonly oddity: number;
  private budget = 40;

  constructor(random: Random) {
    this.random = random;
    this.oddity = random.pick([0, 0, 0.02, 0.1]);
  }

  document(): string {
    const value = this.block(0, -1).replace(/^\n/, '');
    return value.endsWith('\n') ? value : `${value}\n`;
  }

  private odd(): boolean {
    return this.random.chance(this.oddity);
  }

  private pad(columns: number): string {
    const shift = this.odd() ? this.random.below(5) - 2 : 0;
    const text = ' '.repeat(Math.max(0, columns + shift));
    return this.odd() ? text.replace(/ {1,2}$/, '\t') : text;
  }

  private comment(): string {
    if (this.odd()) return this.random.pick(['#x', ' #', '\t# x', ' # x: y']);
    return this.random.chance(0.05) ? ' # a comment' : '';
  }

  private lineEnd(): string {
    const blank = this.random.chance(0.05)
      ? this.random.pick(['\n', '  \n', '# comment\n', '      # deep\n', '\t\n'])
      : '';
    return `${this.comment()}\n${blank}`;
  }

  private properties(): string {
    const random = this.random;
    if (!random.chance(0.06)) return '';
    const anchor = `&${random.pick(['a', 'b', 'c'])} `;
    const tag = `${random.pick(tagWords)} `;
    return random.pick([anchor, anchor, tag, anchor + tag, tag + anchor]);
  }

  /** A block node for the place behind `key:` or `-`; starts with a line break where it goes on its own lines. */
  private block(column: number, parent: number): string {
    const random = this.random;
    if (this.budget-- <= 0 || random.chance(0.45)) return this.inline(parent);
    if (random.chance(0.12)) return this.blockScalar(parent);
    if (random.chance(0.12))
      return ` ${this.properties()}${this.flow(3, random.chance(0.3))}${this.lineEnd()}`;
    const start = `${this.properties()}${this.lineEnd()}`;
    const body = random.chance(0.65) ? this.mapping(column) : this.sequence(column);
    return ` ${start}${body}`;
  }

  private inline(parent: number): string {
    if (this.random.chance(0.04)) return this.lineEnd();
    return ` ${this.properties()}${this.scalar(parent + 2)}${this.lineEnd()}`;
  }

  private mapping(column: number): string {
    let text = '';
    const count = 1 + this.random.below(4);
    for (let i = 0; i < count; i++) {
      text += this.pad(column);
      if (this.random.chance(0.02)) text += `?${this.block(column + 2, column)}${this.pad(column)}`;
      else text += this.key();
      const indentless = this.random.chance(0.15);
      const step = indentless ? 0 : 1 + this.random.below(4);
      text += indentless ? `:\n${this.sequence(column)}` : `:${this.block(column + step, column)}`;
    }
    return text;
  }

  private key(): string {
    const random = this.random;
    if (random.chance(0.04)) return '<<';
    if (random.chance(0.03)) return `*${random.pick(['a', 'b', 'c'])} `;
    if (random.chance(0.1)) return this.quoted(false);
    return random.pick(
      random.chance(0.3) ? plain : ['a', 'b', 'c', 'name', 'kind', 'a b', 'x/y', '1', '__proto__'],
    );
  }

  private sequence(column: number): string {
    let text = '';
    const count = 1 + this.random.below(3);
    for (let i = 0; i < count; i++) {
      text += `${this.pad(column)}-`;
      if (this.random.chance(0.3)) {
        const gap = 1 + this.random.below(2);
        const inner = column + 1 + gap;
        const body = this.random.chance(0.7) ? this.mapping(inner) : this.sequence(inner);
        text += ' '.repeat(gap) + body.slice(inner);
      } else {
        text += this.block(column + 1 + this.random.below(3), column);
      }
    }
    return text;
  }

  private scalar(indent: number): string {
    const random = this.random;
    if (random.chance(0.25)) return this.quoted(true);
    if (random.chance(0.06)) return `*${random.pick(['a', 'b', 'c', 'd'])}`;
    let text = random.pick(random.chance(0.5) ? plain : ['foo', 'nginx:1.2', 'a b c', 'x']);
    while (random.chance(0.08)) {
      const breaks = '\n'.repeat(1 + random.below(3));
      text += `${random.pick(['', ' ', '\t'])}${breaks}${this.pad(indent)}${random.pick(plain)}`;
    }
    return text;
  }

  private quoted(multiline: boolean): string {
    const random = this.random;
    const quote = random.pick(['"', "'"]);
    let text = '';
    const count = random.below(5);
    for (let i = 0; i < count; i++) {
      const part = random.pick(quotedParts.slice(0, this.oddity > 0 ? quotedParts.length : 10));
      if (multiline || !part.includes('\n')) text += quote === "'" && part === '\\"' ? '"' : part;
    }
    return quote + text + quote;
  }

  private blockScalar(parent: number): string {
    const random = this.random;
    const column = Math.max(0, parent) + 1 + random.below(4);
    let header = random.pick(['|', '>', '|-', '>-', '|+', '>+']);
    if (random.chance(0.1))
      header += String(random.chance(0.8) ? column - Math.max(0, parent) : random.below(10));
    let text = ` ${this.properties()}${header}${this.comment()}\n`;
    const lines = random.below(6);
    for (let i = 0; i < lines; i++) {
      if (random.chance(0.2))
        text += random.pick(['\n', ' \n', `${' '.repeat(column)}\n`, `${' '.repeat(column + 2)}\n`]);
      else
        text += `${this.pad(column)}${random.pick(['', '', '  ', '\t'])}${random.pick(['text', 'a: b', '# no comment', '- x', 'é', '---'])}\n`;
    }
    return text;
  }

  private flow(depth: number, multiline: boolean): string {
    const random = this.random;
    const gap = (): string => {
      if (multiline && random.chance(0.3)) return random.pick(['\n', '\n  ', '\n      ', '\n\t', ' # c\n ']);
      return random.pick(['', ' ', ' ']);
    };
    if (depth === 0 || random.chance(0.4)) {
      return (
        this.properties() +
        (random.chance(0.4)
          ? this.quoted(multiline)
          : random.pick(random.chance(0.6) ? ['a', 'b', 'foo'] : plain))
      );
    }
    const isMapping = random.chance(0.5);
    const parts: string[] = [];
    const count = random.below(4);
    for (let i = 0; i < count; i++) {
      const key = random.chance(0.5)
        ? this.quoted(false)
        : random.pick(random.chance(0.8) ? ['a', 'b', 'key', '<<'] : plain);
      const pair = `${key}${random.pick([':', ': ', ': ', ' : ', ':\n '])}${this.flow(depth - 1, multiline)}`;
      if (isMapping ? random.chance(0.95) : random.chance(0.08)) parts.push(gap() + pair + gap());
      else parts.push(gap() + this.flow(depth - 1, multiline) + gap());
    }
    const comma = random.chance(0.1) ? ',' : '';
    const body = parts.join(this.odd() ? random.pick(['', ',,', ' ']) : ',') + comma;
    const close = this.odd() ? random.pick(['', ']', '}']) : isMapping ? '}' : ']';
    return `${isMapping ? '{' : '['}${body}${close}`;
  }
}

const snippets = [
  ':',
  ': ',
  '- ',
  '\n',
  '\n\n',
  '\t',
  ' ',
  '  ',
  '#',
  ' #',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ',',
  '&a ',
  '*a',
  '!!str ',
  '|',
  '>',
  '? ',
  '---\n',
  '...\n',
  '%',
  '\r',
  '\r\n',
  '\ufeff',
  '\u0085',
  '\u2028',
  '\u0000',
  '\u0007',
  '\u007f',
  'é',
  '<<: *a\n',
  '@',
  '`',
  '\\',
  '~',
  'null',
  '0x1',
  '-',
  '=',
];

/** One to three small changes somewhere in a document: bytes, lines, indentation, insertions. */
export function mutate(random: Random, source: Uint8Array): Uint8Array {
  let bytes: Uint8Array = source;
  const changes = 1 + random.below(3);
  for (let i = 0; i < changes; i++) bytes = change(random, bytes);
  return bytes;
}

function change(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  const splice = (start: number, end: number, insert: Uint8Array): Uint8Array => {
    const result = new Uint8Array(start + insert.length + bytes.length - end);
    result.set(bytes.subarray(0, start));
    result.set(insert, start);
    result.set(bytes.subarray(end), start + insert.length);
    return result;
  };
  const none = new Uint8Array(0);
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const lineStart = at === 0 ? 0 : bytes.lastIndexOf(10, at - 1) + 1;
  const found = bytes.indexOf(10, at);
  const lineEnd = found < 0 ? bytes.length : found + 1;
  switch (random.below(8)) {
    case 0:
      return splice(at, Math.min(at + 1, bytes.length), Uint8Array.of(random.below(256)));
    case 1:
      return splice(lineStart, lineEnd, none);
    case 2:
      return splice(lineStart, lineStart, text(' '.repeat(1 + random.below(3))));
    case 3:
      return bytes[lineStart] === 0x20 ? splice(lineStart, lineStart + 1, none) : bytes;
    case 4:
      return splice(lineStart, lineStart, bytes.slice(lineStart, lineEnd));
    case 5:
      return splice(at, Math.min(bytes.length, at + 1 + random.below(4)), none);
    default:
      return splice(at, at, text(random.pick(snippets)));
  }
}
