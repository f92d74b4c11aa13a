import { codePoints, compareText, quoteGo } from '../../../kubernetes/go-text.ts';
import {
  CelError,
  failed,
  ListValue,
  MapValue,
  type Result,
  Timestamp,
  TypeValue,
  typeNameOf,
  Uint,
  Unknown,
  type Value,
} from '../value.ts';
import { parseDouble, toText } from './conversions.ts';

const DEFAULT_PRECISION = 6;
/** As many digits as JavaScript can give exactly. */
const MAX_PRECISION = 100;

/** A clause such as `%.3f`: its letter, and the precision where one is written. */
export interface Clause {
  readonly letter: string;
  readonly precision: number | undefined;
}

export type FormatPart = string | Clause;

/**
 * Splits a format text. `available` is the number of arguments: upstream takes an argument before it reads the clause, so
 * that a missing one is told first.
 */
export function parseFormat(text: string, available: number): { parts: FormatPart[]; problem?: string } {
  const parts: FormatPart[] = [];
  const pattern = /[^%]+|%%|%/gy;
  let used = 0;
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const piece = pattern.exec(text)![0];
    if (piece !== '%') {
      parts.push(piece === '%%' ? '%' : piece);
      continue;
    }
    if (used++ >= available) return { parts, problem: `index ${used - 1} out of range` };
    const rest = text.slice(pattern.lastIndex);
    if (rest === '') return { parts, problem: 'unexpected end of string' };
    const clause = parseClause(rest);
    if (typeof clause === 'string') return { parts, problem: `could not parse formatting clause: ${clause}` };
    parts.push(clause);
    pattern.lastIndex += clause.length;
  }
  return { parts };
}

function parseClause(rest: string): (Clause & { length: number }) | string {
  let length = 0;
  let precision: number | undefined;
  if (rest.startsWith('.')) {
    const digits = /^\.([0-9]*)/.exec(rest)![1]!;
    length = 1 + digits.length;
    if (length >= rest.length)
      return 'error while parsing precision: could not find end of precision specifier';
    if (digits === '')
      return 'error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax';
    precision = Number(digits);
  }
  const letter = codePoints(rest.slice(length, length + 2))[0]!;
  // Upstream reads one byte, so that other letters than ASCII are cut.
  if (!'sdfebxXo'.includes(letter)) return `unrecognized formatting clause "${byteText(letter)}"`;
  return { letter, precision, length: length + 1 };
}

function byteText(letter: string): string {
  return String.fromCharCode(new TextEncoder().encode(letter)[0]!);
}

const CLAUSE_PROBLEMS: Readonly<Record<string, string>> = {
  s: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  d: 'decimal clause can only be used on integers',
  f: 'fixed-point clause can only be used on doubles',
  e: 'scientific clause can only be used on doubles',
  b: 'only integers and bools can be formatted as binary',
  x: 'only integers, byte buffers, and strings can be formatted as hex',
  X: 'only integers, byte buffers, and strings can be formatted as hex',
  o: 'octal clause can only be used on integers',
};

export function clauseProblem(letter: string, typeName: string): string {
  return `${CLAUSE_PROBLEMS[letter]}, was given ${typeName}`;
}

/** `'…%s…'.format([…])` (cel-go ext/formatting.go). */
export function formatString(text: string, args: ListValue): Result {
  const { parts, problem } = parseFormat(text, args.size);
  let out = '';
  let index = 0;
  for (const part of parts) {
    if (typeof part === 'string') {
      out += part;
      continue;
    }
    const written = formatClause(part, args.at(index++));
    if (written instanceof CelError) return new CelError(`error during formatting: ${written.message}`);
    if (written instanceof Unknown) return written;
    out += written;
  }
  return problem === undefined ? out : new CelError(problem);
}

function formatClause({ letter, precision }: Clause, value: Value): string | CelError | Unknown {
  const refused = () => new CelError(clauseProblem(letter, typeNameOf(value)));
  switch (letter) {
    case 's':
      return formatText(value);
    case 'd':
      return isInteger(value) ? String(whole(value)) : refused();
    case 'f':
    case 'e':
      return formatDouble(letter, precision ?? DEFAULT_PRECISION, value) ?? refused();
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0';
      return isInteger(value) ? whole(value).toString(2) : refused();
    case 'o':
      return isInteger(value) ? whole(value).toString(8) : refused();
    default: {
      const hex = formatHex(value);
      if (hex === undefined) return refused();
      return letter === 'X' ? hex.toUpperCase() : hex;
    }
  }
}

