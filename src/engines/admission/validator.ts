import { utf8Length } from '../../kubernetes/go-text.ts';
import { trim } from '../cel/library/strings.ts';
import { CelError, type Result, Unknown } from '../cel/value.ts';
import type { Activation, CompiledExpression } from './expressions.ts';
import type { CompiledValidation, Policy } from './policy.ts';

/** Budgets of apiserver pkg/apis/cel: for all validations of a policy, and for its match conditions. */
const VALIDATION_BUDGET = 10_000_000;
const MATCH_CONDITION_BUDGET = 2_500_000;
const LONGEST_MESSAGE = 5 * 1024;
const OUT_OF_BUDGET =
  'validation failed due to running out of cost budget, no further validation rules will be run';

/** One thing that a policy says about a request. */
export type Decision =
  | { readonly kind: 'admit' }
  | {
      readonly kind: 'deny' | 'error';
      readonly message: string;
      readonly reason: string;
      readonly validation: number | undefined;
    }
  /** An error while an audit annotation was computed: denies whatever the binding's actions are. */
  | { readonly kind: 'annotation-error'; readonly message: string }
  | { readonly kind: 'unknown'; readonly unknown: Unknown; readonly validation: number | undefined };

type Evaluated = { readonly result: Result } | { readonly problem: string } | undefined;

/** Evaluates expressions on one budget; undefined where it ran out, and then nothing counts. */
function evaluateAll(
  policy: Policy,
  expressions: readonly (CompiledExpression | undefined)[],
  activation: Activation,
  budget: number,
): { readonly results: readonly Evaluated[]; readonly left: number } | undefined {
  const evaluator = policy.expressions.evaluator(activation);
  let left = budget;
  const results: Evaluated[] = [];
  for (const expression of expressions) {
    if (expression === undefined) {
      results.push(undefined);
      continue;
    }
    if (expression.program === undefined) {
      results.push({ problem: `compilation error: ${expression.problem}` });
      continue;
    }
    const { result, cost } = evaluator.evaluate(expression.program);
    if (cost > left) return undefined;
    left -= cost;
    if (result instanceof CelError)
      results.push({ problem: `expression '${expression.source}' resulted in error: ${result.message}` });
    else results.push({ result });
  }
  return { results, left };
}

function error(message: string): Decision {
  return { kind: 'error', message, reason: 'Invalid', validation: undefined };
}

/** What a policy says of a request with one parameter (apiserver policy/validating/validator.go). */
export function decide(policy: Policy, activation: Activation): readonly Decision[] {
  const condition = matchConditions(policy, activation);
  if (condition !== true) return condition === false ? [] : [condition];
  const validations = evaluateAll(
    policy,
    policy.validations.map(({ expression }) => expression),
    activation,
    VALIDATION_BUDGET,
  );
  if (validations === undefined) return [error(OUT_OF_BUDGET)];
  const messages = evaluateAll(
    policy,
    policy.validations.map(({ messageExpression }) => messageExpression),
    activation,
    validations.left,
  );
  const decisions = policy.validations.map((validation, i) =>
    decision(
      validation,
      i,
      validations.results[i],
      messages === undefined ? 'out of budget' : messages.results[i],
    ),
  );
  return [...decisions, ...annotations(policy, activation)];
}

/** True where the policy is to be evaluated. */
function matchConditions(policy: Policy, activation: Activation): boolean | Decision {
  if (policy.matchConditions.length === 0) return true;
  // Match conditions do not see the namespace.
  const seen = new Map(activation).set('namespaceObject', null);
  const evaluated = evaluateAll(
    policy,
    policy.matchConditions.map(({ expression }) => expression),
    seen,
    MATCH_CONDITION_BUDGET,
  );
  if (evaluated === undefined) return policy.ignoresErrors ? false : error(OUT_OF_BUDGET);
  const results = evaluated.results.map((each) => each!);
  if (results.some((each) => 'result' in each && each.result === false)) return false;
  const unknown = results.find((each) => 'result' in each && each.result instanceof Unknown);
  if (unknown !== undefined && 'result' in unknown)
    return { kind: 'unknown', unknown: unknown.result as Unknown, validation: undefined };
  const problems = results.flatMap((each) => ('problem' in each ? [each.problem] : []));
  if (problems.length === 0) return true;
  if (policy.ignoresErrors) return false;
  return error(problems.length === 1 ? problems[0]! : `[${[...new Set(problems)].join(', ')}]`);
}

function decision(
  validation: CompiledValidation,
  index: number,
  evaluated: Evaluated,
  message: Evaluated | 'out of budget',
): Decision {
  if (evaluated !== undefined && 'problem' in evaluated)
    return { kind: 'error', message: evaluated.problem, reason: 'Invalid', validation: index };
  const result = evaluated?.result;
  if (result instanceof Unknown) return { kind: 'unknown', unknown: result, validation: index };
  if (message === 'out of budget')
    return {
      kind: 'error',
      message: `failed messageExpression: ${OUT_OF_BUDGET}`,
      reason: 'Invalid',
      validation: index,
    };
  if (result === true) return { kind: 'admit' };
  return {
    kind: 'deny',
    message: messageOf(validation, message),
    reason: validation.reason,
    validation: index,
  };
}

function messageOf({ expression, message }: CompiledValidation, evaluated: Evaluated): string {
  const result = evaluated !== undefined && 'result' in evaluated ? evaluated.result : undefined;
  if (typeof result === 'string') {
    const trimmed = trim(result);
    if (trimmed !== '' && utf8Length(trimmed) <= LONGEST_MESSAGE && !trimmed.includes('\n')) return trimmed;
  }
  // What is not known is written so, since the verdict does not depend on it.
  if (result instanceof Unknown && message === '') return `failed expression: ${trim(expression.source)}`;
  return trim(message) || `failed expression: ${trim(expression.source)}`;
}

function annotations(policy: Policy, activation: Activation): Decision[] {
  const evaluated = evaluateAll(
    policy,
    policy.auditAnnotations.map(({ expression }) => expression),
    activation,
    VALIDATION_BUDGET,
  );
  if (evaluated === undefined) return [error(OUT_OF_BUDGET)];
  if (policy.ignoresErrors) return [];
  return evaluated.results.flatMap((each): Decision[] =>
    each !== undefined && 'problem' in each ? [{ kind: 'annotation-error', message: each.problem }] : [],
  );
}
