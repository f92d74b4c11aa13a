import { KubeStrideError } from '../../kubernetes/errors.ts';
import { COLUMNS, type Column } from '../record.ts';
import { type Asking, engineReason, StoreChanged } from './asking.ts';
import { type Engine, identifier, NotOneSelect, openEngine, quoted, type Rows } from './duckdb.ts';
import type { Table } from './event-store.ts';
import { fetchRows, type Place } from './fetch.ts';
import { type Piece, type SegmentPiece, table } from './relations.ts';
import type { Snapshots } from './snapshot.ts';
import { original } from './stored-text.ts';

/** Megabytes. */
const MEMORY = 600;
const EVERY_COLUMN = Object.keys(COLUMNS) as Column[];
const ALL_BUT_RAW = EVERY_COLUMN.filter((column) => column !== 'raw');
/**
 * Stands for an original where a question does not name them: they are read for the rows of the answer alone. No stored text is like
 * it (stored-text.ts).
 */
const PLACEHOLDER = /^\ufdd0raw:(\d+):(\d+)$/;

/**
 * Answers one SELECT over the view `events`, in an engine of its own that reads no files but the store's and writes none.
 * Where the question names `raw`, originals are read of all rows that its conditions leave, a few hundred thousand a second; where it
 * does not, and asks for all columns, those of the answer alone.
 */
export async function askSql(
  asking: Asking,
  store: Snapshots,
  pieces: readonly Piece[],
  text: string,
  limit: number,
): Promise<Table> {
  let readable = newestFirst(pieces);
  for (;;) {
    try {
      const { columns, rows } = await answer(readable, text, limit + 1);
      const table = await withOriginals(asking, { columns, rows: rows.slice(0, limit) }, readable);
      return { ...table, more: rows.length > limit, damage: asking.damage };
    } catch (error) {
      if (error instanceof KubeStrideError || error instanceof StoreChanged) throw error;
      if (await store.changed()) throw new StoreChanged();
      const left = /^(IO|Invalid|Serialization|Internal|TProtocol)/.test(engineReason(error))
        ? await withoutBroken(asking, readable)
        : readable;
      if (left.length === readable.length) {
        const reason = error instanceof NotOneSelect ? 'not one SELECT' : engineReason(error);
        throw new KubeStrideError('store-query', { reason }, { cause: error });
      }
      readable = left;
    }
  }
}

/** Segments, then journals. What is asked for most are the newest: when those are known, the engine passes over older ones unread. */
function newestFirst(pieces: readonly Piece[]): readonly Piece[] {
  const segments = pieces.filter(({ kind }) => kind === 'segment');
  const journals = pieces.filter(({ kind }) => kind === 'journal');
  return [...segments.sort((a, b) => b.last - a.last), ...journals];
}

async function answer(pieces: readonly Piece[], text: string, rows: number): Promise<Rows> {
  const engine = await openEngine({ memory: MEMORY });
  try {
    await engine.run(
      `CREATE VIEW events AS ${/raw/i.test(text) ? wholeView(pieces) : placeholderView(pieces)}`,
    );
    await lock(engine, pieces);
    return await engine.selectOne(text, rows);
  } finally {
    engine.close();
  }
}

/** From here on nothing but the store's files can be read, and none of it be lifted (DuckDB's documentation, "Securing DuckDB"). */
async function lock(engine: Engine, pieces: readonly Piece[]): Promise<void> {
  const paths = pieces.flatMap((piece) =>
    piece.kind === 'journal' ? [piece.journal.path] : [piece.columns, piece.raw],
  );
  await engine.run(`SET allowed_paths = [${paths.map(quoted).join(', ')}]`);
  await engine.run('SET enable_external_access = false');
  await engine.run('SET lock_configuration = true');
}

const NAMES = EVERY_COLUMN.map(identifier).join(', ');
const OTHER_NAMES = ALL_BUT_RAW.map(identifier).join(', ');

function wholeView(pieces: readonly Piece[]): string {
  return united(pieces.map((piece) => `SELECT ${NAMES} FROM ${table(piece, EVERY_COLUMN)}`));
}

function placeholderView(pieces: readonly Piece[]): string {
  const segments = pieces.filter((piece): piece is SegmentPiece => piece.kind === 'segment');
  const journals = pieces
    .map((piece, place) => ({ piece, place }))
    .filter(({ piece }) => piece.kind === 'journal');
  const placeholder = (place: string) => `chr(64976) || 'raw:' || ${place} || ':' || file_row_number AS raw`;
  const files = segments.map(({ columns }) => quoted(columns)).join(', ');
  return united([
    ...(segments.length === 0
      ? []
      : [
          `SELECT ${OTHER_NAMES}, ${placeholder('file_index')} FROM read_parquet([${files}], file_row_number = true)`,
        ]),
    ...journals.map(
      ({ piece, place }) =>
        `SELECT ${OTHER_NAMES}, ${placeholder(`${place}`)} FROM ${table(piece, ALL_BUT_RAW)}`,
    ),
  ]);
}

/** Tables one after the other; without any, one that has all columns and no rows. */
function united(selects: readonly string[]): string {
  if (selects.length > 0) return selects.join(' UNION ALL ');
  const columns = EVERY_COLUMN.map((column) => `CAST(NULL AS ${COLUMNS[column]}) AS ${identifier(column)}`);
  return `SELECT ${columns.join(', ')} WHERE false`;
}

/** Puts originals in the places of what stands for them. Segments come before journals, as in the view. */
async function withOriginals(
  asking: Asking,
  { columns, rows }: Rows,
  pieces: readonly Piece[],
): Promise<Rows> {
  const at = columns.flatMap((name, index) => (name.toLowerCase() === 'raw' ? [index] : []));
  const placeOf = (value: unknown): Place | undefined => {
    const [, piece, row] = (typeof value === 'string' && PLACEHOLDER.exec(value)) || [];
    const found = pieces[Number(piece)];
    return piece === undefined || found === undefined ? undefined : { piece: found, row: Number(row) };
  };
  const places = rows.flatMap((row) => at.flatMap((index) => placeOf(row[index]) ?? []));
  const found = await fetchRows(asking, places, ['raw']);
  return {
    columns,
    rows: rows.map((row) =>
      row.map((value, index) => {
        if (typeof value !== 'string') return value;
        const place = at.includes(index) ? placeOf(value) : undefined;
        if (place === undefined) return original(value);
        return found.get(place.piece)?.get(place.row)?.['raw'] ?? '';
      }),
    ),
  };
}

/** Reads everything, to find which files cannot be. */
async function withoutBroken(asking: Asking, pieces: readonly Piece[]): Promise<Piece[]> {
  const left: Piece[] = [];
  for (const piece of pieces) {
    const deep = async (part: string, columns: readonly Column[]) => {
      const answers = await asking.over(
        [{ piece }],
        () => part,
        () => ({
          text: `SELECT max(COLUMNS(*)) FROM ${table(piece, columns)}`,
          parameters: [],
        }),
      );
      return answers.length > 0;
    };
    const raws = piece.kind === 'segment' ? piece.rawPart : piece.part;
    if ((await deep(piece.part, ALL_BUT_RAW)) && (await deep(raws, ['raw']))) left.push(piece);
  }
  return left;
}
