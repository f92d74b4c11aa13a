import { Cancelled, COST_LIMIT, COST_LIMIT_EXCEEDED } from '../cost.ts';
import type { FunctionTable, Implementation } from '../declarations.ts';
import { compare, isEqual } from '../equality.ts';
import {
  CelError,
  Duration,
  hasTrait,
  Items,
  ListValue,
  NO_SUCH_OVERLOAD,
  type Result,
  typeNameOf,
  Uint,
  Unknown,
  type Value,
} from '../value.ts';
import { add } from './arithmetic.ts';

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const MAX_ELEMENTS = 4_000_000;
const MAX_RANGE = 1_000_000;
const TOO_MANY = new Unknown('too-large');

/** cel-go ext/lists.go, version 3. */
export function addListLibrary(table: FunctionTable): void {
  table.add('list_slice', 'list(T).slice(int, int): list(T)', (list, start, end) =>
    slice(list as ListValue, start as bigint, end as bigint),
  );
  table.add('list_flatten', 'list(list(T)).flatten(): list(T)', (list) => flattened(list!, 1n));
  table.add('list_flatten_int', 'list(dyn).flatten(int): list(dyn)', (list, depth) =>
    flattened(list!, depth!),
  );
  table.unguarded('flatten');
  for (const type of COMPARABLE) {
    table.add(`list_${type}_sort`, `list(${type}).sort(): list(${type})`);
    table.add(`list_${type}_sortByAssociatedKeys`, `list(T).@sortByAssociatedKeys(list(${type})): list(T)`);
  }
  table.share('sort', (list) => sortByKeys(list as ListValue, list as ListValue), 'iterate');
  const sortBy: Implementation = (list, keys) => sortByKeys(list as ListValue, keys as ListValue);
  table.share('@sortByAssociatedKeys', sortBy, 'iterate');
  table.addQualified('lists_range', 'lists.range', 'int', 'list(int)', (count) => range(count as bigint));
  table.add(
    'list_reverse',
    'list(T).reverse(): list(T)',
    (list) => new Items([...(list as ListValue)].reverse()),
  );
  table.add('list_distinct', 'list(T).distinct(): list(T)', (list) => distinct(list as ListValue));
}

function slice(list: ListValue, start: bigint, end: bigint): Result {
  const call = `cannot slice(${start}, ${end})`;
  if (start < 0n || end < 0n) return new CelError(`${call}, negative indexes not supported`);
  if (start > end) return new CelError(`${call}, start index must be less than or equal to end index`);
  if (list.size < end) return new CelError(`${call}, list is length ${list.size}`);
  const items: Value[] = [];
  for (let i = Number(start); i < Number(end); i++) items.push(list.at(i));
  return new Items(items);
}

function flattened(list: Value, depth: Value): Result {
  if (!(list instanceof ListValue) || typeof depth !== 'bigint')
    return new CelError(
      `no such overload: ${typeNameOf(list)}.flatten(${typeof depth === 'bigint' ? '' : typeNameOf(depth)})`,
    );
  if (depth < 0n) return new CelError('level must be non-negative');
  const items: Value[] = [];
  return collect(list, depth, items) ? new Items(items) : TOO_MANY;
}

function collect(list: ListValue, depth: bigint, into: Value[]): boolean {
  for (const item of list) {
    if (item instanceof ListValue && depth > 0n) {
      if (!collect(item, depth - 1n, into)) return false;
    } else if (into.push(item) > MAX_ELEMENTS) return false;
  }
  return true;
}

function range(count: bigint): Result {
  if (count < 0n) return new CelError(`lists.range: size must be non-negative, got ${count}`);
  if (count > MAX_RANGE)
    return new CelError(`lists.range: size ${count} exceeds maximum allowed (${MAX_RANGE})`);
  return new Items(Array.from({ length: Number(count) }, (_, i) => BigInt(i)));
}

