import { OPERATORS } from '../ast.ts';
import { plainText } from '../attributes.ts';
import type { FunctionTable } from '../declarations.ts';
import { GrowingMap } from '../fold-step.ts';
import {
  CelError,
  Duration,
  Entries,
  failed,
  Items,
  ListValue,
  MapValue,
  NONE,
  Optional,
  type Result,
  Timestamp,
  Uint,
  type Value,
} from '../value.ts';

/** Optional values (cel-go cel/library.go, optionalLib version 2). */
export function addOptionals(table: FunctionTable): void {
  table.addQualified('optional_of', 'optional.of', 'V', 'optional(V)', (value) => new Optional(value));
  table.addQualified('optional_ofNonZeroValue', 'optional.ofNonZeroValue', 'V', 'optional(V)', (value) =>
    isZero(value!) ? NONE : new Optional(value),
  );
  table.addQualified('optional_none', 'optional.none', '', 'optional(V)', () => NONE);
  table.add('optional_value', 'optional(V).value(): V', (optional) => {
    const { value } = optional as Optional;
    return value === undefined ? new CelError('optional.none() dereference') : value;
  });
  table.add(
    'optional_hasValue',
    'optional(V).hasValue(): bool',
    (optional) => (optional as Optional).value !== undefined,
  );
  table.add('optional_or_optional', 'optional(V).or(optional(V)): optional(V)');
  table.add('optional_orValue_value', 'optional(V).orValue(V): V');
  const { index, optionalIndex } = OPERATORS;
  table.add('list_optindex_optional_int', `${optionalIndex}(list(V), int): optional(V)`);
  table.add('optional_list_optindex_optional_int', `${optionalIndex}(optional(list(V)), int): optional(V)`);
  table.add('map_optindex_optional_value', `${optionalIndex}(map(K, V), K): optional(V)`);
  table.add('optional_map_optindex_optional_value', `${optionalIndex}(optional(map(K, V)), K): optional(V)`);
  table.add('optional_list_index_int', `${index}(optional(list(V)), int): optional(V)`);
  table.add('optional_map_index_value', `${index}(optional(map(K, V)), K): optional(V)`);
  table.add('list_last', 'list(V).last(): optional(V)', (list) => elementAt(list as ListValue, -1));
  table.add('list_first', 'list(V).first(): optional(V)', (list) => elementAt(list as ListValue, 0));
  table.addQualified('optional_unwrap', 'optional.unwrap', 'list(optional(V))', 'list(V)', (list) =>
    unwrap(list as ListValue),
  );
  table.add('optional_unwrapOpt', 'list(optional(V)).unwrapOpt(): list(V)', (list) =>
    unwrap(list as ListValue),
  );
}

function elementAt(list: ListValue, index: number): Optional {
  return list.size === 0 ? NONE : new Optional(list.at(index < 0 ? list.size + index : index));
}

function unwrap(list: ListValue): Result {
  const items: Value[] = [];
  for (const item of list) {
    if (!(item instanceof Optional)) return new CelError(`value ${plainText(item)} is not optional`);
    if (item.value !== undefined) items.push(item.value);
  }
  return new Items(items);
}

const ZERO_TIME = -62_135_596_800n * 1_000_000_000n;

/** Lists and maps of built-in kinds are never zero: upstream's wrappers do not tell. */
function isZero(value: Value): boolean {
  if (value === null || value === '' || value === 0 || value === 0n || value === false) return true;
  if (value instanceof ListValue || value instanceof MapValue)
    return value.size === 0 && value.flavor !== 'typed' && value.flavor !== 'struct';
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Duration) return value.nanoseconds === 0n;
  return value instanceof Timestamp && value.nanoseconds === ZERO_TIME;
}

/** What `transformMap` and `transformMapEntry` expand to (cel-go ext/comprehensions.go). */
export function addMapInsert(table: FunctionTable): void {
  const name = 'cel.@mapInsert';
  table.addQualified('@mapInsert_map_key_value', name, 'map(K, V), K, V', 'map(K, V)', (map, key, value) =>
    insert(map as MapValue, key!, value!),
  );
  table.addQualified('@mapInsert_map_map', name, 'map(K, V), map(K, V)', 'map(K, V)', (map, other) => {
    let result = map as MapValue;
    const more = other as MapValue;
    for (const key of more.keys()) {
      const value = more.find(key)!;
      const inserted = failed(value) ? value : insert(result, key, value);
      if (!(inserted instanceof MapValue)) return inserted;
      result = inserted;
    }
    return result;
  });
}

function insert(map: MapValue, key: Value, value: Value): MapValue | CelError {
  if (map.find(key) !== undefined) return new CelError(`insert failed: key ${plainText(key)} already exists`);
  if (map instanceof GrowingMap) {
    map.set(key, value);
    return map;
  }
  const copy = new Entries([[key, value]]);
  for (const other of map.keys()) copy.set(other, map.find(other) as Value);
  return copy;
}
