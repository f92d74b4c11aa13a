/** Patterns and their parts: a request may not make the filter costlier than its answer. */
const MOST_PATTERNS = 32;
const MOST_PARTS = 16;

type Node = { readonly [key: string]: unknown };

/**
 * The parts of an answer that `filter_path` names, as Elasticsearch's common option: patterns separated by commas, `*` for any part of a
 * name, `**` for any names, `-` before what is left out.
 */
export function filterPath(value: unknown, filter: string | null): unknown {
  if (filter === null || filter.trim() === '') return value;
  const patterns = filter
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .slice(0, MOST_PATTERNS);
  const wanted = patterns.filter((text) => !text.startsWith('-')).map(partsOf);
  const unwanted = patterns.filter((text) => text.startsWith('-')).map((text) => partsOf(text.slice(1)));
  let result: unknown = value;
  if (wanted.length > 0) result = keep(result, wanted) ?? {};
  if (unwanted.length > 0) result = drop(result, unwanted) ?? {};
  return result;
}

const partsOf = (text: string): readonly string[] => text.split('.').slice(0, MOST_PARTS);

function keep(value: unknown, patterns: readonly (readonly string[])[]): unknown {
  if (patterns.some((parts) => parts.length === 0)) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => keep(item, patterns)).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (typeof value !== 'object' || value === null) {
    return patterns.some((parts) => parts.every((part) => part === '**')) ? value : undefined;
  }
  const kept: [string, unknown][] = [];
  for (const [name, child] of Object.entries(value as Node)) {
    const next = patterns.flatMap((parts) => advance(parts, name));
    const result = next.length === 0 ? undefined : keep(child, next);
    if (result !== undefined) kept.push([name, result]);
  }
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function drop(value: unknown, patterns: readonly (readonly string[])[]): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => drop(item, patterns)).filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  const kept: [string, unknown][] = [];
  for (const [name, child] of Object.entries(value as Node)) {
    const next = patterns.flatMap((parts) => advance(parts, name));
    if (next.some((parts) => parts.length === 0)) continue;
    kept.push([name, next.length === 0 ? child : drop(child, next)]);
  }
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** What is left of a pattern below a name; empty where it ends there. */
function advance(parts: readonly string[], name: string): (readonly string[])[] {
  const [first, ...rest] = parts;
  if (first === undefined) return [];
  if (first === '**') return [parts, ...(rest.length === 0 ? [[]] : advance(rest, name))];
  return isLike(first, name) ? [rest] : [];
}

/** `*` matches any text. Linear in both, because senders choose the pattern. */
function isLike(pattern: string, name: string): boolean {
  const [head = '', ...pieces] = pattern.split('*');
  if (pieces.length === 0) return head === name;
  if (!name.startsWith(head)) return false;
  const tail = pieces.pop() ?? '';
  let at = head.length;
  for (const piece of pieces) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length - at >= tail.length && name.endsWith(tail);
}
