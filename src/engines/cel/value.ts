import { BOOL, BYTES, type CelType, DOUBLE, INT, NULL, STRING, UINT } from './types.ts';

/**
 * A value while an expression runs. int is bigint and double is number, so that the two are never mixed up;
 * string is UTF-16 here and counted in code points wherever CEL counts.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | Uint
  | Timestamp
  | Duration
  | TypeValue
  | Optional
  | ListValue
  | MapValue
  | OpaqueValue;

/** What a step gives: errors and unknowns are values too, since `&&` and `||` can absorb them. */
export type Result = Value | CelError | Unknown;

export class CelError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** Why a value is not known here. */
export type UnknownCode =
  | 'asks-authorizer'
  | 'definition-not-seen'
  | 'dry-run'
  | 'made-up-name'
  | 'namespace-not-seen'
  | 'nested-too-deep'
  | 'object-before'
  | 'other-version'
  | 'parameters-incomplete'
  | 'parameters-not-seen'
  | 'policy-refused'
  | 'request-options'
  | 'requester'
  | 'server-time-zone'
  | 'set-by-api-server'
  | 'too-large';

/** A value that is not known here, although the API server would know it. */
export class Unknown {
  readonly code: UnknownCode;
  /** What exactly: a field, a name, a kind; empty where the code says it all. */
  readonly detail: string;

  constructor(code: UnknownCode, detail = '') {
    this.code = code;
    this.detail = detail;
  }
}

export const NO_SUCH_OVERLOAD = new CelError('no such overload');

export function failed(result: Result | undefined): result is CelError | Unknown {
  return result instanceof CelError || result instanceof Unknown;
}

export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** A moment in nanoseconds since 1970-01-01T00:00:00Z; offset in seconds east of UTC, as it was written. */
export class Timestamp {
  readonly nanoseconds: bigint;
  readonly offset: number;

  constructor(nanoseconds: bigint, offset = 0) {
    this.nanoseconds = nanoseconds;
    this.offset = offset;
  }
}

export class Duration {
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }
}

export class TypeValue {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export class Optional {
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    this.value = value;
  }
}

export const NONE = new Optional(undefined);

/**
 * `typed` lists and maps are Go slices, maps and structs of built-in kinds, which the API server compares by other rules
 * than those of expressions and of custom resources (apiserver pkg/cel/common/valuesschemalesstyped.go).
 */
export abstract class ListValue {
  abstract readonly flavor: 'plain' | 'joined' | 'typed';
  abstract readonly size: number;
  /** The element at a position that is known to exist. */
  abstract at(index: number): Value;

  *[Symbol.iterator](): Generator<Value> {
    for (let i = 0; i < this.size; i++) yield this.at(i);
  }
}

export abstract class MapValue {
  abstract readonly flavor: 'plain' | 'typed' | 'struct';
  abstract readonly size: number;
  /** Undefined where there is no such key. */
  abstract find(key: Value): Result | undefined;
  abstract keys(): Iterable<Value>;
  /** How one Go struct compares itself with another, where that is more than comparing entries. */
  sameStruct?(other: MapValue): boolean;
}

/** A value of a type that a library brings: a quantity, an address, a URL … */
export abstract class OpaqueValue {
  abstract readonly typeName: string;
  /** The length of the pattern that a named format stands for, by which `validate` is charged. */
  readonly patternSize: number | undefined = undefined;
  abstract equals(other: OpaqueValue): Result;

  /** How long the value counts as, where costs go by size. */
  size(): number {
    return 1;
  }
}

export class Items extends ListValue {
  readonly flavor: 'plain' | 'joined';
  readonly #items: readonly Value[];

  constructor(items: readonly Value[], flavor: 'plain' | 'joined' = 'plain') {
    super();
    this.#items = items;
    this.flavor = flavor;
  }

  override get size(): number {
    return this.#items.length;
  }

  override at(index: number): Value {
    return this.#items[index]!;
  }
}

/** The list that a comprehension builds; it grows in place and never leaves the comprehension. */
export class GrowingList extends ListValue {
  readonly flavor = 'plain';
  readonly items: Value[] = [];

  override get size(): number {
    return this.items.length;
  }

