import { codePointLength, codePoints, GO_ESCAPES } from '../../../kubernetes/go-text.ts';
import { plainText } from '../attributes.ts';
import type { FunctionTable } from '../declarations.ts';
import { CelError, Items, type ListValue, type Result, Unknown } from '../value.ts';
import { formatString } from './format-string.ts';

/** Texts longer than this are not built: an expression could ask for more than there is memory. */
const MAX_RESULT = 32 * 1024 * 1024;
const TOO_LONG = new Unknown('too-large');

const outOfRange = (index: bigint): CelError => new CelError(`index out of range: ${index}`);

/** cel-go ext/strings.go, version 2. */
export function addStringLibrary(table: FunctionTable): void {
  table.add('string_char_at_int', 'string.charAt(int): string', (text, index) => {
    const chars = codePoints(text as string);
    const at = index as bigint;
    return at < 0n || at > chars.length ? outOfRange(at) : (chars[Number(at)] ?? '');
  });
  table.add('string_index_of_string', 'string.indexOf(string): int', (text, part) =>
    indexOf(text as string, part as string, 0n),
  );
  table.add('string_index_of_string_int', 'string.indexOf(string, int): int', (text, part, offset) =>
    indexOf(text as string, part as string, offset as bigint),
  );
  table.add('string_last_index_of_string', 'string.lastIndexOf(string): int', (text, part) =>
    lastIndexOf(text as string, part as string),
  );
  table.add('string_last_index_of_string_int', 'string.lastIndexOf(string, int): int', (text, part, offset) =>
    lastIndexOfFrom(text as string, part as string, offset as bigint),
  );
  table.add('string_lower_ascii', 'string.lowerAscii(): string', (text) =>
    (text as string).replace(/[A-Z]+/g, (upper) => upper.toLowerCase()),
  );
  table.add('string_replace_string_string', 'string.replace(string, string): string', (text, from, to) =>
    replace(text as string, from as string, to as string, -1n),
  );
  table.add(
    'string_replace_string_string_int',
    'string.replace(string, string, int): string',
    (text, from, to, count) => replace(text as string, from as string, to as string, count as bigint),
  );
  table.add('string_split_string', 'string.split(string): list(string)', (text, separator) =>
    split(text as string, separator as string, -1n),
  );
  table.add('string_split_string_int', 'string.split(string, int): list(string)', (text, separator, count) =>
    split(text as string, separator as string, count as bigint),
  );
  addSubstrings(table);
  table.add('string_trim', 'string.trim(): string', (text) => trim(text as string));
  table.add('string_upper_ascii', 'string.upperAscii(): string', (text) =>
    (text as string).replace(/[a-z]+/g, (lower) => lower.toUpperCase()),
  );
  table.add('string_format', 'string.format(list(dyn)): string', (text, args) =>
    formatString(text as string, args as ListValue),
  );
  table.addQualified('strings_quote', 'strings.quote', 'string', 'string', (text) => quote(text as string));
  table.add('list_join', 'list(string).join(): string', (list) => join(list as ListValue, ''));
  table.add('list_join_string', 'list(string).join(string): string', (list, separator) =>
    join(list as ListValue, separator as string),
  );
}

function addSubstrings(table: FunctionTable): void {
  table.add('string_substring_int', 'string.substring(int): string', (text, start) => {
    const chars = codePoints(text as string);
    const from = start as bigint;
    return from < 0n || from > chars.length ? outOfRange(from) : chars.slice(Number(from)).join('');
  });
  table.add('string_substring_int_int', 'string.substring(int, int): string', (text, start, end) => {
    const [from, to] = [start as bigint, end as bigint];
    if (from > to) return new CelError(`invalid substring range. start: ${from}, end: ${to}`);
    const chars = codePoints(text as string);
    if (from < 0n || from > chars.length) return outOfRange(from);
    if (to < 0n || to > chars.length) return outOfRange(to);
    return chars.slice(Number(from), Number(to)).join('');
  });
}

/** The position in code points of the first `part` at or after code point `offset`. */
function indexOf(text: string, part: string, offset: bigint): Result {
  if (offset < 0n) return outOfRange(offset);
  const length = codePointLength(text);
  if (part === '') return offset > length ? BigInt(length) : offset;
  if (offset >= length) return -1n;
  const units = codePoints(text).slice(0, Number(offset)).join('').length;
  const found = text.indexOf(part, units);
  return found === -1 ? -1n : BigInt(codePointLength(text.slice(0, found)));
}

function lastIndexOf(text: string, part: string): Result {
  const length = codePointLength(text);
  if (part === '') return BigInt(length);
  if (codePointLength(part) > length) return -1n;
  return length === 0 ? -1n : lastIndexOfFrom(text, part, BigInt(length - 1));
}

function lastIndexOfFrom(text: string, part: string, offset: bigint): Result {
  if (offset < 0n) return outOfRange(offset);
  const length = codePointLength(text);
  if (part === '') return offset > length ? BigInt(length) : offset;
  if (offset >= length) return -1n;
  const units = codePoints(text).slice(0, Number(offset)).join('').length;
  const found = text.lastIndexOf(part, units);
  return found === -1 ? -1n : BigInt(codePointLength(text.slice(0, found)));
}

/** `strings.Replace`: an empty `from` stands between all code points and at both ends. */
function replace(text: string, from: string, to: string, count: bigint): Result {
  const limit = count < 0n ? Number.POSITIVE_INFINITY : Number(count);
  if (from === to || limit === 0) return text;
  const parts = from === '' ? ['', ...codePoints(text), ''] : text.split(from);
  const joints = Math.min(parts.length - 1, limit);
  if (text.length + joints * to.length > MAX_RESULT) return TOO_LONG;
  const head = parts.slice(0, joints).join(to);
  const tail = parts.slice(joints).join(from);
  return joints === 0 ? text : head + to + tail;
}

/** `strings.SplitN`. */
function split(text: string, separator: string, count: bigint): Result {
  if (count === 0n) return new Items([]);
  const parts = separator === '' ? codePoints(text) : text.split(separator);
  if (count < 0n || parts.length <= count) return new Items(parts);
  const kept = parts.slice(0, Number(count) - 1);
  return new Items([...kept, parts.slice(Number(count) - 1).join(separator)]);
}

/** `strings.TrimSpace`. */
export function trim(text: string): string {
  return text.replace(/^[\p{White_Space}]+|[\p{White_Space}]+$/gu, '');
}

function join(list: ListValue, separator: string): Result {
  const parts: string[] = [];
  let length = 0;
  for (const item of list) {
    if (typeof item !== 'string') return new CelError(`join: invalid input: ${plainText(item)}`);
    length += item.length + separator.length;
    if (length > MAX_RESULT) return TOO_LONG;
    parts.push(item);
  }
  return parts.join(separator);
}

function quote(text: string): string {
  let out = '"';
  for (const char of text) out += Object.hasOwn(GO_ESCAPES, char) ? GO_ESCAPES[char] : char;
  return `${out}"`;
}
