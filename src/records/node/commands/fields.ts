import { asObject, type JsonObject } from '../../../kubernetes/json.ts';
import { oneLine } from '../text.ts';

/** A text, or a number as text; empty for all else. */
export function textOf(object: JsonObject | undefined, key: string): string {
  const value = object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? oneLine(value) : '';
}

export function objectOf(object: JsonObject | undefined, key: string): JsonObject | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? asObject(object[key]) : undefined;
}

/** A number that fits the column `code`; -1 for all else. */
export function codeOf(value: unknown): number {
  const number = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && Math.abs(number) < 2 ** 31 ? number : -1;
}

/** The host of `192.0.2.1:5022` and `[2001:db8::1]:5022`. */
export function hostOf(address: string): string {
  const bracket = /^\[([^\]]{1,64})\](?::\d{1,5})?$/.exec(address);
  if (bracket !== null) return bracket[1]!;
  return /^[^:]{1,255}:\d{1,5}$/.test(address) ? address.slice(0, address.indexOf(':')) : address;
}
