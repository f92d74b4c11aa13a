import { formatGeneral } from '../../kubernetes/go-text.ts';
import type { Frame, Step } from './steps.ts';
import {
  CelError,
  Duration,
  failed,
  ListValue,
  MapValue,
  NO_SUCH_OVERLOAD,
  NONE,
  Optional,
  type Result,
  Timestamp,
  TypeValue,
  Uint,
  Unknown,
  type Value,
} from './value.ts';

/**
 * A variable, or the value of a step, with the fields and indexes selected from it; cel-go evaluates such a chain as one
 * node, which decides on costs and on what becomes optional (cel-go interpreter/attributes.go).
 */
export abstract class Attribute {
  abstract readonly id: number;
  abstract add(qualifier: Qualifier): void;
  abstract resolve(frame: Frame): Result;
}

export class Qualifier {
  readonly id: number;
  readonly optional: boolean;
  /** True inside of `has()`. */
  readonly test: boolean;
  /** A constant, or the attribute that tells the index. */
  readonly key: Value | Attribute;

  constructor(id: number, key: Value | Attribute, optional: boolean, test = false) {
    this.id = id;
    this.key = key;
    this.optional = optional;
    this.test = test;
  }

  /** Undefined where `ifPresent` and there is no such field or element. */
  apply(frame: Frame, value: Value, ifPresent: boolean): Result | undefined {
    const found = this.#select(frame, value, ifPresent || this.test);
    if (ifPresent) return found === undefined || failed(found) ? found : this.#account(frame, found);
    if (!this.test) return this.#account(frame, found!);
    return this.#account(frame, failed(found) ? found : found !== undefined);
  }

  #select(frame: Frame, value: Value, ifPresent: boolean): Result | undefined {
    const key = this.key instanceof Attribute ? this.key.resolve(frame) : this.key;
    if (failed(key)) return key;
    if (!isKey(key)) return new CelError(`invalid qualifier type: ${goTypeName(key)}`);
    return select(value, key, ifPresent);
  }

  #account(frame: Frame, result: Result): Result {
    frame.costs.cost++;
    frame.costs.push(this.id, result);
    return result;
  }
}

function isKey(value: Value): boolean {
  return value instanceof Uint || ['string', 'bigint', 'number', 'boolean'].includes(typeof value);
}

/** A field, entry or element; undefined where it is absent and that is no error. */
export function select(value: Value, key: Value, ifPresent: boolean): Result | undefined {
  if (value instanceof MapValue) {
    const found = value.find(key);
    if (found !== undefined || ifPresent) return found;
    return new CelError(`no such key: ${plainText(key)}`);
  }
  if (value instanceof ListValue) {
    const index = listIndex(key);
    if (index instanceof CelError) return index;
    const exists = index >= 0 && index < value.size;
    if (exists && value.flavor === 'typed' && typeof key !== 'bigint')
      return new CelError(`unsupported index type: ${goTypeName(key)}`);
    if (exists) return value.at(index);
    return ifPresent ? undefined : new CelError(`index out of bounds: ${plainText(key)}`);
  }
  return ifPresent ? undefined : new CelError(`no such key: ${plainText(key)}`);
}

function listIndex(key: Value): number | CelError {
  if (typeof key === 'bigint') return Number(key);
  if (key instanceof Uint && key.value < 2n ** 63n) return Number(key.value);
  if (typeof key === 'number' && Number.isInteger(key) && Math.abs(key) < 2 ** 63) return key;
  if (typeof key === 'number' || key instanceof Uint)
    return new CelError(`unsupported index value ${plainText(key)} in list`);
  return new CelError(`unsupported index type '${typeof key === 'string' ? 'string' : 'bool'}' in list`);
}

/** A value in an error message, as Go's `%v`. */
export function plainText(value: Value): string {
  if (typeof value === 'number') return formatGeneral(value);
  if (value instanceof Uint) return String(value.value);
  if (value === null) return '0';
  if (value instanceof ListValue) return `[${[...value].map(plainText).join(', ')}]`;
  return String(value);
}

