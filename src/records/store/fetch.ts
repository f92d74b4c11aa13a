import type { Column } from '../record.ts';
import type { Asking } from './asking.ts';
import { identifier, type Rows, type Value } from './duckdb.ts';
import { type Piece, table } from './relations.ts';
import { Statement } from './statement.ts';
import { original } from './stored-text.ts';

/** Files that one statement opens to fetch rows. */
const FETCHED_TOGETHER = 8;
/** Rows of one piece that stand in a statement. */
const LISTED_ROWS = 256;

/** Where an event is. */
export interface Place {
  readonly piece: Piece;
  readonly row: number;
}

export type Fields = Record<string, string | number>;

interface Fetched {
  readonly piece: Piece;
  readonly rows: readonly number[];
}

/** Columns of events that were found. Those of pieces that cannot be read are left out. */
export async function fetchRows(
  asking: Asking,
  hits: readonly Place[],
  columns: readonly Column[],
): Promise<ReadonlyMap<Piece, ReadonlyMap<number, Fields>>> {
  const byPiece = new Map<Piece, number[]>();
  for (const { piece, row } of hits) {
    const rows = byPiece.get(piece);
    if (rows === undefined) byPiece.set(piece, [row]);
    else rows.push(row);
  }
  const fetched = [...byPiece].map(([piece, rows]) => ({ piece, rows }));
  const found = new Map<Piece, Map<number, Fields>>(fetched.map(({ piece }) => [piece, new Map()]));
  const others = columns.filter((column) => column !== 'raw');
  const fetch = async (wanted: readonly Column[], file: (part: Fetched) => string) => {
    for (let start = 0; start < fetched.length; start += FETCHED_TOGETHER) {
      const some = fetched.slice(start, start + FETCHED_TOGETHER);
      const answers = await asking.over(some, file, (parts) => rowsSql(parts, wanted, fetched));
      for (const answer of answers) take(answer, wanted, fetched, found);
    }
  };
  if (others.length > 0 || !columns.includes('raw')) await fetch(others, ({ piece }) => piece.part);
  if (columns.includes('raw')) {
    await fetch(['raw'], ({ piece }) => (piece.kind === 'segment' ? piece.rawPart : piece.part));
  }
  return found;
}

function rowsSql(parts: readonly Fetched[], wanted: readonly Column[], all: readonly Fetched[]) {
  const statement = new Statement();
  const names = wanted.map((column) => `, ${identifier(column)}`).join('');
  const selects = parts.map(({ piece, rows }) => {
    const list =
      rows.length <= LISTED_ROWS
        ? `(${rows.join(', ')})`
        : `(SELECT unnest(CAST(string_split(${statement.add({ text: '?', parameters: [rows.join(',')] })}, ',') AS BIGINT[])))`;
    const place = all.findIndex((one) => one.piece === piece);
    return `SELECT ${place} AS piece, file_row_number${names} FROM ${table(piece, wanted)} WHERE file_row_number IN ${list}`;
  });
  return { ...statement, text: selects.join(' UNION ALL ') };
}

function take(
  { rows }: Rows,
  wanted: readonly Column[],
  fetched: readonly Fetched[],
  found: ReadonlyMap<Piece, Map<number, Fields>>,
): void {
  for (const values of rows) {
    const [place, row] = values as readonly [number, number, ...Value[]];
    const events = found.get(fetched[place]!.piece)!;
    const fields = events.get(row) ?? {};
    wanted.forEach((column, index) => {
      const value = values[index + 2] as string | number;
      fields[column] = typeof value === 'string' ? original(value) : value;
    });
    events.set(row, fields);
  }
}
