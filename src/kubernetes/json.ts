/** A JSON value as `encoding/json` decodes it into `interface{}`; the form in which every object travels. */
export type Json = string | number | boolean | null | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asObject(value: Json | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

export function asArray(value: Json | undefined): Json[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** The items of a list, each at its place: what is no object counts as an empty one. */
export function asObjects(value: Json | undefined): JsonObject[] {
  const items = asArray(value);
  return items === undefined ? [] : items.map((item) => asObject(item) ?? {});
}

/** The objects of a list, without its other items. */
export function objectsIn(value: Json | undefined): JsonObject[] {
  return (asArray(value) ?? []).filter(isObject);
}

export function asString(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function asBoolean(value: Json | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

export function asNumber(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
