import { quoteGo } from './go-text.ts';

/** What a validation of Kubernetes refuses. */
export interface FieldError {
  /** Field path; empty where it is about the whole. */
  readonly path: string;
  /** In upstream's words. */
  readonly message: string;
}

/** k8s.io/apimachinery pkg/util/validation/field/errors.go, of what the validation of configuration files reports. */
function problem(path: string, kind: string, detail: string): FieldError {
  return { path, message: `${path}: ${kind}${detail === '' ? '' : `: ${detail}`}` };
}

export function required(path: string, detail = ''): FieldError {
  return problem(path, 'Required value', detail);
}

export function invalid(path: string, value: string, detail: string): FieldError {
  return problem(path, `Invalid value: ${quoteGo(value)}`, detail);
}

export function duplicate(path: string, value: string): FieldError {
  return problem(path, `Duplicate value: ${quoteGo(value)}`, '');
}

export function tooMany(path: string, actual: number, most: number): FieldError {
  return problem(path, `Too many: ${actual}`, `must have at most ${most} items`);
}

/** `shown` is the value as upstream prints it. */
export function notSupported(path: string, shown: string, supported: readonly string[]): FieldError {
  return problem(
    path,
    `Unsupported value: ${shown}`,
    `supported values: ${supported.map(quoteGo).join(', ')}`,
  );
}
