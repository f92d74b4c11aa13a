import { CompileError } from './ast.ts';
import { checkExpression, type Environment } from './check.ts';
import { Cancelled, COST_LIMIT, CostTracker } from './cost.ts';
import { parseExpression } from './parser.ts';
import { plan } from './plan.ts';
import type { Frame, Step } from './steps.ts';
import type { CelType } from './types.ts';
import { validate } from './validate.ts';
import { CelError, type Result, Unknown } from './value.ts';

/** Variables by name; undefined where there is none. */
export type Variables = (name: string) => Result | undefined;

export interface Evaluation {
  readonly result: Result;
  /** In the units of Kubernetes' budgets. */
  readonly cost: number;
}

/** A compiled expression. */
export class Program {
  readonly source: string;
  /** What the expression gives, as far as the types tell. */
  readonly type: CelType;
  readonly #step: Step;

  constructor(source: string, type: CelType, step: Step) {
    this.source = source;
    this.type = type;
    this.#step = step;
  }

  /** Runs the expression; it is cut off at a cost of `limit`, as the API server would do. */
  evaluate(variables: Variables, limit: number = COST_LIMIT): Evaluation {
    const costs = new CostTracker(limit);
    const frame: Frame = { costs, resolve: (name) => variables(name.startsWith('.') ? name.slice(1) : name) };
    try {
      return { result: this.#step.run(frame), cost: costs.cost };
    } catch (error) {
      if (error instanceof Cancelled) return { result: new CelError(error.message), cost: costs.cost };
      if (!(error instanceof RangeError)) throw error;
      return { result: new Unknown('nested-too-deep'), cost: costs.cost };
    }
  }
}

/** Compiles an expression. Throws CompileError where the API server would refuse it. */
export function compile(source: string, environment: Environment): Program {
  try {
    const checked = checkExpression(parseExpression(source), environment);
    const problems = validate(checked);
    if (problems.length > 0) throw new CompileError(problems);
    return new Program(source, checked.type, plan(checked));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CompileError([{ at: 0, message: 'the expression nests too deep' }]);
  }
}
