import { asObject, type Json, type JsonObject } from '../json.ts';

/** Go's `len(x) == 0`: absent, null, or without an entry. */
export function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** The labels of a template, as far as it has any: upstream asks for a map that is not nil. */
export function labelsOf(template: JsonObject | undefined): JsonObject | undefined {
  return asObject(asObject(template?.['metadata'])?.['labels']);
}
