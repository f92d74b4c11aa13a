import type { CostTracker } from './cost.ts';
import type { Result } from './value.ts';

/** What an evaluation runs in: the variables in scope and the account of its cost. */
export interface Frame {
  readonly costs: CostTracker;
  /** Undefined where there is no such variable. A leading dot asks for a variable outside of all comprehensions. */
  resolve(name: string): Result | undefined;
}

/** A planned node. `id` changes for attributes, as they take up the selects and indexes that follow them. */
export interface Step {
  readonly id: number;
  run(frame: Frame): Result;
}

/** A step whose value is known when the expression is planned. */
export interface ConstantStep extends Step {
  readonly constant: Result;
}

export function isConstant(step: Step): step is ConstantStep {
  return 'constant' in step;
}
