import type { Json } from '../json.ts';
import { type DecodedDocument, decodeDocument } from './document.ts';
import { YamlError } from './error.ts';
import { defaultReadLimits, type ReadLimits } from './limits.ts';
import { type Place, placesOf, plainBytes } from './source.ts';
import { type DocumentRange, splitDocuments } from './stream.ts';

/** A key that its mapping holds more than once: the last one counts, strict field validation refuses the object. */
export interface DuplicateKey {
  path: string;
  /** From 1, in the file; columns count UTF-16 code units, the end is exclusive. */
  line: number;
  column: number;
  endColumn: number;
}

export interface ReadError {
  /** Upstream's words; a line in them counts from the start of the document, as kubectl prints it. */
  message: string;
  /** The reason without that line. */
  problem: string;
  /** Where it is in the file, from 1; the column counts UTF-16 code units. */
  line: number;
  column: number;
}

export interface YamlDocument {
  /** The decoded value; undefined when `error` is set and when the document has no content. */
  value: Json | undefined;
  /** Byte range of the document in the source. */
  start: number;
  end: number;
  /** Line, from 1, at which the document's text starts. */
  line: number;
  /** At most the first 1,000. */
  duplicateKeys: readonly DuplicateKey[];
  error?: ReadError;
}

const noDuplicates: readonly DuplicateKey[] = Object.freeze([]);

/**
 * Reads a stream of YAML documents as Kubernetes does (apimachinery's YAMLReader, then sigs.k8s.io/yaml). Each document
 * stands for itself: one that is refused carries an `error` and the next is read all the same.
 * Integers beyond 2^53 become the nearest double. Values used through aliases are shared objects, never cyclic; the
 * number of values in the expanded tree is bounded by `maxNodes`, its depth by `maxDepth`.
 */
export function* readYaml(bytes: Uint8Array, limits?: Partial<ReadLimits>): Generator<YamlDocument> {
  const bounds = { ...defaultReadLimits, ...limits };
  const source = plainBytes(bytes);
  for (const range of splitDocuments(source)) yield readDocument(source, range, bounds);
}

function readDocument(bytes: Uint8Array, range: DocumentRange, limits: ReadLimits): YamlDocument {
  const { start, end, line, badSeparator } = range;
  if (badSeparator !== undefined) {
    const problem = `invalid Yaml document separator: ${badSeparator.text}`;
    const error = { message: problem, problem, line: badSeparator.line, column: 1 };
    return { value: undefined, start, end, line, duplicateKeys: noDuplicates, error };
  }
  try {
    if (end - start > limits.maxDocumentBytes) {
      throw new YamlError(`document exceeds the limit of ${limits.maxDocumentBytes} bytes`, 0);
    }
    const { value, duplicates } = decodeDocument(bytes, start, end, limits);
    const duplicateKeys = duplicates.length === 0 ? noDuplicates : keyPlaces(bytes, range, duplicates);
    return { value, start, end, line, duplicateKeys };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const { message, problem, offset } = error;
    const place = placesOf(bytes, range, [start + offset]).get(start + offset) as Place;
    return {
      value: undefined,
      start,
      end,
      line,
      duplicateKeys: noDuplicates,
      error: { message, problem, ...place },
    };
  }
}

function keyPlaces(
  bytes: Uint8Array,
  range: DocumentRange,
  found: DecodedDocument['duplicates'],
): DuplicateKey[] {
  const offsets = found.flatMap(({ start, end }) => [range.start + start, range.start + end]);
  const places = placesOf(bytes, range, offsets);
  return found.map(({ path, start, end }) => {
    const from = places.get(range.start + start) as Place;
    const to = places.get(range.start + end) as Place;
    return { path, ...from, endColumn: to.line === from.line ? to.column : from.column + 1 };
  });
}
