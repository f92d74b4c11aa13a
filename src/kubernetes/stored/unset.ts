import { isObject, type Json } from '../json.ts';
import { parseQuantity } from '../quantity.ts';
import type { StoredField, StoredType } from './types.ts';

/** Whether a field's value is stored as if the field were absent: null, an empty list or map, a zero value that is no pointer. */
export function isUnset(value: Json | undefined, field: StoredField): boolean {
  if (value === undefined || value === null) return true;
  const { type, isPointer } = field;
  if (type.kind === 'list') return Array.isArray(value) && value.length === 0;
  if (type.kind === 'map') return isObject(value) && Object.keys(value).length === 0;
  if (isPointer) return false;
  return type.kind === 'scalar' && isZero(value, type.code);
}

const ZERO_TIME = '0001-01-01T00:00:00Z';

function isZero(value: Json, code: string): boolean {
  switch (code[0]) {
    case 's':
      return value === '';
    case 'b':
      return value === false;
    case 'i':
    case 'u':
    case 'f':
    case 'x':
      return value === 0;
    case 'q':
      return parseQuantity(value)?.isZero() ?? false;
    case 't':
    case 'm':
      return value === ZERO_TIME;
    case 'y':
      return value === '' || (Array.isArray(value) && value.length === 0);
    default:
      return false;
  }
}

/** Whether two values of a scalar type are the same once stored: amounts by their value, bytes and times whatever their notation. */
export function isSameScalar(a: Json, b: Json, code: string): boolean {
  if (a === b) return true;
  switch (code[0]) {
    case 'q': {
      const left = parseQuantity(a);
      const right = parseQuantity(b);
      return left !== undefined && right !== undefined && left.compare(right) === 0;
    }
    case 't':
      return typeof a === 'string' && typeof b === 'string' && seconds(a) === seconds(b);
    case 'y':
      return typeof a === 'string' && typeof b === 'string' && bytes(a) === bytes(b);
    case 'a':
      return isSameJson(a, b);
    default:
      return isZeroOrNull(a, code) && isZeroOrNull(b, code);
  }
}

function isZeroOrNull(value: Json, code: string): boolean {
  return value === null || isZero(value, code);
}

/** Times are stored to the second. */
function seconds(text: string): number | string {
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? text : Math.floor(milliseconds / 1000);
}

const UNUSED_BITS = /([A-Za-z0-9+/])(==?)$/;
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 without line breaks and with its unused bits cleared, as Go writes it again. */
function bytes(text: string): string {
  return text.replace(/[\r\n]/g, '').replace(UNUSED_BITS, (_, last: string, padding: string) => {
    const mask = padding.length === 2 ? 0b110000 : 0b111100;
    return `${DIGITS[DIGITS.indexOf(last) & mask]}${padding}`;
  });
}

/** Equal as JSON; an absent entry and a null one are the same. */
export function isSameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (a === null || a === undefined || b === null || b === undefined) {
    return (a ?? undefined) === (b ?? undefined);
  }
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSameJson(item, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  for (const key of Object.keys(a)) if (!isSameJson(a[key], own(b, key))) return false;
  return Object.keys(b).every((key) => Object.hasOwn(a, key) || isSameJson(undefined, b[key]));
}

export function own(object: { readonly [key: string]: Json | undefined }, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Go's zero value where a list or a map holds null. */
export function zeroOf(type: StoredType): Json {
  switch (type.kind) {
    case 'struct':
    case 'map':
      return {};
    case 'list':
      return [];
    case 'scalar':
      return type.code[0] === 's' || type.code[0] === 'y' ? '' : type.code[0] === 'b' ? false : null;
  }
}