function sortByKeys(list: ListValue, keys: ListValue): Result {
  if (list.size !== keys.size)
    return new CelError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${list.size} and ${keys.size} elements respectively`,
    );
  if (list.size === 0) return list;
  const first = keys.at(0);
  if (!hasTrait(first, 'compare')) return new CelError('list elements must be comparable');
  const values = [...keys];
  const mixed = values.length > 1 && values.some((value) => typeNameOf(value) !== typeNameOf(first));
  if (mixed) return new CelError('list elements must have the same type');
  const order = values.map((_, i) => i);
  order.sort((a, b) => {
    const result = compare(values[a]!, values[b]!);
    return result instanceof CelError ? 0 : result;
  });
  return new Items(order.map((i) => list.at(i)));
}

function distinct(list: ListValue): Result {
  if (list.size === 0) return list;
  // Only what comes under the cost limit is worth comparing: the evaluation would end right after.
  if (list.size * list.size * 2 > COST_LIMIT) throw new Cancelled(COST_LIMIT_EXCEEDED);
  const kept: Value[] = [];
  for (const item of list) if (!kept.some((other) => isEqual(item, other))) kept.push(item);
  return new Items(kept);
}

/** cel-go ext/sets.go. */
export function addSets(table: FunctionTable): void {
  const binary = (id: string, name: string, run: (a: ListValue, b: ListValue) => boolean) =>
    table.addQualified(id, name, 'list(T), list(T)', 'bool', (a, b) => run(a as ListValue, b as ListValue));
  binary('list_sets_contains_list', 'sets.contains', containsAll);
  binary('list_sets_equivalent_list', 'sets.equivalent', (a, b) => containsAll(a, b) && containsAll(b, a));
  binary('list_sets_intersects_list', 'sets.intersects', (a, b) => {
    chargeProduct(a, b);
    return [...a].some((item) => has(b, item));
  });
}

function chargeProduct(a: ListValue, b: ListValue): void {
  if (a.size * b.size > COST_LIMIT) throw new Cancelled(COST_LIMIT_EXCEEDED);
}

function has(list: ListValue, item: Value): boolean {
  for (const other of list) if (isEqual(item, other)) return true;
  return false;
}

function containsAll(list: ListValue, part: ListValue): boolean {
  chargeProduct(list, part);
  return [...part].every((item) => has(list, item));
}

const ZEROS: Readonly<Record<string, Value>> = {
  int: 0n,
  uint: new Uint(0n),
  double: 0,
  duration: new Duration(0n),
};

/** Kubernetes' own functions of lists (apiserver pkg/cel/library/lists.go). */
export function addKubernetesLists(table: FunctionTable): void {
  for (const type of COMPARABLE) {
    table.add(`list_${type}_is_sorted_bool`, `list(${type}).isSorted(): bool`, (list) =>
      isSorted(list as ListValue),
    );
    table.add(`list_${type}_max_${type}`, `list(${type}).max(): ${type}`, (list) =>
      best(list as ListValue, 'max', -1),
    );
    table.add(`list_${type}_min_${type}`, `list(${type}).min(): ${type}`, (list) =>
      best(list as ListValue, 'min', 1),
    );
  }
  for (const [type, zero] of Object.entries(ZEROS))
    table.add(`list_${type}_sum_${type}`, `list(${type}).sum(): ${type}`, (list) =>
      sum(list as ListValue, zero),
    );
  table.add('list_a_index_of_int', 'list(A).indexOf(A): int', (list, item) => {
    const values = list as ListValue;
    for (let i = 0; i < values.size; i++) if (isEqual(values.at(i), item!)) return BigInt(i);
    return -1n;
  });
  table.add('list_a_last_index_of_int', 'list(A).lastIndexOf(A): int', (list, item) => {
    const values = list as ListValue;
    for (let i = values.size - 1; i >= 0; i--) if (isEqual(values.at(i), item!)) return BigInt(i);
    return -1n;
  });
  table.add('list_includes_dyn_dyn', 'dyn.includes(dyn): bool', (list, item) => {
    if (!(list instanceof ListValue)) return isEqual(list!, item!);
    return [...list].some((other) => isEqual(other, item!));
  });
}

function isSorted(list: ListValue): Result {
  let previous: Value | undefined;
  for (const item of list) {
    if (!hasTrait(item, 'compare')) return NO_SUCH_OVERLOAD;
    if (previous !== undefined) {
      const order = compare(previous, item);
      if (!(order instanceof CelError) && order > 0) return false;
    }
    previous = item;
  }
  return true;
}

function sum(list: ListValue, zero: Value): Result {
  let total: Value = zero;
  for (const item of list) {
    if (!hasTrait(item, 'add')) return NO_SUCH_OVERLOAD;
    const next = add(total, item);
    if (next instanceof CelError || next instanceof Unknown) return next;
    total = next;
  }
  return total;
}

/** The extreme element; `replacedBy` is how the best so far compares with a better one. */
function best(list: ListValue, name: string, replacedBy: number): Result {
  let result: Value | undefined;
  for (const item of list) {
    if (!hasTrait(item, 'compare')) return NO_SUCH_OVERLOAD;
    const order = result === undefined ? replacedBy : compare(result, item);
    if (order === replacedBy) result = item;
  }
  return result === undefined ? new CelError(`${name} called on empty list`) : result;
}
