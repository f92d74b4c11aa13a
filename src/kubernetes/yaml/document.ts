import type { Json } from '../json.ts';
import { Decoder } from './decode.ts';
import { YamlError } from './error.ts';
import type { ReadLimits } from './limits.ts';
import type { Marks } from './marks.ts';
import { Composer } from './nodes.ts';
import { Scanner } from './scanner.ts';
import { readSource } from './source.ts';

/** A key that its mapping holds more than once; line and columns count from 1, columns in UTF-16 code units. */
export interface FoundKey {
  path: string;
  /** Byte offsets from the start of the document. */
  start: number;
  end: number;
}

export interface DecodedDocument {
  /** Undefined when the document has no content. */
  value: Json | undefined;
  duplicates: readonly FoundKey[];
}

/**
 * Decodes one document with every rule of upstream's decoder. Offsets in marks and errors are those of the document.
 * @throws YamlError when upstream, or a limit, refuses the document.
 */
export function decodeDocument(document: Uint8Array, limits: ReadLimits, marks?: Marks): DecodedDocument {
  const { text, refusal, toSource } = readSource(document);
  try {
    const root = new Composer(new Scanner(text, refusal), limits).compose();
    if (root === undefined) return { value: undefined, duplicates: [] };
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
