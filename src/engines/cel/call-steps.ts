import { OPERATORS } from './ast.ts';
import { callCost, regexCost } from './cost.ts';
import type { FunctionDeclaration, Implementation } from './declarations.ts';
import { equal } from './equality.ts';
import type { Frame, Step } from './steps.ts';
import {
  CelError,
  Entries,
  failed,
  fits,
  hasTrait,
  type ListValue,
  NO_SUCH_OVERLOAD,
  Optional,
  type Result,
  type Trait,
  TypeValue,
  typeNameOf,
  Unknown,
  type Value,
} from './value.ts';

/** How a call is carried out once its arguments are known. */
export interface Bound {
  readonly run: (args: Result[]) => Result;
  /** What the first argument must be able to do. */
  readonly trait: Trait | undefined;
  /** Whether cel-go evaluates all arguments before it looks at errors (one or two arguments), or stops at the first. */
  readonly style: 'fixed' | 'any';
  /** False where the function takes errors as arguments. */
  readonly strict: boolean;
  /** True where the pattern is a constant: then only the text must be a string. */
  readonly wholeText?: boolean;
}

/** Which implementation a call runs: the only overload that fits its types, or the one that fits its values. */
export function implementationOf(declaration: FunctionDeclaration, overload: string, count: number): Bound {
  const { name, shared, unguarded, overloads } = declaration;
  const strict = name !== OPERATORS.notStrictlyFalse;
  if (shared !== undefined) {
    const style = count <= 2 ? 'fixed' : 'any';
    return { run: (args) => shared.run(...(args as Value[])), trait: shared.trait, style, strict };
  }
  const only =
    overloads.length === 1 ? overloads[0]! : overloads.find((candidate) => candidate.id === overload);
  if (only !== undefined) {
    const run = (args: Result[]) =>
      !strict || unguarded || matches(args as Value[], only.args)
        ? only.run!(...(args as Value[]))
        : noOverload(name, args as Value[]);
    return { run, trait: undefined, style: count === 1 || count === 2 ? 'fixed' : 'any', strict };
  }
  const run = (args: Result[]) => {
    for (const candidate of overloads) {
      const fitting =
        candidate.run !== undefined &&
        candidate.args.length === args.length &&
        (unguarded || matches(args as Value[], candidate.args));
      if (fitting) return (candidate.run as Implementation)(...(args as Value[]));
    }
    return noOverload(name, args as Value[]);
  };
  return { run, trait: undefined, style: 'any', strict };
}

function matches(args: readonly Value[], types: readonly Parameters<typeof fits>[1][]): boolean {
  return args.length === types.length && args.every((arg, i) => fits(arg, types[i]!));
}

function noOverload(name: string, args: readonly Value[]): CelError {
  return new CelError(`no such overload: ${name}(${args.map(typeNameOf).join(', ')})`);
}

export class CallStep implements Step {
  readonly id: number;
  readonly #name: string;
  readonly #overload: string;
  readonly #args: readonly Step[];
  readonly #bound: Bound;

  constructor(id: number, name: string, overload: string, args: readonly Step[], bound: Bound) {
    this.id = id;
    this.#name = name;
    this.#overload = overload;
    this.#args = args;
    this.#bound = bound;
  }

