import type { EventRecord } from '../record.ts';
import type { JournalContents } from './journal-contents.ts';
import { storableTime } from './journal-encoder.ts';
import type { KeyFiles } from './key-files.ts';
import { hashKey, KEY_WORDS, type KeyHashes, KeyTable } from './key-table.ts';
import type { SegmentEntry } from './manifest.ts';
import { covers } from './spans.ts';

export interface Checked {
  readonly hashes: KeyHashes;
  /** By index of the record: 1 where it is stored already or comes a second time among these. */
  readonly double: Uint8Array;
}

/** Finds out which records are there already: in journals by their keys, in segments by keys of those that have their time. */
export async function findDoubles(
  records: readonly EventRecord[],
  journals: readonly JournalContents[],
  segments: readonly SegmentEntry[],
  files: KeyFiles,
): Promise<Checked> {
  const hashes = new Uint32Array(records.length * KEY_WORDS);
  const double = new Uint8Array(records.length);
  const times = new Float64Array(records.length);
  const seen = new KeyTable();
  let first = Infinity;
  let last = 0;
  records.forEach(({ key, time }, index) => {
    hashKey(key, hashes, index);
    const there = !seen.add(hashes, index) || journals.some(({ keys }) => keys.has(hashes, index));
    double[index] = there ? 1 : 0;
    times[index] = storableTime(time);
    if (there) return;
    first = Math.min(first, times[index]!);
    last = Math.max(last, times[index]!);
  });
  for (const segment of segments) {
    if (segment.last < first || segment.first > last) continue;
    const covered: number[] = [];
    for (let index = 0; index < records.length; index++) {
      if (double[index] === 0 && covers(segment.spans, times[index]!)) covered.push(index);
    }
    if (covered.length === 0) continue;
    for (const index of await files.among(segment, hashes, covered)) double[index] = 1;
  }
  return { hashes, double };
}