function isInteger(value: Value): value is bigint | Uint {
  return typeof value === 'bigint' || value instanceof Uint;
}

function whole(value: bigint | Uint): bigint {
  return value instanceof Uint ? value.value : value;
}

function formatHex(value: Value): string | undefined {
  if (isInteger(value)) return whole(value).toString(16);
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  if (!(bytes instanceof Uint8Array)) return undefined;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function formatDouble(
  letter: string,
  precision: number,
  value: Value,
): string | CelError | Unknown | undefined {
  const special = value === 'NaN' || value === 'Infinity' || value === '-Infinity';
  const number = special ? parseDouble(value) : value;
  if (typeof number !== 'number') return undefined;
  if (Number.isNaN(number)) return 'NaN';
  if (!Number.isFinite(number)) return number > 0 ? '∞' : '-∞';
  if (precision > MAX_PRECISION) return new Unknown('too-large');
  return letter === 'f' ? grouped(toFixed(number, precision)) : scientific(number, precision);
}

/** Exact decimal digits also where `Number.toFixed` would switch to an exponent. */
function toFixed(value: number, precision: number): string {
  if (Math.abs(value) < 1e21) return value.toFixed(precision);
  return `${BigInt(value)}${precision > 0 ? `.${'0'.repeat(precision)}` : ''}`;
}

/** The locale en_US puts a comma between thousands. */
function grouped(digits: string): string {
  const [integer, fraction] = digits.split('.') as [string, string | undefined];
  const withCommas = integer.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`;
}

const SUPERSCRIPTS = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/** `1.234568×10⁰³`, as golang.org/x/text writes scientific numbers. */
function scientific(value: number, precision: number): string {
  const [digits, exponent] = value.toExponential(precision).split('e') as [string, string];
  const power = Number(exponent);
  const raised = String(Math.abs(power))
    .padStart(2, '0')
    .replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]!);
  return `${digits}×10${power < 0 ? '⁻' : ''}${raised}`;
}

function formatText(value: Value): string | CelError | Unknown {
  if (value instanceof ListValue) return formatList(value);
  if (value instanceof MapValue) return formatMap(value);
  if (value === null) return 'null';
  if (value instanceof TypeValue) return value.name;
  const known = /^(?:int|uint|double|bool|string|bytes|google\.protobuf\.(?:Timestamp|Duration))$/;
  if (!known.test(typeNameOf(value))) return new CelError(clauseProblem('s', typeNameOf(value)));
  const text = toText(value);
  if (text instanceof CelError)
    return new CelError(`could not convert argument ${quoteGo(text.message)} to string`);
  return text as string;
}

function formatList(list: ListValue): string | CelError | Unknown {
  const parts: string[] = [];
  for (const item of list) {
    const part = formatNested(item);
    if (typeof part !== 'string') return part;
    parts.push(part);
  }
  return `[${parts.join(', ')}]`;
}

function formatMap(map: MapValue): string | CelError | Unknown {
  const entries: [string, string][] = [];
  for (const key of map.keys()) {
    const usable = typeof key === 'string' || typeof key === 'boolean' || isInteger(key);
    if (!usable) return new CelError(`no formatting function for map key of type ${typeNameOf(key)}`);
    const value = map.find(key)!;
    if (failed(value)) return value;
    const written = formatNested(value);
    if (typeof written !== 'string') return written;
    entries.push([
      typeof key === 'string' ? quoteGo(key) : isInteger(key) ? String(whole(key)) : String(key),
      written,
    ]);
  }
  entries.sort(([a], [b]) => compareText(a, b));
  return `{${entries.map(([key, value]) => `${key}:${value}`).join(', ')}}`;
}

/** A value inside of a list or map, where texts are quoted. */
function formatNested(value: Value): string | CelError | Unknown {
  if (typeof value === 'string') return quoteGo(value);
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return toFixed(value, DEFAULT_PRECISION);
    return Number.isNaN(value) ? '"NaN"' : value > 0 ? '"+Inf"' : '"-Inf"';
  }
  const name = typeNameOf(value);
  if (name === 'google.protobuf.Timestamp' || name === 'google.protobuf.Duration')
    return `${value instanceof Timestamp ? 'timestamp' : 'duration'}(${quoteGo(toText(value) as string)})`;
  const known = /^(?:int|uint|bool|bytes|null_type|type|list|map)$/;
  if (!known.test(name)) return new CelError(`no formatting function for ${name}`);
  const text = formatText(value);
  return value instanceof Uint8Array && typeof text === 'string' ? `b${quoteGo(text)}` : text;
}