  run(frame: Frame): Result {
    const result = this.#evaluate(frame);
    const args = frame.costs.dropArgs(this.#args);
    if (args !== undefined) frame.costs.cost += callCost(this.#name, this.#overload, args, result);
    frame.costs.push(this.id, result);
    return result;
  }

  #evaluate(frame: Frame): Result {
    const values: Result[] = [];
    for (const arg of this.#args) {
      const value = arg.run(frame);
      if (this.#bound.style === 'any' && this.#bound.strict && failed(value)) return value;
      values.push(value);
    }
    if (this.#bound.strict) {
      const problem = values.find(failed);
      if (problem !== undefined) return problem;
    }
    const first = values[0] as Value;
    const { trait, wholeText } = this.#bound;
    // To Go the value of a type is its name, which a constant pattern can be matched with.
    if (wholeText && first instanceof TypeValue) return this.#bound.run([first.name, ...values.slice(1)]);
    if (wholeText && typeof first !== 'string') return NO_SUCH_OVERLOAD;
    if (trait !== undefined && !hasTrait(first, trait)) {
      if (hasTrait(first, 'receive')) return NO_SUCH_OVERLOAD;
      const id = this.#args.length > 2 ? ` ${this.id}` : '';
      return new CelError(`no such overload: ${this.#name}${id}`);
    }
    this.#chargePattern(frame, values);
    return this.#bound.run(values);
  }

  /** A pattern that would cost too much ends the evaluation anyhow, so it is not run at all. */
  #chargePattern(frame: Frame, values: readonly Result[]): void {
    if (this.#name !== 'matches' && this.#name !== 'find' && this.#name !== 'findAll') return;
    const { costs } = frame;
    const before = costs.cost;
    costs.cost += regexCost(values[0], values[1]);
    costs.check();
    costs.cost = before;
  }
}

/** `==` and `!=`. */
export class EqualityStep implements Step {
  readonly id: number;
  readonly #name: string;
  readonly #args: readonly [Step, Step];

  constructor(id: number, name: string, left: Step, right: Step) {
    this.id = id;
    this.#name = name;
    this.#args = [left, right];
  }

  run(frame: Frame): Result {
    const left = this.#args[0].run(frame);
    const right = this.#args[1].run(frame);
    const isEquals = this.#name === OPERATORS.equals;
    let result: Result;
    if (failed(left)) result = left;
    else if (failed(right)) result = right;
    else result = isEquals ? equal(left, right) : unequal(left, right);
    const args = frame.costs.dropArgs(this.#args);
    const overload = isEquals ? 'equals' : 'not_equals';
    if (args !== undefined) frame.costs.cost += callCost(this.#name, overload, args, result);
    frame.costs.push(this.id, result);
    return result;
  }
}

function unequal(left: Value, right: Value): Result {
  const same = equal(left, right);
  return same instanceof Unknown ? same : same !== true;
}

/** `&&` and `||`: one operand that decides is enough, whatever the others are. */
export class LogicStep implements Step {
  readonly id: number;
  readonly #decisive: boolean;
  readonly #terms: readonly Step[];

  constructor(id: number, decisive: boolean, terms: readonly Step[]) {
    this.id = id;
    this.#decisive = decisive;
    this.#terms = terms;
  }

  run(frame: Frame): Result {
    const result = this.#evaluate(frame);
    for (const term of this.#terms) frame.costs.drop(term.id);
    frame.costs.push(this.id, result);
    return result;
  }

  #evaluate(frame: Frame): Result {
    let problem: CelError | undefined;
    let unknown: Unknown | undefined;
    for (const term of this.#terms) {
      const value = term.run(frame);
      if (value === this.#decisive) return this.#decisive;
      if (value === !this.#decisive) continue;
      if (value instanceof Unknown) unknown ??= value;
      else problem ??= value instanceof CelError ? value : NO_SUCH_OVERLOAD;
    }
    return unknown ?? problem ?? !this.#decisive;
  }
}

/** `in` a constant list. */
export class MembershipStep implements Step {
  readonly id: number;
  readonly #value: Step;
  readonly #members = new Entries();

  constructor(id: number, value: Step, list: ListValue) {
    this.id = id;
    this.#value = value;
    for (const item of list) this.#members.set(item, true);
  }

  run(frame: Frame): Result {
    const value = this.#value.run(frame);
    const result = failed(value) ? value : this.#members.find(value) !== undefined;
    frame.costs.push(this.id, result);
    return result;
  }
}

/** `optional.or(optional)` and `optional.orValue(value)`: the second is evaluated only where it is needed. */
export class OrStep implements Step {
  readonly id: number;
  readonly #left: Step;
  readonly #right: Step;
  readonly #unwrap: boolean;

  constructor(id: number, left: Step, right: Step, unwrap: boolean) {
    this.id = id;
    this.#left = left;
    this.#right = right;
    this.#unwrap = unwrap;
  }

  run(frame: Frame): Result {
    const result = this.#evaluate(frame);
    frame.costs.push(this.id, result);
    return result;
  }

  #evaluate(frame: Frame): Result {
    const left = this.#left.run(frame);
    if (failed(left)) return left;
    if (!(left instanceof Optional)) return NO_SUCH_OVERLOAD;
    if (left.value === undefined) return this.#right.run(frame);
    return this.#unwrap ? left.value : left;
  }
}
