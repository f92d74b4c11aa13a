import { isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import table from '../../kubernetes/schema/schema.generated.json' with { type: 'json' };
import type { SchemaTable } from '../../kubernetes/schema/table.ts';
import pointers from '../../kubernetes/stored/fields.generated.json' with { type: 'json' };
import type { Shape } from '../cel/json-values.ts';
import { canonicalScalar, zeroScalar } from './go-scalars.ts';
import kept from './kept.generated.json' with { type: 'json' };

const TABLE = table as unknown as SchemaTable;
const POINTERS = pointers as Readonly<Record<string, { readonly pointers?: readonly string[] }>>;
/**
 * Fields of structs, by the ids of the schema table, that an object shows even where they are zero (testbed/oracle/kept.go).
 * Made again, where the schema table is, by
 * `cd testbed && echo '{}' | go run ./oracle kept > ../src/engines/admission/kept.generated.json`.
 */
const KEPT = kept as Readonly<Record<string, string>>;

interface Field {
  readonly type: GoType;
  readonly isPointer: boolean;
  /** Shown even where it is zero. */
  readonly isKept: boolean;
}

/** A Go type that built-in objects are decoded into, as expressions see its values. */
class GoType implements Shape {
  readonly kind: Shape['kind'];
  readonly goType: string;
  readonly #code: string;
  readonly #element: number;
  readonly #fields: ReadonlyMap<string, Field>;

  constructor(id: number) {
    const described = TABLE.types[id]!;
    const isStruct = typeof described !== 'string';
    this.#code = isStruct ? '' : described.split(' ', 1)[0]!;
    this.#element = Number(this.#code.slice(1));
    this.goType = isStruct ? described[0] : described;
    this.#fields = isStruct ? fieldsOf(id, described[1]) : new Map();
    const kinds: Readonly<Record<string, Shape['kind']>> = { '[': 'list', '{': 'map', a: 'any' };
    this.kind = isStruct ? 'struct' : (kinds[this.#code[0]!] ?? 'scalar');
  }

  field(name: string): GoType | undefined {
    return this.#fields.get(name)?.type;
  }

  get element(): GoType | undefined {
    return this.kind === 'list' || this.kind === 'map' ? typeOf(this.#element) : undefined;
  }

  /** The value as the API server shows it to an expression, once it was decoded; undefined where it has no value of the type. */
  shown(json: Json | undefined): Json | undefined {
    if (json === undefined || json === null) return undefined;
    switch (this.kind) {
      case 'struct':
        return this.#struct(isObject(json) ? json : {});
      case 'list':
        return Array.isArray(json) ? json.map((item) => typeOf(this.#element).shownOrZero(item)) : undefined;
      case 'map':
        return isObject(json) ? this.#map(json) : undefined;
      case 'any':
        return json;
      default:
        return canonicalScalar(this.#code, json);
    }
  }

  shownOrZero(json: Json | undefined): Json {
    return this.shown(json) ?? this.zero();
  }

  zero(): Json {
    if (this.kind === 'struct') return this.#struct({});
    return this.kind === 'scalar' ? zeroScalar(this.#code) : null;
  }

  #map(json: JsonObject): JsonObject {
    const element = typeOf(this.#element);
    const entries = Object.entries(json).map(([key, value]) => [key, element.shownOrZero(value)] as const);
    return Object.fromEntries(entries);
  }

  #struct(json: JsonObject): JsonObject {
    const result: JsonObject = {};
    for (const [name, { type, isPointer, isKept }] of this.#fields) {
      const value = Object.hasOwn(json, name) ? type.shown(json[name]) : undefined;
      if (value === undefined) {
        if (isKept) result[name] = isPointer ? null : type.zero();
      } else if (isPointer || isKept || !type.#isEmpty(value)) result[name] = value;
    }
    return result;
  }

  /** What `omitempty` leaves out; a struct never is. */
  #isEmpty(value: Json): boolean {
    if (this.kind === 'list') return (value as Json[]).length === 0;
    if (this.kind === 'map') return Object.keys(value as JsonObject).length === 0;
    if (this.kind !== 'scalar') return value === null;
    return value === null || value === zeroScalar(this.#code);
  }

  same(left: Json | undefined, right: Json | undefined): boolean {
    if (left === right) return true;
    if (this.kind === 'any') return sameJson(left, right);
    if (this.kind === 'list') return this.#sameLists(asList(left), asList(right));
    if (this.kind === 'map' || this.kind === 'struct') return this.#sameMaps(asMap(left), asMap(right));
    if (this.#code !== 'q') return (left ?? null) === (right ?? null);
    const [a, b] = [parseQuantity(left), parseQuantity(right)];
    return a !== undefined && b !== undefined && a.compare(b) === 0;
  }

  #sameLists(left: readonly Json[], right: readonly Json[]): boolean {
    const element = typeOf(this.#element);
    return left.length === right.length && left.every((item, i) => element.same(item, right[i]));
  }

  #sameMaps(left: JsonObject, right: JsonObject): boolean {
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    for (const name of names) {
      const type = this.kind === 'map' ? typeOf(this.#element) : this.field(name);
      if (this.kind === 'map' && Object.hasOwn(left, name) !== Object.hasOwn(right, name)) return false;
      if (type !== undefined && !type.same(left[name], right[name])) return false;
    }
    return true;
  }
}

const asList = (json: Json | undefined): readonly Json[] => (Array.isArray(json) ? json : []);
const asMap = (json: Json | undefined): JsonObject => (isObject(json) ? json : {});

function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, i) => sameJson(item, right[i]));
  if (!isObject(left) || !isObject(right)) return left === right;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => sameJson(left[key], right[key]));
}

const known: (GoType | undefined)[] = [];

function typeOf(id: number): GoType {
  known[id] ??= new GoType(id);
  return known[id];
}

type SchemaFields = Extract<SchemaTable['types'][number], readonly unknown[]>[1];

function fieldsOf(id: number, schema: SchemaFields): ReadonlyMap<string, Field> {
  const pointerNames = new Set(POINTERS[id]?.pointers ?? []);
  const keptNames = new Set(KEPT[id]?.split(' ') ?? []);
  return new Map(
    Object.entries(schema).map(([name, described]) => {
      const typeId = typeof described === 'number' ? described : described[0];
      const field = {
        // Types may hold themselves, so a field's is looked at when it is first asked for.
        get type() {
          return typeOf(typeId);
        },
        isPointer: pointerNames.has(name),
        isKept: keptNames.has(name),
      };
      return [name, field] as const;
    }),
  );
}

/** The type of a built-in kind; undefined for custom resources and for what Kubernetes 1.37 does not know. */
export function shapeOf(apiVersion: string, kind: string): GoType | undefined {
  const kinds = Object.hasOwn(TABLE.kinds, apiVersion) ? TABLE.kinds[apiVersion]! : undefined;
  return kinds !== undefined && Object.hasOwn(kinds, kind) ? typeOf(kinds[kind]!) : undefined;
}

export type { GoType };
