import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, identifier, quoted, type Value } from './duckdb.ts';
import { Holdings } from './holdings.ts';
import { hashesFromBytes, hashesToBytes, sortHashes } from './key-table.ts';
import { type Part, type SegmentEntry, segmentPath } from './manifest.ts';
import { SegmentFiles } from './segment-files.ts';
import { joinSpans } from './spans.ts';
import { INDEXED_COLUMNS, WordsBuilder } from './words.ts';

/** What a segment may have at most when it is put together of others. */
const LIMITS = { rows: 1_000_000, rawBytes: 400 << 20 } as const;
/** Originals that are larger on average fill the engine's memory, which holds a few thousand rows at a time. */
const LARGE_ROWS = 16 << 10;
/** What a record's columns have at least, about. */
const COLUMNS_BYTES = 512;
/** Rows and bytes of originals that are looked at together for their words. */
const LOOK = { rows: 1024, rawBytes: 4 << 20 } as const;

/**
 * Which segments to put together: neighbours in time of one day, as many as make a full one. Those that are half full stay alone, so
 * that no event is written again and again.
 */
export function planCompaction(segments: readonly SegmentEntry[]): (readonly SegmentEntry[])[] {
  const days = new Map<string, SegmentEntry[]>();
  for (const segment of segments) {
    const { day, rows, rawBytes } = segment;
    if (rows * 2 > LIMITS.rows || rawBytes * 2 > LIMITS.rawBytes || rawBytes / rows > LARGE_ROWS) continue;
    days.set(day, [...(days.get(day) ?? []), segment]);
  }
  const plan: (readonly SegmentEntry[])[] = [];
  for (const day of days.values()) {
    let together: SegmentEntry[] = [];
    let rows = 0;
    let rawBytes = 0;
    for (const segment of day.sort((a, b) => a.first - b.first || a.number - b.number)) {
      if (rows + segment.rows > LIMITS.rows || rawBytes + segment.rawBytes > LIMITS.rawBytes) {
        plan.push(together);
        together = [];
        rows = 0;
        rawBytes = 0;
      }
      together.push(segment);
      rows += segment.rows;
      rawBytes += segment.rawBytes;
    }
    plan.push(together);
  }
  return plan.filter(({ length }) => length > 1);
}

/** Makes the files of one segment out of several; like those of a new one they count when the manifest lists them. */
export async function mergeSegments(
  engine: Engine,
  store: string,
  sources: readonly SegmentEntry[],
  number: number,
): Promise<SegmentEntry> {
  const { day } = sources[0]!;
  const files = new SegmentFiles(store, { number, day });
  const sum = (value: (segment: SegmentEntry) => number) =>
    sources.reduce((total, one) => total + value(one), 0);
  const most = (value: (segment: SegmentEntry) => number) => Math.max(...sources.map(value));
  const rows = sum((segment) => segment.rows);
  await files.begin();
  try {
    const rawBytes = sum((segment) => segment.rawBytes);
    // Columns hold parts of the original, some of them twice, and little else.
    const sizes = { 'columns.parquet': rawBytes + rows * COLUMNS_BYTES, 'raw.parquet': rawBytes };
    for (const part of ['columns.parquet', 'raw.parquet'] as const) {
      const bytes = sizes[part];
      await files.copy(engine, part, `SELECT * FROM ${parquet(store, sources, part)}`, { rows, bytes });
    }
    const words = new WordsBuilder();
    for (const source of sources) await addWords(words, engine, store, source);
    await files.write('words', words.finish());
    await files.write('keys', await keysOf(store, sources));
    const holdings = new Holdings();
    for (const source of sources) holdings.addAll(source.holdings);
    return {
      number,
      day,
      rows,
      first: Math.min(...sources.map(({ first }) => first)),
      last: most(({ last }) => last),
      spans: joinSpans(sources.flatMap(({ spans }) => spans)),
      sealed: most(({ sealed }) => sealed),
      rawBytes,
      longest: most(({ longest }) => longest),
      parts: await files.commit(),
      holdings: holdings.list(),
    };
  } catch (error) {
    await files.abandon();
    throw error;
  }
}

function parquet(store: string, segments: readonly SegmentEntry[], part: Part): string {
  const paths = segments.map((segment) => quoted(join(store, segmentPath(segment, part))));
  return `read_parquet([${paths.join(', ')}])`;
}

async function addWords(
  words: WordsBuilder,
  engine: Engine,
  store: string,
  segment: SegmentEntry,
): Promise<void> {
  const perRow = Math.max(1, segment.rawBytes / segment.rows);
  const step = Math.max(1, Math.min(LOOK.rows, Math.floor(LOOK.rawBytes / perRow)));
  const columns = ['time', ...INDEXED_COLUMNS].map(identifier).join(', ');
  const rowsOf = (part: Part, select: string, start: number) => {
    const file = quoted(join(store, segmentPath(segment, part)));
    const rows = `file_row_number >= ${start} AND file_row_number < ${start + step}`;
    return `(SELECT file_row_number, ${select} FROM read_parquet(${file}, file_row_number = true) WHERE ${rows})`;
  };
  for (let start = 0; start < segment.rows; start += step) {
    const { rows } = await engine.run(
      `SELECT ${columns}, raw FROM ${rowsOf('columns.parquet', columns, start)} JOIN ${rowsOf('raw.parquet', 'raw', start)} USING (file_row_number) ORDER BY file_row_number`,
    );
    for (const row of rows) addRow(words, row);
  }
}

function addRow(words: WordsBuilder, row: readonly Value[]): void {
  const indexed = { time: row[0] as number } as { time: number } & Record<string, string>;
  INDEXED_COLUMNS.forEach((column, index) => {
    indexed[column] = row[index + 1] as string;
  });
  const bytes = Buffer.from(row[INDEXED_COLUMNS.length + 1] as string);
  words.add(indexed, bytes, 0, bytes.length);
}

async function keysOf(store: string, segments: readonly SegmentEntry[]): Promise<Uint8Array> {
  const files: Buffer[] = [];
  for (const segment of segments) files.push(await readFile(join(store, segmentPath(segment, 'keys'))));
  return hashesToBytes(sortHashes(hashesFromBytes(Buffer.concat(files))));
}
