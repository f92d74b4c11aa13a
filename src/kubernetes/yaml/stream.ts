/** A document of a stream, as byte range of the source; `line` counts from 1. */
export interface DocumentRange {
  start: number;
  end: number;
  line: number;
  /** Set when the document ends in a separator that is none; upstream refuses the document before it too. */
  badSeparator?: { text: string; line: number };
}

const LF = 0x0a;
const DASH = 0x2d;

// unicode.IsSpace of Go, which differs from JavaScript's \s by U+0085 and U+FEFF.
const goSpace = '[\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const trimmed = new RegExp(`^${goSpace}+|${goSpace}+$`, 'g');
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Splits a stream into documents as YAMLReader of k8s.io/apimachinery/pkg/util/yaml does: at every line that starts
 * with `---`, wherever it stands. A separator before any text belongs to the document that follows.
 */
export function* splitDocuments(bytes: Uint8Array): Generator<DocumentRange> {
  const length = bytes.length;
  const cursor = { line: 1 };
  let start = 0;
  let startLine = 1;
  let at = nextSeparator(bytes, 0, cursor);
  while (at < length) {
    const { line } = cursor;
    const end = bytes.indexOf(LF, at);
    const next = end < 0 ? length : end + 1;
    const text = separatorText(bytes, at + 3, end < 0 ? length : end);
    if (text !== '' && text[0] !== '#') {
      yield { start, end: next, line: startLine, badSeparator: { text, line } };
      start = next;
      startLine = line + 1;
    } else if (at > start) {
      yield { start, end: at, line: startLine };
      start = next;
      startLine = line + 1;
    }
    cursor.line++;
    at = nextSeparator(bytes, next, cursor);
  }
  if (start < length) yield { start, end: length, line: startLine };
}

/** The next line at or behind the line start `from` that begins with `---`; counts the lines that it passes. */
function nextSeparator(bytes: Uint8Array, from: number, cursor: { line: number }): number {
  const { length } = bytes;
  let { line } = cursor;
  let at = from;
  while (at < length) {
    if (bytes[at] === DASH && bytes[at + 1] === DASH && bytes[at + 2] === DASH) break;
    while (at < length && bytes[at] !== LF) at++;
    at++;
    line++;
  }
  cursor.line = line;
  return at;
}

function separatorText(bytes: Uint8Array, from: number, to: number): string {
  return from === to ? '' : decoder.decode(bytes.subarray(from, to)).replace(trimmed, '');
}
