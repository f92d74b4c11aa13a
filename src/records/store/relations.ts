import { join } from 'node:path';
import { COLUMNS, type Column } from '../record.ts';
import { identifier, quoted } from './duckdb.ts';
import type { JournalView } from './journal-view.ts';
import { journalPath, type SegmentEntry, segmentPath } from './manifest.ts';
import { BLOCK_ROWS } from './words.ts';

/** A part of the store that is asked by itself: a segment, or a journal. `row` is the number of an event in it, from 0. */
export type Piece = SegmentPiece | JournalPiece;

interface AnyPiece {
  /** The file that is named where it cannot be read, relative to the store. */
  readonly part: string;
  readonly rows: number;
  readonly first: number;
  readonly last: number;
}

export interface SegmentPiece extends AnyPiece {
  readonly kind: 'segment';
  readonly segment: SegmentEntry;
  /** The file of originals, relative to the store. */
  readonly rawPart: string;
  readonly columns: string;
  readonly raw: string;
  readonly words: string;
}

export interface JournalPiece extends AnyPiece {
  readonly kind: 'journal';
  readonly journal: JournalView;
}

export function segmentPiece(store: string, segment: SegmentEntry): SegmentPiece {
  const path = (part: 'columns.parquet' | 'raw.parquet' | 'words') => join(store, segmentPath(segment, part));
  return {
    kind: 'segment',
    segment,
    part: segmentPath(segment, 'columns.parquet'),
    rawPart: segmentPath(segment, 'raw.parquet'),
    rows: segment.rows,
    first: segment.first,
    last: segment.last,
    columns: path('columns.parquet'),
    raw: path('raw.parquet'),
    words: path('words'),
  };
}

/** When a journal's events happened is not known before they are read. */
export function journalPiece(journal: JournalView): JournalPiece {
  return {
    kind: 'journal',
    journal,
    part: journalPath(journal.number),
    rows: journal.rows,
    first: 0,
    last: Number.MAX_SAFE_INTEGER,
  };
}

/** Rows that follow one another, both ends inclusive. */
export type Range = readonly [from: number, to: number];

/** Blocks of rows by their numbers, ascending, as the ranges that they make up. */
export function rangesOf(blocks: readonly number[]): Range[] {
  const ranges: [number, number][] = [];
  for (const block of blocks) {
    const from = block * BLOCK_ROWS;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === from - 1) last[1] = from + BLOCK_ROWS - 1;
    else ranges.push([from, from + BLOCK_ROWS - 1]);
  }
  return ranges;
}

export function rangesSql(ranges: readonly Range[] | undefined): string {
  if (ranges === undefined) return 'true';
  if (ranges.length === 0) return 'false';
  return `(${ranges.map(([from, to]) => `file_row_number BETWEEN ${from} AND ${to}`).join(' OR ')})`;
}

export function parquet(path: string): string {
  return `read_parquet(${quoted(path)}, file_row_number = true)`;
}

const DEFAULTS: Partial<Record<Column, string>> = { time: '0', end: '0', code: '-1', redactions: '0' };
/** The reader of CSV wants room for lines in its buffer, and works on several buffers at once. */
const CSV_BUFFER_BYTES = 4 << 20;

/** A journal's events as a table, with the columns that are wanted and no others, since taking JSON apart is what costs. */
function journalTable({ journal }: JournalPiece, columns: readonly Column[]): string {
  const options = [
    "delim = '\\t'",
    "quote = ''",
    "escape = ''",
    "comment = ''",
    "new_line = '\\n'",
    'header = false',
    'auto_detect = false',
    // What is being written behind the lines that are read.
    'ignore_errors = true',
    `max_line_size = ${journal.longest + 1024}`,
    `buffer_size = ${Math.max(CSV_BUFFER_BYTES, 2 * journal.longest + 1024)}`,
    "columns = {'crc': 'VARCHAR', 'kind': 'VARCHAR', 'header': 'VARCHAR', 'raw': 'VARCHAR'}",
  ];
  const lines = `SELECT kind, header, raw FROM read_csv(${quoted(journal.path)}, ${options.join(', ')}) LIMIT ${journal.lines}`;
  const headers = columns.filter((column) => column !== 'raw');
  const structure = Object.fromEntries(headers.map((column) => [column, COLUMNS[column]]));
  const fields = headers.map(
    (column) => `coalesce(h.${identifier(column)}, ${DEFAULTS[column] ?? "''"}) AS ${identifier(column)}`,
  );
  const parsed = headers.length === 0 ? '' : `, from_json(header, ${quoted(JSON.stringify(structure))}) AS h`;
  const raw = columns.includes('raw')
    ? ["CASE kind WHEN 'b' THEN decode(from_base64(raw)) ELSE coalesce(raw, '') END AS raw"]
    : [];
  const numbered = `SELECT row_number() OVER () - 1 AS file_row_number, kind, header, raw FROM (${lines}) WHERE kind <> 'c'`;
  const valid = journal.doubtful ? ' WHERE json_valid(header)' : '';
  return `(SELECT ${['file_row_number', ...fields, ...raw].join(', ')} FROM (SELECT file_row_number, kind, raw${parsed} FROM (${numbered})${valid}))`;
}

/** Columns of several segments at once. */
export interface WholePieces {
  readonly kind: 'segments';
  readonly files: readonly string[];
}

/** @param columns that are wanted, besides `file_row_number`; where `raw` is among them nothing is read of rows outside of the ranges */
export function table(
  piece: Piece | WholePieces,
  columns: readonly Column[],
  ranges?: readonly Range[],
): string {
  if (piece.kind === 'segments') {
    const files = piece.files.map(quoted).join(', ');
    return `(SELECT ${columns.map(identifier).join(', ')} FROM read_parquet([${files}]))`;
  }
  if (piece.kind === 'journal') return journalTable(piece, columns);
  const within = rangesSql(ranges);
  const names = ['file_row_number', ...columns.filter((column) => column !== 'raw').map(identifier)];
  const others = `SELECT ${names.join(', ')} FROM ${parquet(piece.columns)} WHERE ${within}`;
  if (!columns.includes('raw')) return `(${others})`;
  const raws = `SELECT file_row_number, raw FROM ${parquet(piece.raw)} WHERE ${within}`;
  if (names.length === 1) return `(${raws})`;
  return `(SELECT * FROM (${others}) JOIN (${raws}) USING (file_row_number))`;
}
