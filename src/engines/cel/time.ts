import { plainDecimal } from '../../kubernetes/go-text.ts';
import { CelError, Duration, type Result, Timestamp } from './value.ts';

export const SECOND = 1_000_000_000n;
const MIN_SECONDS = -62_135_596_800n;
const MAX_SECONDS = 253_402_300_799n;
const MAX_INT64 = 2n ** 63n - 1n;

export const TIMESTAMP_OVERFLOW = new CelError('timestamp overflow');
export const INT_OVERFLOW = new CelError('integer overflow');

export function inInt64(value: bigint): boolean {
  return value <= MAX_INT64 && value >= -MAX_INT64 - 1n;
}

/** Rounds down, where bigint division rounds to zero. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

export function unixSeconds(time: Timestamp): bigint {
  return floorDivide(time.nanoseconds, SECOND);
}

export function checkedTimestamp(nanoseconds: bigint, offset = 0): Result {
  const seconds = floorDivide(nanoseconds, SECOND);
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) return TIMESTAMP_OVERFLOW;
  return new Timestamp(nanoseconds, offset);
}

export function checkedDuration(nanoseconds: bigint): Result {
  return inInt64(nanoseconds) ? new Duration(nanoseconds) : INT_OVERFLOW;
}

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** `time.Parse(time.RFC3339, text)`; undefined where Go refuses it. */
export function parseTimestamp(text: string): { nanoseconds: bigint; offset: number } | undefined {
  const parts = RFC3339.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const zoneHours = Number(parts[9] ?? 0);
  const zoneMinutes = Number(parts[10] ?? 0);
  if (zoneHours > 24 || zoneMinutes > 60) return undefined;
  const offset = (zoneHours * 3600 + zoneMinutes * 60) * (parts[8] === '-' ? -1 : 1);
  const days = daysFromEpoch(year, month, day);
  const seconds = BigInt(days) * 86_400n + BigInt(hour * 3600 + minute * 60 + second - offset);
  const fraction = BigInt((parts[7] ?? '').slice(0, 9).padEnd(9, '0'));
  return { nanoseconds: seconds * SECOND + fraction, offset };
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysIn(year: number, month: number): number {
  return month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function daysFromEpoch(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.round(date.getTime() / 86_400_000);
}

/** `time.RFC3339Nano`. */
export function formatTimestamp(time: Timestamp): string {
  const local = time.nanoseconds + BigInt(time.offset) * SECOND;
  const seconds = floorDivide(local, SECOND);
  const fraction = local - seconds * SECOND;
  const date = new Date(Number(seconds) * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${String(date.getUTCFullYear()).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const digits = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
  if (time.offset === 0) return `${day}T${clock}${digits}Z`;
  const minutes = Math.trunc(Math.abs(time.offset) / 60);
  const zone = `${time.offset < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
  return `${day}T${clock}${digits}${zone}`;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
};
const DURATION_PART = /^(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/;

/** `time.ParseDuration`; undefined where Go refuses it. */
export function parseDuration(text: string): Duration | undefined {
  const negative = text.startsWith('-');
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return new Duration(0n);
  if (rest === '') return undefined;
  let total = 0n;
  while (rest !== '') {
    const part = DURATION_PART.exec(rest);
    if (part === null || (part[1] === '' && !part[2])) return undefined;
    const unit = UNITS[part[3]!]!;
    const fraction = part[2] ?? '';
    total += BigInt(part[1] || 0) * unit;
    // Go computes the fraction in a double and cuts it off.
    if (fraction !== '') total += scaledFraction(fraction, unit);
    rest = rest.slice(part[0].length);
    if (total > MAX_INT64 + 1n) return undefined;
  }
  if (negative) return new Duration(-total);
  return total > MAX_INT64 ? undefined : new Duration(total);
}

function scaledFraction(digits: string, unit: bigint): bigint {
  const kept = digits.slice(0, 18);
  return BigInt(Math.trunc(Number(kept) * (Number(unit) / 10 ** kept.length)));
}

/** `Duration.Seconds()`: whole seconds and the rest are added as doubles. */
export function durationSeconds(duration: Duration): number {
  return Number(duration.nanoseconds / SECOND) + Number(duration.nanoseconds % SECOND) / 1e9;
}

export function formatDuration(duration: Duration): string {
  return `${plainDecimal(durationSeconds(duration))}s`;
}

/** `time.Duration.String`. */
export function durationText({ nanoseconds }: Duration): string {
  if (nanoseconds === 0n) return '0s';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const sign = nanoseconds < 0n ? '-' : '';
  if (size < SECOND) {
    const [unit, name] = size < 1000n ? [1n, 'ns'] : size < 1_000_000n ? [1000n, 'µs'] : [1_000_000n, 'ms'];
    return `${sign}${decimal(size, unit as bigint)}${name}`;
  }
  const minutes = size / (60n * SECOND);
  const seconds = `${decimal(size % (60n * SECOND), SECOND)}s`;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return `${sign}${hours === 0n ? '' : `${hours}h`}${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, unit: bigint): string {
  const fraction = String(value % unit)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(value / unit) : `${value / unit}.${fraction}`;
}

/** A moment on the calendar and clock of a zone. */
export interface Calendar {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly yearDay: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

export function calendarAt(time: Timestamp, offsetSeconds: number): Calendar {
  const local = time.nanoseconds + BigInt(offsetSeconds) * SECOND;
  const seconds = floorDivide(local, SECOND);
  const date = new Date(Number(seconds) * 1000);
  const start = new Date(date);
  start.setUTCMonth(0, 1);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    yearDay: Math.round((date.setUTCHours(0, 0, 0, 0) - start.setUTCHours(0, 0, 0, 0)) / 86_400_000),
    hour: Number((((seconds % 86_400n) + 86_400n) % 86_400n) / 3600n),
    minute: Number((((seconds % 3600n) + 3600n) % 3600n) / 60n),
    second: Number(((seconds % 60n) + 60n) % 60n),
    millisecond: Number((local - seconds * SECOND) / 1_000_000n),
  };
}
