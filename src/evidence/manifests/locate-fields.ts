import type { Origin, SourceFile } from '../../kubernetes/object.ts';
import { locate, type SourceRange } from '../../kubernetes/yaml/index.ts';
import { sourceOf } from './byte-source.ts';

export interface FieldRequest {
  readonly origin: Origin;
  /** Field path from the object, empty for the object itself. */
  readonly path: string;
}

/**
 * Where fields stand in their files, answers in the order of the requests. Each document is read once more however many
 * of its fields are asked for, and one document at a time is held. Undefined where the file has changed or is gone.
 */
export async function locateFields(requests: readonly FieldRequest[]): Promise<(SourceRange | undefined)[]> {
  const results = new Array<SourceRange | undefined>(requests.length).fill(undefined);
  for (const [file, indices] of groupBy(requests.keys(), (i) => requests[i]!.origin.file)) {
    for (const [, ofDocument] of groupBy(indices, (i) => requests[i]!.origin.start)) {
      const ranges = locateInDocument(
        file,
        ofDocument.map((i) => requests[i]!),
      );
      ofDocument.forEach((index, i) => {
        results[index] = ranges[i];
      });
    }
  }
  return results;
}

function groupBy<K>(indices: Iterable<number>, key: (index: number) => K): Map<K, number[]> {
  const groups = new Map<K, number[]>();
  for (const index of indices) {
    const group = groups.get(key(index));
    if (group) group.push(index);
    else groups.set(key(index), [index]);
  }
  return groups;
}

function locateInDocument(
  file: SourceFile,
  requests: readonly FieldRequest[],
): readonly (SourceRange | undefined)[] {
  const { start, end, line, column } = requests[0]!.origin;
  let bytes: Uint8Array;
  try {
    bytes = sourceOf(file).slice(start, end);
  } catch {
    return [];
  }
  const paths = requests.map(({ origin, path }) => join(origin.within, path));
  const ranges = locate(bytes, { start: 0, end: bytes.length, line }, paths);
  return column === 1 ? ranges : ranges.map((range) => range && shift(range, line, column - 1));
}

function join(within: string, path: string): string {
  return within === '' || path === '' || path.startsWith('[') ? within + path : `${within}.${path}`;
}

/** Columns of an item's first line count from where the item begins. */
function shift(range: SourceRange, line: number, by: number): SourceRange {
  return {
    ...range,
    column: range.line === line ? range.column + by : range.column,
    endColumn: range.endLine === line ? range.endColumn + by : range.endColumn,
  };
}
