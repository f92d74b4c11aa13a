import { formatGeneral } from '../../../kubernetes/go-text.ts';
import type { FunctionTable, Implementation } from '../declarations.ts';
import {
  checkedTimestamp,
  formatDuration,
  formatTimestamp,
  inInt64,
  parseDuration,
  parseTimestamp,
  SECOND,
  unixSeconds,
} from '../time.ts';
import {
  CelError,
  type Duration,
  type Result,
  type Timestamp,
  TypeValue,
  typeNameOf,
  Uint,
  type Value,
} from '../value.ts';
import { toInt, toUint } from './arithmetic.ts';

const NAMES = { duration: 'google.protobuf.Duration', timestamp: 'google.protobuf.Timestamp' } as const;
const identity: Implementation = (value) => value!;

function unreadable(type: string): CelError {
  return new CelError(`type conversion error from 'string' to '${type}'`);
}

/** A conversion of text that may not read as `type`. */
function reading(type: string, read: (text: string) => Result | undefined): Implementation {
  return (text) => read(text as string) ?? unreadable(type);
}

/** Conversions between types, in cel-go's order of overloads. */
export function addConversions(table: FunctionTable): void {
  table.add('type', 'type(A): type(A)').share('type', (value) => new TypeValue(typeNameOf(value!)));
  table.add('bool_to_bool', 'bool(bool): bool', identity);
  table.add('string_to_bool', 'bool(string): bool', reading('bool', parseBool));
  table.add('bytes_to_bytes', 'bytes(bytes): bytes', identity);
  table.add('string_to_bytes', 'bytes(string): bytes', (text) => new TextEncoder().encode(text as string));
  table.add('double_to_double', 'double(double): double', identity);
  table.add('int64_to_double', 'double(int): double', (value) => Number(value));
  table.add('string_to_double', 'double(string): double', reading('double', parseDouble));
  table.add('uint64_to_double', 'double(uint): double', (value) => Number((value as Uint).value));
  table.add('duration_to_duration', 'duration(duration): duration', identity);
  table.add('string_to_duration', 'duration(string): duration', reading(NAMES.duration, parseDuration));
  table.add('to_dyn', 'dyn(A): dyn').share('dyn', identity);
  table.add('int64_to_int64', 'int(int): int', identity);
  table.add('double_to_int64', 'int(double): int', (value) => toInt(value!));
  table.add('duration_to_int64', 'int(duration): int', (value) => (value as Duration).nanoseconds);
  table.add('string_to_int64', 'int(string): int', reading('int', parseInt64));
  table.add('timestamp_to_int64', 'int(timestamp): int', (value) => unixSeconds(value as Timestamp));
  table.add('uint64_to_int64', 'int(uint): int', (value) => toInt(value!));
  addToString(table);
  table.add('timestamp_to_timestamp', 'timestamp(timestamp): timestamp', identity);
  table.add('int64_to_timestamp', 'timestamp(int): timestamp', (value) =>
    checkedTimestamp((value as bigint) * SECOND),
  );
  table.add('string_to_timestamp', 'timestamp(string): timestamp', reading(NAMES.timestamp, readTimestamp));
  table.add('uint64_to_uint64', 'uint(uint): uint', identity);
  table.add('double_to_uint64', 'uint(double): uint', (value) => toUint(value!));
  table.add('int64_to_uint64', 'uint(int): uint', (value) => toUint(value!));
  table.add('string_to_uint64', 'uint(string): uint', reading('uint', parseUint64));
}

function addToString(table: FunctionTable): void {
  const convert: Implementation = (value) => toText(value!);
  table.add('string_to_string', 'string(string): string', identity);
  table.add('bool_to_string', 'string(bool): string', convert);
  table.add('bytes_to_string', 'string(bytes): string', convert);
  table.add('double_to_string', 'string(double): string', convert);
  table.add('duration_to_string', 'string(duration): string', convert);
  table.add('int64_to_string', 'string(int): string', convert);
  table.add('timestamp_to_string', 'string(timestamp): string', convert);
  table.add('uint64_to_string', 'string(uint): string', convert);
}

/** `string(value)` of the types of the language. */
export function toText(value: Value): Result {
  if (typeof value === 'number') return formatGeneral(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Uint8Array) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
    } catch {
      return new CelError('invalid UTF-8 in bytes, cannot convert to string');
    }
  }
  if (typeof value !== 'object' || value === null) return String(value);
  return typeNameOf(value) === NAMES.duration
    ? formatDuration(value as Duration)
    : formatTimestamp(value as Timestamp);
}

function parseBool(text: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}

function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return inInt64(value) ? value : undefined;
}

function parseUint64(text: string): Uint | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < 2n ** 64n ? new Uint(value) : undefined;
}

const HEX_FLOAT = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?[0-9]+)$/i;

/** `strconv.ParseFloat`. */
export function parseDouble(text: string): number | undefined {
  const special = /^([+-]?)(?:inf|infinity)$/i.exec(text);
  if (special !== null) return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  const hex = HEX_FLOAT.exec(text);
  if (hex !== null && hex[2]! + hex[3]! !== '') {
    const size = Number(BigInt(`0x${hex[2]}${hex[3]}`)) * 2 ** (Number(hex[4]) - 4 * hex[3]!.length);
    return Number.isFinite(size) ? (hex[1] === '-' ? -size : size) : undefined;
  }
  if (!/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function readTimestamp(text: string): Result | undefined {
  const read = parseTimestamp(text);
  return read && checkedTimestamp(read.nanoseconds, read.offset);
}
