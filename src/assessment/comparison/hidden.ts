import { credential } from '../../kubernetes/credentials.ts';
import { asString, isObject, type Json } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Step } from '../../kubernetes/stored/steps.ts';
import { HIDDEN } from './comparison.ts';

/** The value without what is or may be a secret: comparisons travel further than the objects do. */
export function withoutSecrets(
  { kind, group }: KubernetesObject,
  steps: readonly Step[],
  value: Json | undefined,
): Json | undefined {
  if (value === undefined) return undefined;
  const [first] = steps;
  const isSecretData =
    kind === 'Secret' &&
    group === '' &&
    first?.kind === 'field' &&
    (first.name === 'data' || first.name === 'stringData');
  return isSecretData ? HIDDEN : hide(nameOf(steps), value);
}

/** What the value is called: a variable's own name, else its field's. */
function nameOf(steps: readonly Step[]): string {
  const last = steps.at(-1);
  if (last?.kind !== 'field') return '';
  const item = steps.at(-2);
  const name = item?.kind === 'item' ? item.keys.find(([key]) => key === 'name')?.[1] : undefined;
  return last.name === 'value' && typeof name === 'string' ? name : last.name;
}

function hide(name: string, value: Json): Json {
  if (typeof value === 'string') return isSecret(name, value) ? HIDDEN : value;
  if (Array.isArray(value)) return value.map((item, i) => hide(flagBefore(value, i), item));
  if (!isObject(value)) return value;
  const own = asString(value['name']);
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => {
      if (entry === undefined) return [key, entry];
      return [key, hide(key === 'value' && own !== undefined ? own : key, entry)];
    }),
  );
}

/** The argument before names what follows: `--password`, `hunter2`. */
function flagBefore(list: readonly Json[], index: number): string {
  const before = list[index - 1];
  return typeof before === 'string' && before.startsWith('-') && !before.includes('=') ? before : '';
}

/** `NAME=value`, `name: value` and `"name": "value"`, as in arguments, scripts and files. */
const ASSIGNMENT = /["']?([A-Za-z_-][\w.-]*)["']?\s*[:=]\s*["']?([^\s"',;]+)/g;
const LONGEST = 65_536;

function isSecret(name: string, value: string): boolean {
  if (credential(name, value) !== undefined) return true;
  // Too long to be looked through: what may hold a secret is hidden.
  if (value.length > LONGEST) return true;
  for (const [, inner = '', assigned = ''] of value.matchAll(ASSIGNMENT)) {
    if (credential(inner, assigned) !== undefined) return true;
  }
  return false;
}
