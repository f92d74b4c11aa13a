import { quoteGo } from '../../cel/text.ts';
import type { ConfigurationProblem } from './types.ts';

/** k8s.io/apimachinery pkg/util/validation/field/errors.go, of what the validation of authorizers reports. */
function problem(path: string, kind: string, detail: string): ConfigurationProblem {
  return { path, message: `${path}: ${kind}${detail === '' ? '' : `: ${detail}`}` };
}

export function required(path: string, detail = ''): ConfigurationProblem {
  return problem(path, 'Required value', detail);
}

export function invalid(path: string, value: string, detail: string): ConfigurationProblem {
  return problem(path, `Invalid value: ${quoteGo(value)}`, detail);
}

export function duplicate(path: string, value: string): ConfigurationProblem {
  return problem(path, `Duplicate value: ${quoteGo(value)}`, '');
}

export function tooMany(path: string, actual: number, most: number): ConfigurationProblem {
  return problem(path, `Too many: ${actual}`, `must have at most ${most} items`);
}

/** `shown` is the value as upstream prints it. */
export function notSupported(
  path: string,
  shown: string,
  supported: readonly string[],
): ConfigurationProblem {
  return problem(
    path,
    `Unsupported value: ${shown}`,
    `supported values: ${supported.map(quoteGo).join(', ')}`,
  );
}