/** The Go type of a value, which some error messages show. */
export function goTypeName(value: Value): string {
  if (value === null) return 'types.Null';
  if (typeof value === 'bigint') return 'types.Int';
  if (typeof value === 'number') return 'types.Double';
  if (typeof value === 'string') return 'types.String';
  if (typeof value === 'boolean') return 'types.Bool';
  if (value instanceof ListValue) {
    const names = {
      plain: '*types.baseList',
      joined: '*types.concatList',
      typed: '*common.reflectSchemalessTypedList',
    };
    return names[value.flavor];
  }
  if (value instanceof MapValue) {
    const names = {
      plain: '*types.baseMap',
      typed: '*common.reflectSchemalessTypedMap',
      struct: '*common.reflectSchemalessTypedStruct',
    };
    return names[value.flavor];
  }
  if (value instanceof Uint) return 'types.Uint';
  if (value instanceof Uint8Array) return 'types.Bytes';
  if (value instanceof Timestamp) return 'types.Timestamp';
  if (value instanceof Duration) return 'types.Duration';
  if (value instanceof TypeValue) return '*types.Type';
  if (value instanceof Optional) return '*types.Optional';
  const short = value.typeName.slice(value.typeName.lastIndexOf('.') + 1);
  return `cel.${short === 'NamedFormat' ? 'Format' : short}`;
}

function applyAll(frame: Frame, start: Value, qualifiers: readonly Qualifier[]): Result {
  let optional = false;
  let value: Result = start;
  if (start instanceof Optional) {
    if (start.value === undefined) return start;
    value = start.value;
    optional = true;
  }
  for (const qualifier of qualifiers) {
    optional ||= qualifier.optional;
    const found = qualifier.apply(frame, value as Value, optional);
    if (found === undefined) return NONE;
    if (found instanceof CelError) return found;
    if (found instanceof Unknown) return found;
    value = found;
  }
  return optional ? new Optional(value as Value) : value;
}

export class Variable extends Attribute {
  readonly #id: number;
  readonly #name: string;
  readonly #qualifiers: Qualifier[] = [];

  constructor(id: number, name: string) {
    super();
    this.#id = id;
    this.#name = name;
  }

  override get id(): number {
    return this.#qualifiers.at(-1)?.id ?? this.#id;
  }

  override add(qualifier: Qualifier): void {
    this.#qualifiers.push(qualifier);
  }

  override resolve(frame: Frame): Result {
    const value = frame.resolve(this.#name);
    if (value === undefined) return new CelError(`no such attribute(s): ${this.#name}`);
    return failed(value) ? value : applyAll(frame, value, this.#qualifiers);
  }
}

export class OfStep extends Attribute {
  readonly #id: number;
  readonly #operand: Step;
  readonly #qualifiers: Qualifier[] = [];

  constructor(id: number, operand: Step) {
    super();
    this.#id = id;
    this.#operand = operand;
  }

  override get id(): number {
    return this.#qualifiers.at(-1)?.id ?? this.#id;
  }

  override add(qualifier: Qualifier): void {
    this.#qualifiers.push(qualifier);
  }

  override resolve(frame: Frame): Result {
    const value = this.#operand.run(frame);
    return failed(value) ? value : applyAll(frame, value, this.#qualifiers);
  }
}

/** `condition ? truthy : falsy`; what is selected from it is selected from both. */
export class Conditional extends Attribute {
  readonly #id: number;
  readonly condition: Step;
  readonly truthy: Attribute;
  readonly falsy: Attribute;

  constructor(id: number, condition: Step, truthy: Attribute, falsy: Attribute) {
    super();
    this.#id = id;
    this.condition = condition;
    this.truthy = truthy;
    this.falsy = falsy;
  }

  override get id(): number {
    return this.truthy.id === this.falsy.id ? this.truthy.id : this.#id;
  }

  override add(qualifier: Qualifier): void {
    this.truthy.add(qualifier);
    this.falsy.add(qualifier);
  }

  override resolve(frame: Frame): Result {
    const condition = this.condition.run(frame);
    if (condition === true) return this.truthy.resolve(frame);
    if (condition === false) return this.falsy.resolve(frame);
    return failed(condition) ? condition : NO_SUCH_OVERLOAD;
  }
}

/** The step that an attribute is evaluated by. */
export class AttributeStep implements Step {
  readonly attribute: Attribute;
  /** True for `has()`, which costs nothing itself. */
  readonly test: number | undefined;

  constructor(attribute: Attribute, test?: number) {
    this.attribute = attribute;
    this.test = test;
  }

  get id(): number {
    return this.test ?? this.attribute.id;
  }

  run(frame: Frame): Result {
    let result = this.attribute.resolve(frame);
    if (this.test !== undefined && result instanceof Optional) result = result.value !== undefined;
    const { costs } = frame;
    if (this.attribute instanceof Conditional) {
      const { falsy, truthy, condition } = this.attribute;
      costs.drop(falsy.id, truthy.id, condition.id);
    } else {
      costs.drop(this.attribute.id);
      if (this.test === undefined) costs.cost++;
    }
    costs.push(this.id, result);
    return result;
  }
}
