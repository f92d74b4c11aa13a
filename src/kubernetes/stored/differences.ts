import { isObject, type Json, type JsonObject } from '../json.ts';
import { pairByKeys, trimmed } from './pairs.ts';
import type { Step } from './steps.ts';
import type { StoredField, StoredType, StructType } from './types.ts';
import { isSameJson, isSameScalar, isUnset, own, zeroOf } from './unset.ts';

/** A field that two objects state differently; undefined where one of them does not state it. */
export interface Difference {
  readonly steps: readonly Step[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** The same items in another order; `before` and `after` name them. */
  readonly isOrder?: boolean;
}

/**
 * What two objects of one kind state differently, as the API server would store them: fields that it does not know are
 * passed over, and so is notation (`1000m` and `1`, an empty list and none, a false that is no pointer and none). Items
 * of lists are paired by their keys. Without a type (custom resources) items are paired by `name` where all have one.
 * Differences stand in the order of the type's fields; an object or item that is wholly on one side is one difference.
 */
export function differences(
  before: JsonObject,
  after: JsonObject,
  type: StructType | undefined,
): Difference[] {
  const found: Difference[] = [];
  if (type === undefined) untyped(before, after, [], found);
  else struct(before, after, type, [], found);
  return found;
}

function struct(
  a: JsonObject,
  b: JsonObject,
  type: StructType,
  at: readonly Step[],
  found: Difference[],
): void {
  for (const [name, field] of type.fields) {
    const left = own(a, name);
    const right = own(b, name);
    if (left === right) continue;
    const steps: Step[] = [...at, { kind: 'field', name }];
    if (field.type.kind === 'struct' && !field.isPointer) {
      // A struct that is no pointer is always there.
      typed(left ?? {}, right ?? {}, field.type, steps, found);
      continue;
    }
    const isLeftUnset = isUnset(left, field);
    const isRightUnset = isUnset(right, field);
    if (isLeftUnset && isRightUnset) continue;
    if (isMapLike(field.type)) collection(left ?? null, right ?? null, field, steps, found);
    else if (isLeftUnset || isRightUnset) {
      found.push({
        steps,
        before: isLeftUnset ? undefined : left,
        after: isRightUnset ? undefined : right,
      });
    } else typed(left!, right!, field.type, steps, found);
  }
}

/** Labels, quantities and lists are compared entry by entry, so that an absent one is an empty one. */
function isMapLike(type: StoredType): boolean {
  return type.kind === 'map' || type.kind === 'list';
}

function collection(
  a: Json,
  b: Json,
  { type, keys }: StoredField,
  at: readonly Step[],
  found: Difference[],
): void {
  const left = a ?? zeroOf(type);
  const right = b ?? zeroOf(type);
  if (type.kind === 'list' && Array.isArray(left) && Array.isArray(right)) {
    list(left, right, keys, type.element, at, found);
  } else typed(left, right, type, at, found);
}

function typed(a: Json, b: Json, type: StoredType, at: readonly Step[], found: Difference[]): void {
  if (a === b) return;
  switch (type.kind) {
    case 'struct':
      if (!isObject(a) || !isObject(b)) break;
      struct(a, b, type, at, found);
      return;
    case 'map':
      if (!isObject(a) || !isObject(b)) break;
      map(a, b, type.element, at, found);
      return;
    case 'list':
      if (!Array.isArray(a) || !Array.isArray(b)) break;
      list(a, b, undefined, type.element, at, found);
      return;
    case 'scalar':
      if (isSameScalar(a, b, type.code)) return;
      if (type.code !== 'a') break;
      untyped(a, b, at, found);
      return;
  }
  found.push({ steps: at, before: a, after: b });
}

function map(
  a: JsonObject,
  b: JsonObject,
  element: StoredType,
  at: readonly Step[],
  found: Difference[],
): void {
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const left = own(a, name);
    const right = own(b, name);
    const steps: Step[] = [...at, { kind: 'field', name }];
    if (left === undefined || right === undefined) {
      if (left !== right) found.push({ steps, before: left, after: right });
    } else typed(left ?? zeroOf(element), right ?? zeroOf(element), element, steps, found);
  }
}

