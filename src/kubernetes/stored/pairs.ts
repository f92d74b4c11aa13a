import { isObject, type Json } from '../json.ts';
import type { Step } from './steps.ts';
import { own } from './unset.ts';

interface Pair {
  readonly step: Step;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

interface Pairs {
  /** Items of the first list in their order, then those that only the second has. */
  readonly items: readonly Pair[];
  /** Set where the items that both lists have stand in another order: their keys in either list. */
  readonly order: { readonly before: Json; readonly after: Json } | undefined;
}

/** Pairs the items of two lists by their keys; undefined where two of one list have the same. */
export function pairByKeys(
  a: readonly Json[],
  b: readonly Json[],
  keys: readonly string[],
): Pairs | undefined {
  const left = byKeys(a, keys);
  const right = byKeys(b, keys);
  if (left === undefined || right === undefined) return undefined;
  const items: Pair[] = [];
  for (const [id, { step, item }] of left) items.push({ step, before: item, after: right.get(id)?.item });
  for (const [id, { step, item }] of right) {
    if (!left.has(id)) items.push({ step, before: undefined, after: item });
  }
  const before = [...left.keys()].filter((id) => right.has(id));
  const after = [...right.keys()].filter((id) => left.has(id));
  const isOrdered = before.every((id, i) => id === after[i]);
  return { items, order: isOrdered ? undefined : { before: names(before), after: names(after) } };
}

function names(ids: readonly string[]): Json {
  return ids.map((id) => {
    const values = JSON.parse(id) as Json[];
    return values.length === 1 ? values[0]! : values.join('/');
  });
}

type Keyed = Map<string, { readonly step: Step; readonly item: Json }>;

function byKeys(list: readonly Json[], keys: readonly string[]): Keyed | undefined {
  const found: Keyed = new Map();
  for (const item of list) {
    if (!isObject(item)) return undefined;
    const values = keys.map((key) => own(item, key) || null);
    const id = JSON.stringify(values);
    if (found.has(id)) return undefined;
    const stated = keys.flatMap((key, i): [string, Json][] =>
      values[i] === null ? [] : [[key, values[i]!]],
    );
    found.set(id, { step: { kind: 'item', keys: stated }, item });
  }
  return found;
}

/** Where two lists begin to differ, and where in each the part ends that differs. */
export function trimmed(
  a: readonly Json[],
  b: readonly Json[],
  isSame: (left: Json, right: Json) => boolean,
): { readonly start: number; readonly endBefore: number; readonly endAfter: number } {
  let start = 0;
  while (start < a.length && start < b.length && isSame(a[start]!, b[start]!)) start++;
  // Lists of one length are compared item by item.
  if (a.length === b.length) return { start, endBefore: a.length, endAfter: b.length };
  let end = 0;
  const most = Math.min(a.length, b.length) - start;
  while (end < most && isSame(a[a.length - 1 - end]!, b[b.length - 1 - end]!)) end++;
  return { start, endBefore: a.length - end, endAfter: b.length - end };
}