  override at(index: number): Value {
    return this.items[index]!;
  }
}

/** A map that an expression made. Keys of different types never meet, except numbers of equal value. */
export class Entries extends MapValue {
  readonly flavor = 'plain';
  readonly #entries = new Map<string, readonly [Value, Value]>();

  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    super();
    for (const [key, value] of entries) this.set(key, value);
  }

  override get size(): number {
    return this.#entries.size;
  }

  set(key: Value, value: Value): void {
    this.#entries.set(keyOf(key), [key, value]);
  }

  delete(key: Value): void {
    this.#entries.delete(keyOf(key));
  }

  override find(key: Value): Value | undefined {
    const found = this.#entries.get(keyOf(key));
    if (found !== undefined) return found[1];
    for (const twin of numericTwins(key)) {
      const other = this.#entries.get(twin);
      if (other !== undefined) return other[1];
    }
    return undefined;
  }

  override *keys(): Iterable<Value> {
    for (const [key] of this.#entries.values()) yield key;
  }
}

function keyOf(key: Value): string {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'bigint') return `i${key}`;
  if (typeof key === 'number') return `d${key}`;
  if (key instanceof Uint) return `u${key.value}`;
  return `${typeNameOf(key)} ${String(key)}`;
}

/** Under which other names a number would be found, in the order in which cel-go looks. */
function numericTwins(key: Value): string[] {
  if (typeof key === 'number') return Number.isSafeInteger(key) ? [`i${key}`, `u${key}`] : [];
  if (typeof key === 'bigint') return key >= 0n ? [`u${key}`] : [];
  return key instanceof Uint ? [`i${key.value}`] : [];
}

export function typeNameOf(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    default:
      return value === null ? 'null_type' : objectTypeName(value);
  }
}

function objectTypeName(value: object): string {
  if (value instanceof ListValue) return 'list';
  if (value instanceof MapValue) return 'map';
  if (value instanceof OpaqueValue) return value.typeName;
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  return value instanceof Optional ? 'optional_type' : 'type';
}

/** What a value can do, which decides which errors an operator gives (cel-go common/types/traits). */
export type Trait =
  | 'add'
  | 'compare'
  | 'contain'
  | 'divide'
  | 'index'
  | 'iterate'
  | 'match'
  | 'modulo'
  | 'multiply'
  | 'negate'
  | 'receive'
  | 'size'
  | 'subtract';

const TRAITS: ReadonlyMap<string, ReadonlySet<Trait>> = new Map(
  Object.entries({
    bool: 'compare negate',
    bytes: 'add compare size',
    double: 'add compare divide multiply negate subtract',
    'google.protobuf.Duration': 'add compare negate receive subtract',
    int: 'add compare divide modulo multiply negate subtract',
    list: 'add contain index iterate size',
    map: 'contain index iterate size',
    string: 'add compare match receive size',
    'google.protobuf.Timestamp': 'add compare receive subtract',
    uint: 'add compare divide modulo multiply subtract',
  }).map(([name, traits]) => [name, new Set(traits.split(' ') as Trait[])]),
);

export function hasTrait(value: Value, trait: Trait): boolean {
  return TRAITS.get(typeNameOf(value))?.has(trait) ?? false;
}

/** The type of a value that an expression can write down. */
export function literalType(value: Value): CelType {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'bigint':
      return INT;
    case 'number':
      return DOUBLE;
    case 'boolean':
      return BOOL;
    default:
      return value === null ? NULL : value instanceof Uint ? UINT : BYTES;
  }
}

/** Whether an argument fits a parameter; of lists and maps only the first element is looked at, as upstream does. */
export function fits(value: Value, type: CelType): boolean {
  const any = type.kind === 'dyn' || type.kind === 'param';
  if (any) return true;
  if (type.name !== typeNameOf(value)) return false;
  if (type.kind === 'list') {
    const list = value as ListValue;
    return list.size === 0 || fits(list.at(0), type.params[0]!);
  }
  if (type.kind === 'map') {
    const map = value as MapValue;
    for (const key of map.keys()) {
      const first = map.find(key);
      return fits(key, type.params[0]!) && !failed(first) && fits(first!, type.params[1]!);
    }
  }
  return true;
}