function list(
  a: readonly Json[],
  b: readonly Json[],
  keys: StoredField['keys'],
  element: StoredType,
  at: readonly Step[],
  found: Difference[],
): void {
  const isSame = (left: Json, right: Json) => isSameTyped(left, right, element);
  const compare = (left: Json, right: Json, steps: readonly Step[]) =>
    typed(left, right, element, steps, found);
  if (keys === '=') {
    members(a, b, isSame, at, found);
    return;
  }
  if (keys !== undefined && keyed(a, b, keys, compare, at, found)) return;
  if (element.kind === 'scalar') {
    if (a.length === b.length && a.every((item, i) => isSame(item, b[i]!))) return;
    found.push({ steps: at, before: stated(a), after: stated(b) });
    return;
  }
  indexed(a, b, isSame, compare, at, found);
}

/** An empty list is stored as none. */
function stated(list: readonly Json[]): Json | undefined {
  return list.length === 0 ? undefined : [...list];
}

function isSameTyped(a: Json, b: Json, type: StoredType): boolean {
  const found: Difference[] = [];
  typed(a ?? zeroOf(type), b ?? zeroOf(type), type, [], found);
  return found.length === 0;
}

type Compare = (left: Json, right: Json, steps: readonly Step[]) => void;

/** False where the items cannot be told apart by the keys: then they are compared in their order. */
function keyed(
  a: readonly Json[],
  b: readonly Json[],
  keys: readonly string[],
  compare: Compare,
  at: readonly Step[],
  found: Difference[],
): boolean {
  const pairs = pairByKeys(a, b, keys);
  if (pairs === undefined) return false;
  for (const { step, before, after } of pairs.items) {
    const steps = [...at, step];
    if (before === undefined || after === undefined) found.push({ steps, before, after });
    else compare(before, after, steps);
  }
  if (pairs.order !== undefined) found.push({ steps: at, ...pairs.order, isOrder: true });
  return true;
}

function members(
  a: readonly Json[],
  b: readonly Json[],
  isSame: (left: Json, right: Json) => boolean,
  at: readonly Step[],
  found: Difference[],
): void {
  for (const value of a) {
    if (b.some((other) => isSame(value, other))) continue;
    found.push({ steps: [...at, { kind: 'member', value }], before: value, after: undefined });
  }
  for (const value of b) {
    if (a.some((other) => isSame(other, value))) continue;
    found.push({ steps: [...at, { kind: 'member', value }], before: undefined, after: value });
  }
}

/** Items without keys, in their order; what both lists begin and end with stays out of it. */
function indexed(
  a: readonly Json[],
  b: readonly Json[],
  isSame: (left: Json, right: Json) => boolean,
  compare: Compare,
  at: readonly Step[],
  found: Difference[],
): void {
  const { start, endBefore, endAfter } = trimmed(a, b, isSame);
  const length = Math.max(endBefore, endAfter);
  for (let index = start; index < length; index++) {
    const steps: Step[] = [...at, { kind: 'index', index }];
    if (index < endBefore && index < endAfter) compare(a[index]!, b[index]!, steps);
    else if (index < endBefore) found.push({ steps, before: a[index], after: undefined });
    else found.push({ steps, before: undefined, after: b[index] });
  }
}

function untyped(a: Json | undefined, b: Json | undefined, at: readonly Step[], found: Difference[]): void {
  if (isSameJson(a, b)) return;
  if (isObject(a) && isObject(b)) {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
      untyped(own(a, name), own(b, name), [...at, { kind: 'field', name }], found);
    }
    return;
  }
  if (Array.isArray(a) && Array.isArray(b) && [...a, ...b].some(isObject)) {
    const compare: Compare = (left, right, steps) => untyped(left, right, steps, found);
    if (!keyed(a, b, ['name'], compare, at, found)) indexed(a, b, isSameJson, compare, at, found);
    return;
  }
  found.push({ steps: at, before: a ?? undefined, after: b ?? undefined });
}
