import type { Json } from '../json.ts';
import { quantityRefusal } from '../quantity.ts';
import { base64Refusal } from './base64.ts';
import { durationRefusal, RFC3339, RFC3339_MICRO, timeRefusal } from './go-time.ts';

/** True where the decoder takes the value and strict validation has nothing to say; allocates nothing. */
export type Check = (value: Json | undefined) => boolean;

/** Why the decoder refuses a value that is no struct, list or map. */
export interface Refusal {
  readonly kind: 'wrong-type' | 'invalid-value';
  /** `bool`, `number 1.5` … and the Go type it should have been, for a value of a wrong type; a whole sentence otherwise. */
  readonly reason: readonly [found: string, goType: string] | string;
  /** A type's own decoder ends the whole decoding at once; other refusals are kept until the end, and the first is told. */
  readonly immediate: boolean;
}

export interface Scalar {
  readonly check: Check;
  readonly refuse: (value: Json) => Refusal;
}

/** What encoding/json calls a value that it cannot store in a type. */
export function describeJson(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
}

function wrongType(value: Json, goType: string, immediate = false): Refusal {
  return { kind: 'wrong-type', reason: [describeJson(value), goType], immediate };
}

const absent = (value: unknown) => value === null || value === undefined;

/** The scalar that a code of the schema table stands for; undefined for lists and maps. */
export function scalar(code: string, goType: string): Scalar | undefined {
  switch (code) {
    case 'a':
      return { check: () => true, refuse: (value) => wrongType(value, goType) };
    case 's':
      return {
        check: (value) => typeof value === 'string' || absent(value),
        refuse: (value) => wrongType(value, goType || 'string'),
      };
    case 'b':
      return {
        check: (value) => typeof value === 'boolean' || absent(value),
        refuse: (value) => wrongType(value, goType || 'bool'),
      };
    case 'f':
      return {
        check: (value) => typeof value === 'number' || absent(value),
        refuse: (value) => wrongType(value, goType || 'float64'),
      };
    case 'q':
      return {
        check: (value) => absent(value) || quantityRefusal(value!) === undefined,
        refuse: (value) => ({ kind: 'invalid-value', reason: quantityRefusal(value)!, immediate: true }),
      };
    case 'x': {
      const int32 = integer('i32', 'int32', true);
      return { check: (value) => typeof value === 'string' || int32.check(value), refuse: int32.refuse };
    }
    case 't':
      return text((value) => timeRefusal(value, RFC3339), absent);
    case 'm':
      return text((value) => timeRefusal(value, RFC3339_MICRO), absent);
    case 'D':
      return text(durationRefusal, absent);
    case 'd':
      // A Duration that is no pointer reads null as the empty string, and refuses it.
      return text(durationRefusal, (value) => value === undefined);
    case 'y':
      return bytes(goType);
    default:
      return /^[iu][0-9]+$/.test(code) ? integer(code, goType, false) : undefined;
  }
}

function text(refusal: (value: string) => string | undefined, passes: (value: unknown) => boolean): Scalar {
  return {
    check: (value) => passes(value) || (typeof value === 'string' && refusal(value) === undefined),
    refuse: (value) =>
      typeof value === 'string' || value === null
        ? { kind: 'invalid-value', reason: refusal(value ?? '') ?? '', immediate: true }
        : wrongType(value, 'string', true),
  };
}

function integer(code: string, goType: string, immediate: boolean): Scalar {
  const bits = Number(code.slice(1));
  const [least, most] = code[0] === 'u' ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  const check: Check = (value) =>
    typeof value === 'number' ? Number.isInteger(value) && value >= least && value <= most : absent(value);
  return {
    check,
    refuse: (value) =>
      typeof value === 'number'
        ? { kind: 'wrong-type', reason: [`number ${value}`, goType], immediate }
        : wrongType(value, goType, immediate),
  };
}

function bytes(goType: string): Scalar {
  const octet = integer('u8', 'uint8', false);
  return {
    check: (value) =>
      typeof value === 'string'
        ? base64Refusal(value) === undefined
        : absent(value) || (Array.isArray(value) && value.every(octet.check)),
    refuse: (value) => {
      if (typeof value === 'string') {
        return { kind: 'invalid-value', reason: base64Refusal(value)!, immediate: false };
      }
      const odd = Array.isArray(value) ? value.find((item) => !octet.check(item)) : undefined;
      return odd === undefined ? wrongType(value, goType) : octet.refuse(odd);
    },
  };
}
