import { isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';

/** Fields of JSONSchemaProps (apiextensions/v1) that hold schemas by name, one schema, or a list of them. */
const NAMED = new Set(['properties', 'patternProperties', 'definitions', 'dependencies']);
const NESTED = new Set([
  'items',
  'additionalProperties',
  'additionalItems',
  'not',
  'allOf',
  'anyOf',
  'oneOf',
]);
/** What users write freely: a zero there is a value. */
const VERBATIM = new Set(['default', 'example', 'enum']);
/** Pointers in Go, whose zero differs from none; so do numbers. */
const POINTERS = new Set(['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-map-type']);

/** A schema as the API server stores it: fields that hold the zero of their Go type are dropped. */
export function schemaForm(schema: JsonObject): JsonObject {
  const kept: [string, Json | undefined][] = [];
  for (const [field, value] of Object.entries(schema)) {
    const form = formOf(field, value);
    if (form !== undefined) kept.push([field, form]);
  }
  return Object.fromEntries(kept);
}

function formOf(field: string, value: Json | undefined): Json | undefined {
  if (value === null || value === undefined) return undefined;
  if (VERBATIM.has(field) || POINTERS.has(field)) return value;
  if (value === '' || value === false) return NESTED.has(field) ? value : undefined;
  if (NAMED.has(field) && isObject(value)) {
    const entries = Object.entries(value).map(([name, each]) => [
      name,
      isObject(each) ? schemaForm(each) : each,
    ]);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return undefined;
    return NESTED.has(field) ? value.map((each) => (isObject(each) ? schemaForm(each) : each)) : value;
  }
  return NESTED.has(field) && isObject(value) ? schemaForm(value) : value;
}
