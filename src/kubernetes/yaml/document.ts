import type { Json } from '../json.ts';
import { Decoder, type FoundDuplicate } from './decode.ts';
import { YamlError } from './error.ts';
import { readFast } from './fast-block.ts';
import type { ReadLimits } from './limits.ts';
import type { Marks } from './marks.ts';
import { Composer } from './nodes.ts';
import { Scanner } from './scanner.ts';
import { readSource } from './source.ts';

export interface DecodedDocument {
  /** Undefined when the document has no content. */
  value: Json | undefined;
  /** Offsets count from the start of the document. */
  duplicates: readonly FoundDuplicate[];
}

const LF = 0x0a;
const noDuplicates: readonly FoundDuplicate[] = [];

/**
 * Decodes the document in bytes [start, end). Offsets in errors and duplicates count from its start.
 * @throws YamlError when upstream, or a limit, refuses the document.
 */
export function decodeDocument(
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: ReadLimits,
): DecodedDocument {
  const fast =
    bytes[end - 1] === LF ? readFast(bytes, start, end, limits) : readUnended(bytes, start, end, limits);
  if (fast !== undefined) return { value: fast.value, duplicates: noDuplicates };
  return decodeCompletely(bytes.subarray(start, end), limits);
}

/** Decodes a document and records where its collections stand; offsets count from the start of the document. */
export function decodeMarked(document: Uint8Array, limits: ReadLimits, marks: Marks): Json | undefined {
  const { length } = document;
  const fast =
    document[length - 1] === LF
      ? readFast(document, 0, length, limits, marks)
      : readUnended(document, 0, length, limits, marks);
  if (fast !== undefined) return fast.value;
  marks.clear();
  return decodeCompletely(document, limits, marks).value;
}

/** The last document of a source may lack the line end that upstream adds. */
function readUnended(
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: ReadLimits,
  marks?: Marks,
): ReturnType<typeof readFast> {
  const text = new Uint8Array(end - start + 1);
  text.set(bytes.subarray(start, end));
  text[end - start] = LF;
  return readFast(text, 0, text.length, limits, marks);
}

/** Decodes a document by every rule of upstream's decoder. */
function decodeCompletely(document: Uint8Array, limits: ReadLimits, marks?: Marks): DecodedDocument {
  const { text, refusal, toSource } = readSource(document);
  try {
    const root = new Composer(new Scanner(text, refusal), limits).compose();
    if (root === undefined) return { value: undefined, duplicates: noDuplicates };
    const decoder = new Decoder(limits, marks);
    const value = decoder.decode(root);
    const empty = value === null && root.type === 'scalar' && root.start === root.end;
    if (marks !== undefined) mapMarks(marks, toSource);
    const duplicates = decoder.duplicates.map(({ path, start, end }) => ({
      path,
      start: toSource(start),
      end: toSource(end),
    }));
    return { value: empty ? undefined : value, duplicates };
  } catch (error) {
    if (error instanceof YamlError) throw error.at(toSource(error.offset));
    throw error;
  }
}

function mapMarks(marks: Marks, toSource: (offset: number) => number): void {
  const seen = new Set<object>();
  for (const mark of marks.values()) {
    mark.start = toSource(mark.start);
    mark.end = toSource(mark.end);
    for (const entry of mark.entries.values()) {
      if (seen.has(entry)) continue;
      seen.add(entry);
      entry.keyStart = toSource(entry.keyStart);
      entry.keyEnd = toSource(entry.keyEnd);
      entry.valueStart = toSource(entry.valueStart);
      entry.valueEnd = toSource(entry.valueEnd);
    }
  }
}
