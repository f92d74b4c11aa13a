import { asArray, asObject, asString, type Json, type JsonObject } from './json.ts';
import { labelKeyProblems, labelValueProblems } from './labels.ts';

/** An object's labels as they stand in `metadata.labels`; undefined is no labels. */
export type Labels = { readonly [key: string]: Json | undefined } | undefined;

export type LabelMatcher = (labels: Labels) => boolean;

export type RequirementOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | '>' | '<';

export interface Requirement {
  readonly key: string;
  readonly operator: RequirementOperator;
  readonly values: readonly string[];
}

/** A selector that was understood, or the reason, in upstream's words, why Kubernetes refuses it. */
export type SelectorResult =
  | {
      readonly matches: LabelMatcher;
      /** What must hold, all of it; `nothing` where no label set can match. */
      readonly requirements: readonly Requirement[] | 'nothing';
    }
  | { readonly refused: string };

const API_OPERATORS = new Map<string, RequirementOperator>([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
]);

/**
 * Compiles a metav1.LabelSelector as LabelSelectorAsSelector does: an absent one selects nothing, an empty one everything.
 * A caller whose field is a struct rather than a pointer (NetworkPolicy's podSelector) passes `{}` for an absent one.
 */
export function compileLabelSelector(selector: Json | undefined): SelectorResult {
  const object = asObject(selector);
  if (object === undefined) return { matches: () => false, requirements: 'nothing' };
  const requirements: Requirement[] = [];
  const labels = asObject(object['matchLabels']) ?? {};
  for (const key of Object.keys(labels)) {
    requirements.push({ key, operator: '=', values: [asString(labels[key]) ?? ''] });
  }
  for (const item of asArray(object['matchExpressions']) ?? []) {
    const expression: JsonObject = asObject(item) ?? {};
    const named = asString(expression['operator']) ?? '';
    const operator = API_OPERATORS.get(named);
    if (operator === undefined) {
      const refused = firstRefusal(requirements);
      return { refused: refused ?? `${JSON.stringify(named)} is not a valid label selector operator` };
    }
    const values = (asArray(expression['values']) ?? []).map((value) => asString(value) ?? '');
    requirements.push({ key: asString(expression['key']) ?? '', operator, values });
  }
  return compileRequirements(requirements);
}

/** The matcher of a metav1.LabelSelector; undefined where Kubernetes refuses it. See `compileLabelSelector`. */
export function labelSelector(selector: Json | undefined): LabelMatcher | undefined {
  const compiled = compileLabelSelector(selector);
  return 'refused' in compiled ? undefined : compiled.matches;
}

/** Checks each requirement as labels.NewRequirement does and compiles them to one matcher. */
export function compileRequirements(requirements: readonly Requirement[]): SelectorResult {
  const refused = firstRefusal(requirements);
  if (refused !== undefined) return { refused };
  const matchers = requirements.map(matcher);
  const [first, second] = matchers;
  if (first === undefined) return { matches: () => true, requirements };
  if (second === undefined) return { matches: first, requirements };
  return { matches: (labels) => matchers.every((matches) => matches(labels)), requirements };
}

function firstRefusal(requirements: readonly Requirement[]): string | undefined {
  for (const requirement of requirements) {
    const problems = [...new Set(requirementProblems(requirement))];
    if (problems.length > 0) return problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
  }
  return undefined;
}

function requirementProblems({ key, operator, values }: Requirement): string[] {
  const problems: string[] = [];
  const invalid = (path: string, value: string, why: string) =>
    problems.push(`${path}: Invalid value: ${value}: ${why}`);
  const list = values.length === 0 ? 'null' : JSON.stringify(values);
  const keyProblems = labelKeyProblems(key);
  if (keyProblems.length > 0) invalid('key', JSON.stringify(key), keyProblems.join('; '));
  switch (operator) {
    case 'in':
    case 'notin':
      if (values.length === 0)
        invalid('values', list, "for 'in', 'notin' operators, values set can't be empty");
      break;
    case 'exists':
    case '!':
      if (values.length > 0)
        invalid('values', list, 'values set must be empty for exists and does not exist');
      break;
    case '>':
    case '<':
      values.forEach((value, i) => {
        if (parseInt64(value) === undefined) {
          invalid(
            `values[${i}]`,
            JSON.stringify(value),
            "for 'Gt', 'Lt' operators, the value must be an integer",
          );
        }
      });
      break;
  }
  values.forEach((value, i) => {
    const valueProblems = labelValueProblems(value);
    if (valueProblems.length > 0)
      invalid(`values[${i}][${key}]`, JSON.stringify(value), valueProblems.join('; '));
  });
  return problems;
}

/** A label's value; null decodes as the empty string, and anything else that is no string is no label. */
function labelValue(labels: Labels, key: string): string | undefined {
  const value = labels?.[key];
  return typeof value === 'string' ? value : value === null && Object.hasOwn(labels!, key) ? '' : undefined;
}

function matcher({ key, operator, values }: Requirement): LabelMatcher {
  const [only = ''] = values;
  switch (operator) {
    case '=':
    case '==':
      return (labels) => labelValue(labels, key) === only;
    case '!=':
      return (labels) => labelValue(labels, key) !== only;
    case 'in':
      return (labels) => {
        const value = labelValue(labels, key);
        return value !== undefined && values.includes(value);
      };
    case 'notin':
      return (labels) => {
        const value = labelValue(labels, key);
        return value === undefined || !values.includes(value);
      };
    case 'exists':
      return (labels) => labelValue(labels, key) !== undefined;
    case '!':
      return (labels) => labelValue(labels, key) === undefined;
    case '>':
    case '<': {
      const bound = parseInt64(only)!;
      return (labels) => {
        const value = parseInt64(labelValue(labels, key) ?? '');
        return value !== undefined && (operator === '>' ? value > bound : value < bound);
      };
    }
  }
}

function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
