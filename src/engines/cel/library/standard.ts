import { OPERATORS } from '../ast.ts';
import { sizeOf } from '../cost.ts';
import type { FunctionTable, Implementation } from '../declarations.ts';
import { compare, isEqual } from '../equality.ts';
import { compilePattern } from '../regex.ts';
import {
  CelError,
  ListValue,
  MapValue,
  NO_SUCH_OVERLOAD,
  type Result,
  type Trait,
  type Value,
} from '../value.ts';
import { add, divide, modulo, multiply, negate, subtract } from './arithmetic.ts';
import { addConversions } from './conversions.ts';
import { addTimeFunctions } from './time-functions.ts';

/** Operators and functions of the language itself (cel-go common/stdlib/standard.go). */
export function addStandard(table: FunctionTable): void {
  addLogic(table);
  addArithmetic(table);
  addComparisons(table);
  addContainers(table);
  addConversions(table);
  addStrings(table);
  addTimeFunctions(table);
}

const noBinding: Implementation = () => NO_SUCH_OVERLOAD;

function addLogic(table: FunctionTable): void {
  table.add('conditional', `${OPERATORS.conditional}(bool, A, A): A`).share(OPERATORS.conditional, noBinding);
  table.add('logical_and', `${OPERATORS.and}(bool, bool): bool`).share(OPERATORS.and, noBinding);
  table.add('logical_or', `${OPERATORS.or}(bool, bool): bool`).share(OPERATORS.or, noBinding);
  table
    .add('logical_not', `${OPERATORS.not}(bool): bool`)
    .share(OPERATORS.not, (value) => (typeof value === 'boolean' ? !value : NO_SUCH_OVERLOAD));
  table.add('not_strictly_false', `${OPERATORS.notStrictlyFalse}(bool): bool`, (value) =>
    typeof value === 'boolean' ? value : true,
  );
  table.add('equals', `${OPERATORS.equals}(A, A): bool`).share(OPERATORS.equals, noBinding);
  table.add('not_equals', `${OPERATORS.notEquals}(A, A): bool`).share(OPERATORS.notEquals, noBinding);
}

interface Operator {
  readonly name: string;
  readonly run: Implementation;
  readonly trait: Trait;
  /** `overload` of each type that is taken on both sides and given back. */
  readonly closed: Readonly<Record<string, string>>;
  /** `overload`: `left, right: result`. */
  readonly mixed?: Readonly<Record<string, string>>;
}

const ARITHMETIC: readonly Operator[] = [
  {
    name: OPERATORS.add,
    run: add,
    trait: 'add',
    closed: {
      add_bytes: 'bytes',
      add_double: 'double',
      add_duration_duration: 'duration',
      add_int64: 'int',
      add_list: 'list(A)',
      add_string: 'string',
      add_uint64: 'uint',
    },
    mixed: {
      add_duration_timestamp: 'duration, timestamp): timestamp',
      add_timestamp_duration: 'timestamp, duration): timestamp',
    },
  },
  {
    name: OPERATORS.divide,
    run: divide,
    trait: 'divide',
    closed: { divide_double: 'double', divide_int64: 'int', divide_uint64: 'uint' },
  },
  {
    name: OPERATORS.modulo,
    run: modulo,
    trait: 'modulo',
    closed: { modulo_int64: 'int', modulo_uint64: 'uint' },
  },
  {
    name: OPERATORS.multiply,
    run: multiply,
    trait: 'multiply',
    closed: { multiply_double: 'double', multiply_int64: 'int', multiply_uint64: 'uint' },
  },
  {
    name: OPERATORS.subtract,
    run: subtract,
    trait: 'subtract',
    closed: {
      subtract_double: 'double',
      subtract_duration_duration: 'duration',
      subtract_int64: 'int',
      subtract_uint64: 'uint',
    },
    mixed: {
      subtract_timestamp_duration: 'timestamp, duration): timestamp',
      subtract_timestamp_timestamp: 'timestamp, timestamp): duration',
    },
  },
];

