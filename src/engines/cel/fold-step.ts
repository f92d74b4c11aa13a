import type { ComprehensionExpr } from './ast.ts';
import { goTypeName } from './attributes.ts';
import type { CostTracker } from './cost.ts';
import type { Frame, Step } from './steps.ts';
import {
  CelError,
  Entries,
  failed,
  GrowingList,
  hasTrait,
  Items,
  ListValue,
  MapValue,
  type Result,
} from './value.ts';

interface Parts {
  readonly initial: Step;
  readonly range: Step;
  readonly condition: Step;
  readonly step: Step;
  readonly result: Step;
}

/** A map that a comprehension builds in place. */
export class GrowingMap extends Entries {}

/** A comprehension (cel-go interpreter/interpretable.go, evalFold). */
export class FoldStep implements Step {
  readonly id: number;
  readonly #expr: ComprehensionExpr;
  readonly #parts: Parts;

  constructor(expr: ComprehensionExpr, parts: Parts) {
    this.id = expr.id;
    this.#expr = expr;
    this.#parts = parts;
  }

  run(frame: Frame): Result {
    const result = this.#evaluate(frame);
    frame.costs.drop(this.#parts.range.id);
    frame.costs.push(this.id, result);
    return result;
  }

  #evaluate(frame: Frame): Result {
    const range = this.#parts.range.run(frame);
    if (failed(range)) return range;
    const two = this.#expr.variable2 !== undefined;
    if (two && !(range instanceof ListValue || range instanceof MapValue))
      return new CelError(`unsupported comprehension range type: ${goTypeName(range)}`);
    if (!hasTrait(range, 'iterate'))
      return new CelError(`got '${goTypeName(range)}', expected iterable type`);
    const scope = new Scope(frame, this.#expr, this.#parts.initial);
    for (const [first, second] of pairs(range as ListValue | MapValue, two)) {
      scope.enter(first, second);
      const condition = this.#parts.condition.run(scope);
      if (typeof condition === 'boolean' && !condition) break;
      scope.accumulate(this.#parts.step.run(scope));
    }
    return scope.finish(this.#parts.result);
  }
}

function* pairs(range: ListValue | MapValue, two: boolean): Generator<readonly [Result, Result]> {
  if (range instanceof ListValue) {
    for (let i = 0; i < range.size; i++) yield two ? [BigInt(i), range.at(i)] : [range.at(i), null];
    return;
  }
  for (const key of range.keys()) yield [key, two ? range.find(key)! : null];
}

/** The variables of one comprehension over those around it. */
class Scope implements Frame {
  readonly #outer: Frame;
  readonly #expr: ComprehensionExpr;
  readonly #initial: Step;
  #accumulator: Result = null;
  #started = false;
  #first: Result = null;
  #second: Result = null;
  #finished = false;

  constructor(outer: Frame, expr: ComprehensionExpr, initial: Step) {
    this.#outer = outer;
    this.#expr = expr;
    this.#initial = initial;
  }

  get costs(): CostTracker {
    return this.#outer.costs;
  }

  enter(first: Result, second: Result): void {
    this.#first = first;
    this.#second = second;
  }

  accumulate(value: Result): void {
    this.#started = true;
    this.#accumulator = value;
  }

  resolve(name: string): Result | undefined {
    if (name === this.#expr.accumulator) {
      if (!this.#started) this.accumulate(this.#start());
      return this.#accumulator;
    }
    if (!this.#finished) {
      if (name === this.#expr.variable) return this.#first;
      if (name === this.#expr.variable2) return this.#second;
    }
    return this.#outer.resolve(name);
  }

  /** The accumulator is computed when it is first asked for; an empty list or map then grows in place. */
  #start(): Result {
    const initial = this.#initial.run(this.#outer);
    if (initial instanceof ListValue && initial.size === 0) return new GrowingList();
    if (initial instanceof MapValue && initial.size === 0) return new GrowingMap();
    return initial;
  }

  finish(result: Step): Result {
    this.#finished = true;
    const value = result.run(this);
    if (value instanceof GrowingList) return new Items(value.items);
    return value;
  }
}
