import { RE2JS } from 're2js';
import { CelError } from './value.ts';

/** A compiled pattern; matching takes time linear in the text, whatever the pattern (RE2 semantics, as Go's regexp). */
export interface Pattern {
  test(text: string): boolean;
  /** The leftmost matches, at most `limit` of them where that is not negative (`FindAllString`). */
  matches(text: string, limit: number): string[];
}

const KEPT = 100;
const compiled = new Map<string, Pattern | CelError>();

/** Compiles a pattern, or gives Go's complaint about it. The newest patterns are kept. */
export function compilePattern(pattern: string): Pattern | CelError {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (compiled.size >= KEPT) compiled.clear();
  const made = compile(pattern);
  compiled.set(pattern, made);
  return made;
}

function compile(source: string): Pattern | CelError {
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(source);
  } catch (error) {
    return new CelError(error instanceof Error ? error.message : String(error));
  }
  return {
    test: (text) => pattern.matcher(text).find(),
    matches: (text, limit) => findAll(pattern, text, limit),
  };
}

/** Go drops an empty match right after another match, which a matcher that only moves forward would report. */
function findAll(pattern: RE2JS, text: string, limit: number): string[] {
  const found: string[] = [];
  const matcher = pattern.matcher(text);
  let previousEnd = -1;
  let at = 0;
  while (at <= text.length && (limit < 0 || found.length < limit) && matcher.find(at)) {
    const start = matcher.start();
    const end = matcher.end();
    if (end > start || start !== previousEnd) found.push(text.slice(start, end));
    previousEnd = end;
    at = end > start ? end : end + (text.codePointAt(end)! > 0xffff ? 2 : 1);
  }
  return found;
}
