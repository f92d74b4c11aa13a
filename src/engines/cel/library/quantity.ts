import { parseQuantity, QUANTITY_REFUSALS, Quantity, quantityRefusal } from '../../../kubernetes/quantity.ts';
import type { FunctionTable, Implementation } from '../declarations.ts';
import { inInt64 } from '../time.ts';
import { CelError, NO_SUCH_OVERLOAD, OpaqueValue, type Result, Unknown, type Value } from '../value.ts';

const TYPE = 'kubernetes.Quantity';
const LONGEST_SMALL = 18;
const NANO = -9;
const MAX_SPREAD = 100_000;
const MAX_INT64 = 2n ** 63n - 1n;

class CelQuantity extends OpaqueValue {
  readonly typeName = TYPE;
  readonly amount: Quantity;
  /** Kept as an int64 and a power of ten, not as a decimal of any length: only those can be an integer. */
  readonly isSmall: boolean;
  /** True for sums and differences: upstream makes pointers of them, which it cannot compare with `==`. */
  readonly isPointer: boolean;

  constructor(amount: Quantity, isSmall: boolean, isPointer = false) {
    super();
    this.amount = amount;
    this.isSmall = isSmall;
    this.isPointer = isPointer;
  }

  override equals(other: OpaqueValue): Result {
    if (!(other instanceof CelQuantity) || other.isPointer) return NO_SUCH_OVERLOAD;
    return this.amount.compare(other.amount) === 0;
  }
}

const PARTS = /^[+-]?0*([0-9]*)(?:\.([0-9]*))?([KMGTPE]i)?/;
const BINARY = 'KMGTPE';

/** `resource.ParseQuantity`, which takes no spaces where the decoder of JSON does; a text is the error. */
function parse(text: string): CelQuantity | string {
  const refusal = /^[\x21-\x7e]+$/.test(text) ? quantityRefusal(text) : QUANTITY_REFUSALS.format;
  if (refusal !== undefined) return refusal;
  const amount = parseQuantity(text)!;
  const [, digits = '', fraction = '', suffix] = PARTS.exec(text)!;
  const length = Math.max(digits.length, 1);
  const power = suffix === undefined ? 0 : (BINARY.indexOf(suffix[0]!) + 1) * 10;
  const precision = 15 - length - Math.trunc((power * 3) / 10) - 1;
  const isSmall =
    suffix === undefined
      ? length + fraction.length <= LONGEST_SMALL && amount.exponent >= NANO
      : fraction === '' && precision >= 0;
  return new CelQuantity(isSmall ? amount : inBillionths(amount), isSmall);
}

/**
 * Upstream rounds what is not small to billionths, and computes its double from those; the largest amount of
 * all, to which others are cut, stays as it is.
 */
function inBillionths(amount: Quantity): Quantity {
  const { unscaled, exponent, format } = amount;
  const isCut =
    format === 'BinarySI' && exponent === 0 && (unscaled === MAX_INT64 || unscaled === -MAX_INT64);
  if (isCut || unscaled === 0n || exponent <= NANO || exponent > MAX_SPREAD) return amount;
  return new Quantity(unscaled * 10n ** BigInt(exponent - NANO), NANO, format);
}

function sum(a: CelQuantity, b: CelQuantity, sign: bigint): Result {
  if (a.isSmall && b.isSmall) {
    // Upstream negates an int64, and the smallest one has no opposite.
    const unscaled = BigInt.asIntN(64, b.amount.unscaled * sign);
    const other = new Quantity(unscaled, b.amount.exponent, b.amount.format);
    if (a.amount.isZero()) return new CelQuantity(other, true, true);
    if (other.isZero()) return new CelQuantity(a.amount, true, true);
    const [left, right, exponent] = aligned(a.amount, other) ?? [];
    if (exponent !== undefined && [left!, right!, left! + right!].every(inInt64))
      return new CelQuantity(new Quantity(left! + right!, exponent, a.amount.format), true, true);
  }
  const parts = aligned(a.amount, b.amount);
  if (parts === undefined) return new Unknown('too-large');
  return new CelQuantity(new Quantity(parts[0] + parts[1] * sign, parts[2], a.amount.format), false, true);
}

/** Both amounts in units of the smaller power of ten; undefined where that would be too many digits. */
function aligned(a: Quantity, b: Quantity): [left: bigint, right: bigint, exponent: number] | undefined {
  if (Math.abs(a.exponent - b.exponent) > MAX_SPREAD) return undefined;
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = ({ unscaled, exponent: own }: Quantity) => unscaled * 10n ** BigInt(own - exponent);
  return [scaled(a), scaled(b), exponent];
}

/** `Quantity.AsInt64`: only of what is kept small and was written without a fraction. */
function asInt64({ amount, isSmall }: CelQuantity): bigint | undefined {
  if (!isSmall || amount.exponent < 0) return undefined;
  if (amount.isZero()) return 0n;
  const value =
    amount.exponent > LONGEST_SMALL ? undefined : amount.unscaled * 10n ** BigInt(amount.exponent);
  return value !== undefined && inInt64(value) ? value : undefined;
}

const of = (value: Value | undefined): CelQuantity => value as CelQuantity;

/** apiserver pkg/cel/library/quantity.go. */
export function addQuantity(table: FunctionTable): void {
  table.add('string_to_quantity', `quantity(string): ${TYPE}`, (text) => {
    const quantity = parse(text as string);
    return typeof quantity === 'string' ? new CelError(quantity) : quantity;
  });
  table.add(
    'is_quantity_string',
    'isQuantity(string): bool',
    (text) => typeof parse(text as string) !== 'string',
  );
  table.add('quantity_sign', `sign(${TYPE}): int`, (value) => BigInt(of(value).amount.sign()));
  const compared =
    (answer: (order: number) => boolean | bigint): Implementation =>
    (a, b) =>
      answer(of(a).amount.compare(of(b).amount));
  const holds = { isGreaterThan: 1, isLessThan: -1 };
  for (const [name, wanted] of Object.entries(holds))
    table.add(
      name === 'isLessThan' ? 'quantity_is_less_than' : 'quantity_is_greater_than',
      `${TYPE}.${name}(${TYPE}): bool`,
      compared((order) => order === wanted),
    );
  table.add(
    'quantity_compare_to',
    `${TYPE}.compareTo(${TYPE}): int`,
    compared((order) => BigInt(order)),
  );
  table.add('quantity_get_float', `${TYPE}.asApproximateFloat(): double`, (value) => {
    const { unscaled, exponent } = of(value).amount;
    return exponent === 0 ? Number(unscaled) : Number(unscaled) * Number(`1e${exponent}`);
  });
  table.add(
    'quantity_get_int',
    `${TYPE}.asInteger(): int`,
    (value) => asInt64(of(value)) ?? new CelError('cannot convert value to integer'),
  );
  table.add('quantity_is_integer', `${TYPE}.isInteger(): bool`, (value) => asInt64(of(value)) !== undefined);
  for (const [name, sign] of Object.entries({ add: 1n, sub: -1n })) {
    table.add(`quantity_${name}`, `${TYPE}.${name}(${TYPE}): ${TYPE}`, (a, b) => sum(of(a), of(b), sign));
    table.add(`quantity_${name}_int`, `${TYPE}.${name}(int): ${TYPE}`, (a, b) =>
      sum(of(a), new CelQuantity(new Quantity(b as bigint, 0, 'DecimalExponent'), true), sign),
    );
  }
}
