import type { Json } from '../../../kubernetes/json.ts';
import { isHarmless, isSecretName } from '../../../records/redaction/names.ts';
import { REDACTED, type Redactions } from '../../../records/redaction/tally.ts';
import { redactLine } from '../../../records/redaction/text.ts';

/** Deeper than any log goes, and far from where a walk would end the stack. */
export const DEEPEST = 200;

/** True where nothing of a value lies deeper than can be walked. */
export function isShallow(value: Json | undefined, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= DEEPEST) return false;
  for (const child of Array.isArray(value) ? value : Object.values(value)) {
    if (!isShallow(child, depth + 1)) return false;
  }
  return true;
}

/** A document without what is secret by its form or its name. The same value where nothing had to go, so that its text may stay as it was. */
export function redactDocument<T extends Json>(value: T, tally: Redactions): T {
  return redacted(value, '', tally) as T;
}

function redacted(value: Json, name: string, tally: Redactions): Json {
  if (typeof value === 'string') {
    if (name !== '' && value !== '' && isSecretName(name) && !isHarmless(value)) {
      tally.add('named-value');
      return REDACTED;
    }
    return redactLine(value, tally);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => redacted(item, name, tally));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  let changed: [string, Json | undefined][] | undefined;
  const entries = Object.entries(value);
  for (const [index, [key, child]] of entries.entries()) {
    if (child === undefined) continue;
    const next = redacted(child, key, tally);
    if (next === child) continue;
    changed ??= [...entries];
    changed[index] = [key, next];
  }
  return changed === undefined ? value : Object.fromEntries(changed);
}
