import type { Json, JsonObject } from '../../../../kubernetes/json.ts';
import type { Protocol } from '../../ports.ts';

const NUMBERS: ReadonlyMap<number, Protocol> = new Map([
  [6, 'TCP'],
  [17, 'UDP'],
  [132, 'SCTP'],
]);

/** A protocol by its name or its number of IANA; undefined for those that policies do not speak of. */
export function protocolOf(value: Json | undefined): Protocol | undefined {
  if (typeof value === 'number') return NUMBERS.get(value);
  if (typeof value !== 'string') return undefined;
  const name = value.toUpperCase();
  return name === 'TCP' || name === 'UDP' || name === 'SCTP' ? name : NUMBERS.get(Number(value));
}

/** A port, which protobuf writes as a number and others as a text. */
export function portOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 && number < 65_536
    ? number
    : undefined;
}

export function countOf(value: Json | undefined): number {
  const number = Number(value ?? 1);
  return Number.isFinite(number) && number >= 1 ? Math.floor(number) : 1;
}

/** RFC 3339, or seconds since 1970. */
export function timeOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{9,13}(?:\.\d+)?$/.test(value))) {
    const number = Number(value);
    return number > 1e11 ? Math.floor(number) : Math.floor(number * 1000);
  }
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** The first field of these names that holds something. */
export function first(object: JsonObject, ...names: readonly string[]): Json | undefined {
  for (const name of names) {
    const value = object[name];
    if (value !== undefined && value !== null && value !== '' && value !== '-') return value;
  }
  return undefined;
}

export function firstText(object: JsonObject, ...names: readonly string[]): string | undefined {
  const value = first(object, ...names);
  return typeof value === 'string' ? value : undefined;
}
