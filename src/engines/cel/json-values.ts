import { compareText } from '../../kubernetes/go-text.ts';
import type { Json, JsonObject } from '../../kubernetes/json.ts';
import { goTypeName } from './attributes.ts';
import { CelError, ListValue, MapValue, type Result, Unknown, type Value } from './value.ts';

/** What the API server knows about a JSON value of a built-in kind: which Go type it was decoded into. */
export interface Shape {
  /** Structs have fields and compare as Go does; lists and maps have one shape for all elements. */
  readonly kind: 'struct' | 'map' | 'list' | 'scalar' | 'any';
  field(name: string): Shape | undefined;
  readonly element: Shape | undefined;
  /** Whether two values of this shape are the same to Go (`equality.Semantic.DeepEqual`). */
  same(left: Json | undefined, right: Json | undefined): boolean;
  /** Two structs are only ever equal if they are of one type. */
  readonly goType: string;
}

/** Fields that nobody knows, by name; `*` stands for all items of a list. */
export type Unknowns = ReadonlyMap<string, Unknowns | Unknown>;

/** A JSON value as an expression sees it; without a shape, as of a custom resource. */
export function fromJson(json: Json, shape?: Shape, unknowns?: Unknowns): Value {
  switch (typeof json) {
    case 'number':
      return Number.isInteger(json) && Math.abs(json) < 2 ** 63 ? BigInt(json) : json;
    case 'object':
      break;
    default:
      return json;
  }
  if (json === null) return null;
  const known = shape?.kind === 'any' ? undefined : shape;
  return Array.isArray(json) ? new JsonList(json, known, unknowns) : new JsonMap(json, known, unknowns);
}

class JsonList extends ListValue {
  readonly flavor: 'plain' | 'typed';
  readonly #items: readonly Json[];
  readonly #shape: Shape | undefined;
  readonly #unknowns: Unknowns | undefined;

  constructor(items: readonly Json[], shape: Shape | undefined, unknowns: Unknowns | undefined) {
    super();
    this.#items = items;
    this.#shape = shape;
    const inside = unknowns?.get('*');
    this.#unknowns = inside instanceof Unknown ? undefined : inside;
    this.flavor = shape === undefined ? 'plain' : 'typed';
  }

  override get size(): number {
    return this.#items.length;
  }

  override at(index: number): Value {
    return fromJson(this.#items[index]!, this.#shape?.element, this.#unknowns);
  }
}

export class JsonMap extends MapValue {
  readonly flavor: 'plain' | 'typed' | 'struct';
  readonly #object: JsonObject;
  readonly #shape: Shape | undefined;
  readonly #unknowns: Unknowns | undefined;
  #keys: readonly string[] | undefined;

  constructor(object: JsonObject, shape: Shape | undefined, unknowns: Unknowns | undefined) {
    super();
    this.#object = object;
    this.#shape = shape;
    this.#unknowns = unknowns;
    this.flavor = shape === undefined ? 'plain' : shape.kind === 'struct' ? 'struct' : 'typed';
  }

  override get size(): number {
    return this.#names().length;
  }

  override find(key: Value): Result | undefined {
    if (typeof key !== 'string')
      return this.flavor === 'plain'
        ? undefined
        : new CelError(`unsupported map key type: ${goTypeName(key)}`);
    const unknown = this.#unknowns?.get(key);
    if (unknown instanceof Unknown) return unknown;
    if (!Object.hasOwn(this.#object, key)) return undefined;
    const json = this.#object[key];
    const shape = this.#shape?.kind === 'struct' ? this.#shape.field(key) : this.#shape?.element;
    return json === undefined ? undefined : fromJson(json, shape, unknown);
  }

  override keys(): Iterable<Value> {
    return this.#names();
  }

  override sameStruct(other: MapValue): boolean {
    if (!(other instanceof JsonMap) || this.#shape?.goType !== other.#shape?.goType) return false;
    return this.#shape!.same(this.#object, other.#object);
  }

  #names(): readonly string[] {
    this.#keys ??= Object.keys(this.#object)
      .filter((key) => this.#object[key] !== undefined)
      .sort(compareText);
    return this.#keys;
  }
}

/** A struct whose fields are known one by one, some perhaps not at all. */
export class RecordMap extends MapValue {
  readonly flavor = 'struct';
  readonly #fields: ReadonlyMap<string, Result>;

  constructor(fields: ReadonlyMap<string, Result>) {
    super();
    this.#fields = fields;
  }

  override get size(): number {
    return this.#fields.size;
  }

  override find(key: Value): Result | undefined {
    if (typeof key !== 'string') return new CelError(`unsupported map key type: ${goTypeName(key)}`);
    return this.#fields.get(key);
  }

  override keys(): Iterable<Value> {
    return [...this.#fields.keys()].sort(compareText);
  }
}
