import { isObject, type Json, type JsonObject } from './json.ts';

/** The tools of defaulting: every function returns its argument itself where nothing changes, else a copy. */

export type Change = (object: JsonObject) => JsonObject;
export type Defaults = Readonly<Record<string, string | number | boolean>>;

/** A non-pointer field of a Go struct is unset where it is its type's zero value. */
export function fillValues(defaults: Defaults): Change {
  return fill(defaults, (value, preset) => !hasType(value, preset) || value === '' || value === 0);
}

/** A pointer field of a Go struct is unset only where it is absent or null. */
export function fillPointers(defaults: Defaults): Change {
  return fill(defaults, (value, preset) => !hasType(value, preset));
}

/** The same for fields that take several JSON types, and for objects and lists. */
export function fillAbsent(defaults: Readonly<Record<string, Json>>): Change {
  return fill(defaults, (value) => value === undefined || value === null);
}

function hasType(value: Json | undefined, preset: Json): boolean {
  return typeof value === typeof preset;
}

function fill(
  defaults: Readonly<Record<string, Json>>,
  isUnset: (value: Json | undefined, preset: Json) => boolean,
): Change {
  const entries = Object.entries(defaults);
  return (object) => {
    let result = object;
    for (const [field, preset] of entries) {
      if (!isUnset(object[field], preset)) continue;
      if (result === object) result = { ...object };
      result[field] = preset;
    }
    return result;
  };
}

export function inOrder(...changes: readonly Change[]): Change {
  return (object) => changes.reduce((result, change) => change(result), object);
}

/** Changes the object in a field, where there is one. */
export function inField(field: string, change: Change): Change {
  return (object) => {
    const value = object[field];
    if (!isObject(value)) return object;
    const changed = change(value);
    return changed === value ? object : { ...object, [field]: changed };
  };
}

/** Changes each object of the list in a field. */
export function inItems(field: string, change: Change): Change {
  return (object) => {
    const value = object[field];
    const changed = changeItems(value, change);
    return changed === value ? object : { ...object, [field]: changed };
  };
}

/** Changes each object of a list; a null element is an empty object, as Go decodes it into a struct. */
export function changeItems(list: Json | undefined, change: Change): Json | undefined {
  if (!Array.isArray(list)) return list;
  let result = list;
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    if (item !== null && !isObject(item)) continue;
    const changed = change(item ?? {});
    if (changed === item) continue;
    if (result === list) result = list.slice();
    result[index] = changed;
  }
  return result;
}