function addArithmetic(table: FunctionTable): void {
  for (const { name, run, trait, closed, mixed } of ARITHMETIC) {
    for (const [id, type] of Object.entries(closed)) table.add(id, `${name}(${type}, ${type}): ${type}`);
    for (const [id, types] of Object.entries(mixed ?? {})) table.add(id, `${name}(${types}`);
    table.share(name, run, trait);
  }
  table.add('negate_double', `${OPERATORS.negate}(double): double`);
  table.add('negate_int64', `${OPERATORS.negate}(int): int`);
  table.share(OPERATORS.negate, negate, 'negate');
}

/** The pairs of types that have an order, as the overloads are called. */
const ORDERED: readonly (readonly [suffix: string, left: string, right: string])[] = [
  ['bool', 'bool', 'bool'],
  ['int64', 'int', 'int'],
  ['int64_double', 'int', 'double'],
  ['int64_uint64', 'int', 'uint'],
  ['uint64', 'uint', 'uint'],
  ['uint64_double', 'uint', 'double'],
  ['uint64_int64', 'uint', 'int'],
  ['double', 'double', 'double'],
  ['double_int64', 'double', 'int'],
  ['double_uint64', 'double', 'uint'],
  ['string', 'string', 'string'],
  ['bytes', 'bytes', 'bytes'],
  ['timestamp', 'timestamp', 'timestamp'],
  ['duration', 'duration', 'duration'],
];

function addComparisons(table: FunctionTable): void {
  const operators: readonly (readonly [string, string, (order: number) => boolean])[] = [
    [OPERATORS.less, 'less', (order) => order < 0],
    [OPERATORS.lessEquals, 'less_equals', (order) => order <= 0],
    [OPERATORS.greater, 'greater', (order) => order > 0],
    [OPERATORS.greaterEquals, 'greater_equals', (order) => order >= 0],
  ];
  for (const [name, id, holds] of operators) {
    for (const [suffix, left, right] of ORDERED)
      table.add(`${id}_${suffix}`, `${name}(${left}, ${right}): bool`);
    const run: Implementation = (left, right) => {
      const order = compare(left!, right!);
      return order instanceof CelError ? order : holds(order);
    };
    table.share(name, run, 'compare');
  }
}

function addContainers(table: FunctionTable): void {
  table.add('index_list', `${OPERATORS.index}(list(A), int): A`);
  table.add('index_map', `${OPERATORS.index}(map(A, B), A): B`).share(OPERATORS.index, noBinding);
  table.add('in_list', `${OPERATORS.in}(A, list(A)): bool`);
  table.add('in_map', `${OPERATORS.in}(A, map(A, B)): bool`);
  table.share(OPERATORS.in, (value, container) => contains(value!, container!));
  for (const type of ['bytes', 'list(A)', 'map(A, B)', 'string']) {
    const name = /^\w+/.exec(type)![0];
    table.add(`size_${name}`, `size(${type}): int`);
    table.add(`${name}_size`, `${type}.size(): int`);
  }
  table.share('size', (value) => BigInt(sizeOf(value)), 'size');
}

function contains(value: Value, container: Value): Result {
  if (container instanceof ListValue) {
    for (const item of container) if (isEqual(value, item)) return true;
    return false;
  }
  if (!(container instanceof MapValue)) return NO_SUCH_OVERLOAD;
  const found = container.find(value);
  return found instanceof CelError ? found : found !== undefined;
}

function addStrings(table: FunctionTable): void {
  const onTexts =
    (test: (text: string, part: string) => boolean): Implementation =>
    (text, part) =>
      typeof text === 'string' && typeof part === 'string' ? test(text, part) : NO_SUCH_OVERLOAD;
  table.add(
    'contains_string',
    'string.contains(string): bool',
    onTexts((text, part) => text.includes(part)),
  );
  table.add(
    'ends_with_string',
    'string.endsWith(string): bool',
    onTexts((text, part) => text.endsWith(part)),
  );
  table.add(
    'starts_with_string',
    'string.startsWith(string): bool',
    onTexts((text, part) => text.startsWith(part)),
  );
  for (const name of ['contains', 'endsWith', 'startsWith']) table.unguarded(name);
  table.add('matches', 'matches(string, string): bool');
  table.add('matches_string', 'string.matches(string): bool');
  const run: Implementation = (text, pattern) => {
    if (typeof pattern !== 'string') return NO_SUCH_OVERLOAD;
    const compiled = compilePattern(pattern);
    return compiled instanceof CelError ? compiled : compiled.test(text as string);
  };
  table.share('matches', run, 'match');
}
