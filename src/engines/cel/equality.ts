import { compareText } from '../../kubernetes/go-text.ts';
import {
  CelError,
  Duration,
  failed,
  ListValue,
  MapValue,
  NO_SUCH_OVERLOAD,
  OpaqueValue,
  Optional,
  type Result,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './value.ts';

/** `==` of two values that are no errors: an answer, or an error where upstream refuses to compare them. */
export function equal(left: Value, right: Value): Result {
  if (left === null || right === null) return left === right;
  return ownEqual(left, right);
}

/** True only where `==` says so; some libraries take an error for a no. */
export function isEqual(left: Value, right: Value): boolean {
  return ownEqual(left, right) === true;
}

function ownEqual(left: Value, right: Value): Result {
  if (left === null) return right === null;
  switch (typeof left) {
    case 'boolean':
    case 'string':
      return left === right;
    case 'number':
    case 'bigint':
      return numericEqual(left, right);
    default:
      return objectEqual(left, right);
  }
}

function objectEqual(left: object & Value, right: Value): Result {
  if (left instanceof ListValue) return listEqual(left, right);
  if (left instanceof MapValue) return mapEqual(left, right);
  if (left instanceof Uint) return numericEqual(left, right);
  if (left instanceof Uint8Array) return right instanceof Uint8Array && compareBytes(left, right) === 0;
  if (left instanceof Timestamp) return right instanceof Timestamp && left.nanoseconds === right.nanoseconds;
  if (left instanceof Duration) return right instanceof Duration && left.nanoseconds === right.nanoseconds;
  if (left instanceof TypeValue) return right instanceof TypeValue && left.name === right.name;
  if (left instanceof Optional) return optionalEqual(left, right);
  return right instanceof OpaqueValue ? left.equals(right) : NO_SUCH_OVERLOAD;
}

function optionalEqual(left: Optional, right: Value): Result {
  if (!(right instanceof Optional)) return false;
  if (left.value === undefined || right.value === undefined) return left.value === right.value;
  return ownEqual(left.value, right.value);
}

function numericEqual(left: number | bigint | Uint, right: Value): boolean {
  if (typeof right !== 'number' && typeof right !== 'bigint' && !(right instanceof Uint)) return false;
  if (Number.isNaN(left) || Number.isNaN(right)) return false;
  return compareNumbers(left, right) === 0;
}

function listEqual(left: ListValue, right: Value): Result {
  if (!(right instanceof ListValue)) return left.flavor === 'typed' ? NO_SUCH_OVERLOAD : false;
  if (left.size !== right.size) return false;
  let problem: CelError | undefined;
  for (let i = 0; i < left.size; i++) {
    if (left.flavor === 'typed') {
      if (ownEqual(left.at(i), right.at(i)) !== true) return false;
      continue;
    }
    const same = equal(left.at(i), right.at(i));
    if (same === false) return false;
    if (same instanceof CelError) problem ??= same;
  }
  // Upstream's plain list forgets an error between two elements; only a list made with `+` remembers it.
  return left.flavor === 'joined' && problem !== undefined ? problem : true;
}

function mapEqual(left: MapValue, right: Value): Result {
  if (!(right instanceof MapValue)) return left.flavor === 'plain' ? false : NO_SUCH_OVERLOAD;
  if (left.flavor === 'struct' && right.flavor === 'struct' && left.sameStruct !== undefined)
    return left.sameStruct(right);
  if (left.size !== right.size) return false;
  for (const key of left.keys()) {
    const mine = left.find(key)!;
    const theirs = right.find(key);
    if (theirs === undefined) return false;
    if (failed(mine)) return mine;
    if (failed(theirs)) return theirs instanceof CelError && left.flavor !== 'struct' ? false : theirs;
    const same = left.flavor === 'plain' ? equal(mine, theirs) : ownEqual(mine, theirs);
    if (
      left.flavor === 'struct' ? same !== true : same === false || (left.flavor === 'typed' && same !== true)
    )
      return left.flavor === 'struct' ? same : false;
  }
  return true;
}

export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  for (let i = 0; i < left.length && i < right.length; i++)
    if (left[i] !== right[i]) return left[i]! < right[i]! ? -1 : 1;
  return Math.sign(left.length - right.length);
}

type Numeric = number | bigint | Uint;

function isNumeric(value: Value): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Uint;
}

/** Whole numbers exactly, others as doubles (cel-go common/types/compare.go). */
function compareNumbers(left: Numeric, right: Numeric): number {
  const a = left instanceof Uint ? left.value : left;
  const b = right instanceof Uint ? right.value : right;
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  const difference = typeof a === 'number' ? a - Number(b) : Number(a) - (b as number);
  return Math.sign(difference);
}

const NAN = new CelError('NaN values cannot be ordered');

/** Negative, zero or positive; an error where the values have no order. */
export function compare(left: Value, right: Value): number | CelError {
  if (isNumeric(left)) {
    if (Number.isNaN(left)) return NAN;
    if (!isNumeric(right)) return NO_SUCH_OVERLOAD;
    return Number.isNaN(right) ? NAN : compareNumbers(left, right);
  }
  if (typeof left === 'string')
    return typeof right === 'string' ? Math.sign(compareText(left, right)) : NO_SUCH_OVERLOAD;
  if (typeof left === 'boolean')
    return typeof right === 'boolean' ? Number(left) - Number(right) : NO_SUCH_OVERLOAD;
  if (left instanceof Uint8Array)
    return right instanceof Uint8Array ? compareBytes(left, right) : NO_SUCH_OVERLOAD;
  const ordered =
    (left instanceof Timestamp && right instanceof Timestamp) ||
    (left instanceof Duration && right instanceof Duration);
  if (!ordered) return NO_SUCH_OVERLOAD;
  const difference = (left as Duration).nanoseconds - (right as Duration).nanoseconds;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
