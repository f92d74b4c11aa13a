import { type FieldPath, parseFieldPath } from '../field-path.ts';
import type { Json, JsonObject } from '../json.ts';
import { decodeMarked } from './document.ts';
import { YamlError } from './error.ts';
import { markJson } from './json-marks.ts';
import { defaultReadLimits, type ReadLimits } from './limits.ts';
import type { CollectionMark, EntryMark, Marks } from './marks.ts';
import { type Place, placesOf, plainBytes } from './source.ts';

/** A range of the source; all count from 1, columns in UTF-16 code units, the end is exclusive. */
export interface SourceRange {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

interface Span {
  start: number;
  end: number;
}

const LF = 0x0a;

/**
 * The ranges of fields of a document, found by reading it again. A mapping entry with a scalar reaches from its key to
 * the end of the value, as does one whose collection ends on the key's line; other collections show their key with the
 * colon. A sequence item is its scalar, or the first line of its collection. A path that is absent
 * answers with its deepest ancestor, the empty path with the first line of the content. Values written as an alias
 * are found where the anchor stands. Undefined when the document has no content or cannot be read.
 * Reads JSON text by JSON's rules where those apply.
 */
export function locate(
  bytes: Uint8Array,
  document: { start: number; end: number; line: number },
  paths: readonly FieldPath[],
  limits?: Partial<ReadLimits>,
): (SourceRange | undefined)[] {
  const text = plainBytes(bytes).subarray(document.start, document.end);
  const marks: Marks = new Map();
  const root = readMarked(text, { ...defaultReadLimits, ...limits }, marks);
  if (root === undefined) return paths.map(() => undefined);
  const spans = paths.map((path) => find(root, marks, text, parseFieldPath(path)));
  return toRanges(text, document.line, spans);
}

function readMarked(text: Uint8Array, limits: ReadLimits, marks: Marks): Json | undefined {
  const json = markJson(text, limits, marks);
  if (json !== undefined) return json;
  marks.clear();
  try {
    return decodeMarked(text, limits, marks);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

function find(root: Json, marks: Marks, text: Uint8Array, steps: (string | number)[]): Span {
  let value: Json = root;
  let found = collectionSpan(root, marks, text) ?? contentSpan(text);
  for (const step of steps) {
    const entry = collection(value, marks)?.entries.get(step);
    if (entry === undefined) break;
    value = (value as JsonObject)[step] as Json;
    found = entrySpan(entry, value, marks, text);
  }
  return found;
}

function collection(value: Json, marks: Marks): CollectionMark | undefined {
  return typeof value === 'object' && value !== null ? marks.get(value) : undefined;
}

function entrySpan(entry: EntryMark, value: Json, marks: Marks, text: Uint8Array): Span {
  const { keyStart, keyEnd, valueStart, valueEnd } = entry;
  const mark = collection(value, marks);
  const isAlias = mark !== undefined && (mark.start < valueStart || mark.end > valueEnd);
  if (mark === undefined || isAlias || lineEnd(text, keyStart) >= valueEnd) {
    return trim(text, keyStart, Math.max(keyEnd, valueEnd));
  }
  if (keyStart === valueStart) return firstLine(mark, value, marks, text);
  return { start: keyStart, end: colonEnd(text, keyEnd) };
}

function collectionSpan(value: Json, marks: Marks, text: Uint8Array): Span | undefined {
  const mark = collection(value, marks);
  return mark && firstLine(mark, value, marks, text);
}

/** What stands on the first line of a collection, without a comment where its first entry ends the line. */
function firstLine(mark: CollectionMark, value: Json, marks: Marks, text: Uint8Array): Span {
  const { start } = mark;
  const end = Math.min(mark.end, lineEnd(text, start));
  const first = mark.entries.entries().next().value;
  if (first === undefined || first[1].keyStart !== start) return trim(text, start, end);
  const inner = entrySpan(first[1], (value as JsonObject)[first[0]] as Json, marks, text);
  return trim(text, start, Math.min(end, inner.end));
}

function lineEnd(text: Uint8Array, from: number): number {
  const end = text.indexOf(LF, from);
  return end < 0 ? text.length : end;
}

function isSpace(b: number | undefined): boolean {
  return b === 0x20 || b === 0x09 || b === 0x0d || b === LF;
}

function trim(text: Uint8Array, start: number, end: number): Span {
  let to = end;
  while (to > start && isSpace(text[to - 1])) to--;
  return { start, end: to };
}

function colonEnd(text: Uint8Array, from: number): number {
  let at = from;
  while (text[at] === 0x20 || text[at] === 0x09) at++;
  return text[at] === 0x3a ? at + 1 : from;
}

/** The first line that is not blank, a comment or a separator. */
function contentSpan(text: Uint8Array): Span {
  for (let at = 0; at < text.length; ) {
    const end = lineEnd(text, at);
    let from = at;
    while (from < end && isSpace(text[from])) from++;
    const separator = text[at] === 0x2d && text[at + 1] === 0x2d && text[at + 2] === 0x2d;
    if (from < end && text[from] !== 0x23 && !separator) return trim(text, from, end);
    at = end + 1;
  }
  return { start: 0, end: 0 };
}

function toRanges(text: Uint8Array, line: number, spans: readonly Span[]): SourceRange[] {
  const offsets = spans.flatMap(({ start, end }) => [start, end]);
  const places = placesOf(text, { start: 0, line }, offsets);
  return spans.map(({ start, end }) => {
    const from = places.get(start) as Place;
    const to = places.get(end) as Place;
    return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  });
}
