import { CompileError } from './ast.ts';

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '?': '?',
};
const ESCAPES =
  /\\(?:([xX])([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))|([^\\])/gsu;

/** What a string or bytes literal stands for, quotes and prefix included in `text` (cel-go parser/unescape.go). */
export function unescapeLiteral(text: string, isBytes: boolean, at: number): string | Uint8Array {
  const raw = /^[rR]/.test(text);
  const quoted = (raw ? text.slice(1) : text).replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  const width = quoted.length >= 6 && (quoted.startsWith('"""') || quoted.startsWith("'''")) ? 3 : 1;
  const content = quoted.slice(width, quoted.length - width);
  if (raw || !content.includes('\\')) return isBytes ? new TextEncoder().encode(content) : content;
  if (!isBytes) return unescapeString(content, at);
  const bytes: number[] = [];
  for (const part of content.matchAll(ESCAPES)) {
    const code = part[2] ?? part[5];
    if (part[3] !== undefined || part[4] !== undefined) throw refused(at, 'unable to unescape string');
    if (code !== undefined) bytes.push(Number.parseInt(code, part[2] === undefined ? 8 : 16));
    else bytes.push(...new TextEncoder().encode(part[7] ?? SIMPLE[part[6]!] ?? ''));
  }
  return Uint8Array.from(bytes);
}

function unescapeString(content: string, at: number): string {
  let out = '';
  for (const part of content.matchAll(ESCAPES)) {
    const code = part[2] ?? part[3] ?? part[4] ?? part[5];
    if (code === undefined) {
      out += part[7] ?? SIMPLE[part[6]!] ?? '';
      continue;
    }
    const point = Number.parseInt(code, part[5] === undefined ? 16 : 8);
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
      throw refused(at, 'invalid unicode code point');
    out += String.fromCodePoint(point);
  }
  return out;
}

function refused(at: number, message: string): CompileError {
  return new CompileError([{ at, message }]);
}

const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

export function parseIntLiteral(text: string, negative: boolean, at: number): bigint {
  const value = negative ? -BigInt(text) : BigInt(text);
  if (value > MAX_INT || value < -MAX_INT - 1n) throw refused(at, 'invalid int literal');
  return value;
}

export function parseUintLiteral(text: string, at: number): bigint {
  const value = BigInt(text.slice(0, -1));
  if (value > MAX_UINT) throw refused(at, 'invalid uint literal');
  return value;
}

export function parseDoubleLiteral(text: string, negative: boolean, at: number): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw refused(at, 'invalid double literal');
  return negative ? -value : value;
}
