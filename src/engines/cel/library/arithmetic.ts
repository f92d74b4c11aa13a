import type { Implementation } from '../declarations.ts';
import { checkedDuration, checkedTimestamp, INT_OVERFLOW, inInt64 } from '../time.ts';
import {
  CelError,
  Duration,
  GrowingList,
  Items,
  ListValue,
  NO_SUCH_OVERLOAD,
  type Result,
  Timestamp,
  Uint,
  type Value,
} from '../value.ts';

const UINT_OVERFLOW = new CelError('unsigned integer overflow');
const DIVISION_BY_ZERO = new CelError('division by zero');
const MODULUS_BY_ZERO = new CelError('modulus by zero');
const MAX_UINT = 2n ** 64n - 1n;

const asInt = (value: bigint): Result => (inInt64(value) ? value : INT_OVERFLOW);
const asUint = (value: bigint): Result =>
  value >= 0n && value <= MAX_UINT ? new Uint(value) : UINT_OVERFLOW;

interface Arithmetic {
  readonly whole: (a: bigint, b: bigint) => bigint;
  readonly double?: (a: number, b: number) => number;
  readonly byZero?: CelError;
}

/** An operator on two numbers of one type; `other` answers for everything else. */
function arithmetic({ whole, double, byZero }: Arithmetic, other: Implementation): Implementation {
  return (a, b) => {
    if (typeof a === 'bigint' && typeof b === 'bigint')
      return byZero !== undefined && b === 0n ? byZero : asInt(whole(a, b));
    if (a instanceof Uint && b instanceof Uint)
      return byZero !== undefined && b.value === 0n ? byZero : asUint(whole(a.value, b.value));
    if (double !== undefined && typeof a === 'number' && typeof b === 'number') return double(a, b);
    return other(a!, b!);
  };
}

const refused: Implementation = () => NO_SUCH_OVERLOAD;

export const add = arithmetic({ whole: (a, b) => a + b, double: (a, b) => a + b }, (a, b) =>
  addOthers(a!, b!),
);

function addOthers(a: Value, b: Value): Result {
  if (typeof a === 'string') return typeof b === 'string' ? a + b : NO_SUCH_OVERLOAD;
  if (a instanceof ListValue) return b instanceof ListValue ? joinLists(a, b) : NO_SUCH_OVERLOAD;
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    const joined = new Uint8Array(a.length + b.length);
    joined.set(a);
    joined.set(b, a.length);
    return joined;
  }
  if (a instanceof Duration && b instanceof Duration) return checkedDuration(a.nanoseconds + b.nanoseconds);
  if (a instanceof Duration && b instanceof Timestamp) return addOthers(b, a);
  if (a instanceof Timestamp && b instanceof Duration)
    return checkedTimestamp(a.nanoseconds + b.nanoseconds, a.offset);
  return NO_SUCH_OVERLOAD;
}

/** Two lists as one without a copy: a chain of sums may stand for far more elements than there is memory. */
class JoinedList extends ListValue {
  readonly flavor = 'joined';
  readonly size: number;
  readonly #left: ListValue;
  readonly #right: ListValue;

  constructor(left: ListValue, right: ListValue) {
    super();
    this.#left = left;
    this.#right = right;
    this.size = left.size + right.size;
  }

  override at(index: number): Value {
    return index < this.#left.size ? this.#left.at(index) : this.#right.at(index - this.#left.size);
  }
}

function joinLists(a: ListValue, b: ListValue): ListValue {
  if (a instanceof GrowingList) {
    for (const item of b) a.items.push(item);
    return a;
  }
  if (a.flavor === 'typed') return new Items([...a, ...b]);
  if (a.size === 0) return b;
  return b.size === 0 ? a : new JoinedList(a, b);
}

export const subtract = arithmetic({ whole: (a, b) => a - b, double: (a, b) => a - b }, (a, b) => {
  if (a instanceof Duration)
    return b instanceof Duration ? checkedDuration(a.nanoseconds - b.nanoseconds) : NO_SUCH_OVERLOAD;
  if (!(a instanceof Timestamp)) return NO_SUCH_OVERLOAD;
  if (b instanceof Duration) return checkedTimestamp(a.nanoseconds - b.nanoseconds, a.offset);
  return b instanceof Timestamp ? checkedDuration(a.nanoseconds - b.nanoseconds) : NO_SUCH_OVERLOAD;
});

export const multiply = arithmetic({ whole: (a, b) => a * b, double: (a, b) => a * b }, refused);

export const divide = arithmetic(
  { whole: (a, b) => a / b, double: (a, b) => a / b, byZero: DIVISION_BY_ZERO },
  refused,
);

const remainder = arithmetic({ whole: (a, b) => a % b, byZero: MODULUS_BY_ZERO }, refused);

/** The one remainder that overflows in Go, as its quotient would. */
export const modulo: Implementation = (a, b) =>
  a === -(2n ** 63n) && b === -1n ? INT_OVERFLOW : remainder(a!, b!);

export const negate: Implementation = (value) => {
  if (typeof value === 'bigint') return asInt(-value);
  if (typeof value === 'number') return -value;
  if (!(value instanceof Duration)) return NO_SUCH_OVERLOAD;
  return inInt64(-value.nanoseconds) ? new Duration(-value.nanoseconds) : INT_OVERFLOW;
};

export function toInt(value: Value): Result {
  if (typeof value === 'number')
    return value > -(2 ** 63) && value < 2 ** 63 ? BigInt(Math.trunc(value)) : INT_OVERFLOW;
  return asInt((value as Uint).value);
}

export function toUint(value: Value): Result {
  if (typeof value === 'number')
    return value >= 0 && value < 2 ** 64 ? new Uint(BigInt(Math.trunc(value))) : UINT_OVERFLOW;
  return asUint(value as bigint);
}
