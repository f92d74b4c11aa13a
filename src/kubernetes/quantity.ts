import type { Json } from './json.ts';

/** How a quantity was written, which decides how it is written again (resource.Format). */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** Why a text is no quantity: the errors of ParseQuantity, in upstream's words. */
export const QUANTITY_REFUSALS = {
  format: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  numeric: 'unable to parse numeric part of quantity',
  suffix: "unable to parse quantity's suffix",
} as const;

export type QuantityRefusal = (typeof QUANTITY_REFUSALS)[keyof typeof QUANTITY_REFUSALS];

interface Suffix {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

const SUFFIXES = new Map<string, Suffix>([
  ...(['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const).map(
    (name, i) => [name, { base: 10, exponent: i * 3 - 9, format: 'DecimalSI' }] as const,
  ),
  ...(['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const).map(
    (name, i) => [name, { base: 2, exponent: (i + 1) * 10, format: 'BinarySI' }] as const,
  ),
]);
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const MAX_INT64 = 2n ** 63n - 1n;
const NANO = -9;

/**
 * An amount of a resource in its own unit: bytes for memory and storage, cores for cpu, a count otherwise.
 * The value is exact: `unscaled` × 10^`exponent`. Source: apimachinery pkg/api/resource.
 */
export class Quantity {
  readonly unscaled: bigint;
  readonly exponent: number;
  readonly format: QuantityFormat;
  readonly #written: string | undefined;

  constructor(unscaled: bigint, exponent: number, format: QuantityFormat, written?: string) {
    this.unscaled = unscaled;
    this.exponent = exponent;
    this.format = format;
    this.#written = written;
  }

  isZero(): boolean {
    return this.unscaled === 0n;
  }

  sign(): -1 | 0 | 1 {
    return this.unscaled === 0n ? 0 : this.unscaled < 0n ? -1 : 1;
  }

  /** Negative, zero or positive as this is less than, equal to or greater than `other`; exact. */
  compare(other: Quantity): -1 | 0 | 1 {
    const sign = this.sign();
    if (sign !== other.sign() || sign === 0) return Math.sign(sign - other.sign()) as -1 | 0 | 1;
    // Equal magnitudes first, so that exponents such as e999999999 never have to be written out.
    const magnitude = this.#digits() + this.exponent - other.#digits() - other.exponent;
    if (magnitude !== 0) return (magnitude > 0 ? sign : -sign) as -1 | 1;
    const shift = this.exponent - other.exponent;
    const left = shift > 0 ? this.unscaled * 10n ** BigInt(shift) : this.unscaled;
    const right = shift < 0 ? other.unscaled * 10n ** BigInt(-shift) : other.unscaled;
    return left === right ? 0 : left < right ? -1 : 1;
  }

  /** The nearest double, in the quantity's own unit (bytes, cores, a count). */
  toNumber(): number {
    return Number(`${this.unscaled}e${this.exponent}`);
  }

  /** The canonical form, as the API server would write it back (Quantity.String). */
  toString(): string {
    if (this.#written !== undefined) return this.#written;
    if (this.unscaled === 0n) return '0';
    if (this.format === 'BinarySI' && this.exponent >= NANO && this.exponent <= 18) {
      const whole = wholePart(this.unscaled, this.exponent);
      if (whole !== undefined && (whole >= 1024n || whole <= -1024n)) {
        const [amount, times] = withoutFactors(whole, 1024n);
        return `${amount}${BINARY_SUFFIXES[times] ?? ''}`;
      }
    }
    let [amount, times] = withoutFactors(this.unscaled, 10n);
    let exponent = this.exponent + times;
    for (; exponent % 3 !== 0; exponent--) amount *= 10n;
    if (this.format === 'DecimalExponent') return exponent === 0 ? `${amount}` : `${amount}e${exponent}`;
    return `${amount}${DECIMAL_SUFFIXES[exponent / 3 + 3] ?? ''}`;
  }

  #digits(): number {
    return String(this.unscaled).length - (this.unscaled < 0n ? 1 : 0);
  }
}

/**
 * Reads a quantity as Kubernetes does (Quantity.UnmarshalJSON): strings and JSON numbers, null is zero;
 * undefined where there is no value or upstream refuses it. `quantityRefusal` tells why.
 */
export function parseQuantity(value: Json | undefined): Quantity | undefined {
  const read = value === undefined ? undefined : readQuantity(value);
  return read instanceof Quantity ? read : undefined;
}

/** Why upstream refuses `value` as a quantity, undefined where it accepts it. Usual forms cost no allocation. */
export function quantityRefusal(value: Json): QuantityRefusal | undefined {
  if (typeof value === 'string' && USUAL.test(value)) return undefined;
  const read = readQuantity(value);
  return read instanceof Quantity ? undefined : read;
}

const USUAL = /^[0-9]{1,15}(?:[numkMGTPE]|[KMGTPE]i)?$/;
const PARTS = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;
// strings.TrimSpace, less what JSON escapes: upstream looks at the raw JSON text, where a tab is `\t`.
const SPACE =
  /^[ \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[ \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;

function readQuantity(value: Json): Quantity | QuantityRefusal {
  if (value === null) return new Quantity(0n, 0, 'DecimalSI');
  if (typeof value === 'number') return parseText(String(value));
  if (typeof value === 'string') return parseText(value.replace(SPACE, ''));
  return QUANTITY_REFUSALS.format;
}

function parseText(text: string): Quantity | QuantityRefusal {
  const parts = text === '' ? null : PARTS.exec(text);
  if (parts === null) return QUANTITY_REFUSALS.format;
  const suffix = readSuffix(parts[4]!);
  if (suffix === undefined) return QUANTITY_REFUSALS.suffix;
  const negative = parts[1] === '-';
  const whole = parts[2]!.replace(/^0+/, '') || '0';
  const fraction = parts[3] ?? '';
  const digits = whole + fraction;

  // Upstream keeps the text of a short number that is canonical already (or looks so): the same test here.
  if (suffix.base === 10) {
    const exponent = suffix.exponent - fraction.length;
    if (digits.length <= 18 && exponent >= NANO) {
      const unscaled = BigInt(digits);
      const canonical = exponent % 3 === 0 && !digits.endsWith('000') && digits[0] !== '0';
      return new Quantity(
        negative ? -unscaled : unscaled,
        exponent,
        suffix.format,
        canonical ? text : undefined,
      );
    }
  } else if (fraction === '' && 14 - digits.length - Math.trunc((suffix.exponent * 3) / 10) >= 0) {
    const unscaled = BigInt(digits);
    const scaled = unscaled << BigInt(suffix.exponent);
    const written = (unscaled & 7n) !== 0n ? text : undefined;
    return new Quantity(negative ? -scaled : scaled, 0, suffix.format, written);
  }

  if (parts[2] === '' && fraction === '') return QUANTITY_REFUSALS.numeric;
  let unscaled = BigInt(digits);
  let exponent = -fraction.length;
  let format = suffix.format;
  if (suffix.base === 10) exponent += suffix.exponent;
  else unscaled <<= BigInt(suffix.exponent);
  if (exponent < NANO && unscaled !== 0n) {
    unscaled = dividedUp(unscaled, NANO - exponent);
    exponent = NANO;
  }
  if (format === 'BinarySI') {
    const one = 10n ** BigInt(Math.max(-exponent, 0));
    if (unscaled > MAX_INT64 * one) [unscaled, exponent] = [MAX_INT64, 0];
    else if (unscaled < one && unscaled > 0n) format = 'DecimalSI';
  }
  return new Quantity(negative ? -unscaled : unscaled, exponent, format);
}

function readSuffix(text: string): Suffix | undefined {
  const known = SUFFIXES.get(text);
  if (known !== undefined) return known;
  if (!/^[eE][+-]?[0-9]+$/.test(text)) return undefined;
  const exponent = BigInt(text.slice(text[1] === '+' ? 2 : 1));
  if (exponent > MAX_INT64 || exponent < -MAX_INT64 - 1n) return undefined;
  // Upstream narrows the exponent to int32, so that 1e4294967296 is 1.
  return { base: 10, exponent: Number(BigInt.asIntN(32, exponent)), format: 'DecimalExponent' };
}

/** `value` ÷ 10^`places`, rounded away from zero: who asks for a little gets a little. */
function dividedUp(value: bigint, places: number): bigint {
  if (places > String(value).length) return 1n;
  const divisor = 10n ** BigInt(places);
  return (value + divisor - 1n) / divisor;
}

function wholePart(unscaled: bigint, exponent: number): bigint | undefined {
  if (exponent >= 0) return unscaled * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  return unscaled % divisor === 0n ? unscaled / divisor : undefined;
}

function withoutFactors(value: bigint, factor: bigint): [bigint, number] {
  let times = 0;
  for (; value % factor === 0n; times++) value /= factor;
  return [value, times];
}
