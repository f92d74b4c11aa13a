/** The words of upstream's details: k8s.io/pod-security-admission/policy/helpers.go, Go's `%q` and `sets.List`. */

/** `"a", "b"`, without any escaping, as upstream's joinQuote. */
export function joinQuote(items: readonly string[]): string {
  return items.length === 0 ? '' : `"${items.join('", "')}"`;
}

export function pluralize(singular: string, plural: string, count: number): string {
  return count === 1 ? singular : plural;
}

/** `container "a"` or `containers "a", "b"`. */
export function containersNamed(names: readonly string[]): string {
  return `${pluralize('container', 'containers', names.length)} ${joinQuote(names)}`;
}

/** Who set a bad value: `pod`, `container "a"`, or `pod and containers "a", "b"`. */
export function setters(pod: boolean, containers: readonly string[]): string[] {
  const named = containers.length > 0 ? [containersNamed(containers)] : [];
  return pod ? ['pod', ...named] : named;
}

/** The distinct items in the order of Go's string comparison, which is by UTF-8 bytes. */
export function sortedSet(items: Iterable<string>): string[] {
  return [...new Set(items)].sort(compareBytes);
}

export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    // In UTF-16 a surrogate sorts below U+E000..U+FFFF, in UTF-8 above.
    if (x !== y) return utf8Rank(x) - utf8Rank(y);
  }
  return a.length - b.length;
}

function utf8Rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

const PLAIN = /^[ !#-[\]-~]*$/;
const PRINTABLE = /^[ \p{L}\p{M}\p{N}\p{P}\p{S}]$/u;
const ESCAPES: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** A Go string literal, as `fmt.Sprintf("%q")` and `strconv.Quote` write it. */
export function quote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  let quoted = '"';
  for (const character of text) quoted += ESCAPES[character] ?? escapeCharacter(character);
  return `${quoted}"`;
}

function escapeCharacter(character: string): string {
  if (PRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
