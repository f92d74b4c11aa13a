import { COLUMNS, type Column, record } from '../record.ts';
import type { Asking } from './asking.ts';
import type { Query, Selected } from './event-store.ts';
import { fetchRows, type Place } from './fetch.ts';
import { type Part, partsOf, planOf, type Unit, wavesOf } from './plan.ts';
import { type Piece, table, type WholePieces } from './relations.ts';
import { type Selection, selectionOf } from './selection.ts';
import { Statement } from './statement.ts';
import { BLOCK_ROWS } from './words.ts';

/** Rows that are read at once, at first and at most: columns are narrow, originals are not. */
const WAVES = {
  columns: { first: 500_000, most: 20_000_000 },
  originals: { first: 8 * BLOCK_ROWS, most: 256 * BLOCK_ROWS },
} as const;
const EVERY_COLUMN = Object.keys(COLUMNS) as Column[];
const ALL_BUT_RAW = EVERY_COLUMN.filter((column) => column !== 'raw');

interface Hit extends Place {
  readonly time: number;
}

/** What a question goes to. */
export interface Asked {
  readonly asking: Asking;
  readonly pieces: readonly Piece[];
}

export async function selectEvents(asked: Asked, query: Query): Promise<Omit<Selected, 'damage'>> {
  const newest = query.order !== 'oldest';
  const limit = query.limit ?? Number.POSITIVE_INFINITY;
  const hits = await findHits(asked, selectionOf(query), newest, limit);
  const answer = hits.slice(0, limit);
  const found = await fetchRows(asked.asking, answer, query.columns ?? ALL_BUT_RAW);
  const events = answer.flatMap(({ piece, row, time }) => {
    const fields = found.get(piece)?.get(row);
    if (fields === undefined) return [];
    return [record({ key: '', source: 'audit', raw: '', time, ...fields } as Parameters<typeof record>[0])];
  });
  return { events, more: hits.length > limit };
}

/** @returns in the order of the answer; one more than the limit where there is one */
async function findHits(
  { asking, pieces }: Asked,
  selection: Selection,
  newest: boolean,
  limit: number,
): Promise<Hit[]> {
  const place = new Map(pieces.map((piece, index) => [piece, index]));
  const units = planOf(pieces, selection).sort((a, b) => (newest ? b.to - a.to : a.from - b.from));
  const { first, most } = selection.originals === undefined ? WAVES.columns : WAVES.originals;
  const bounded = Number.isFinite(limit);
  let hits: Hit[] = [];
  let done = 0;
  for (const wave of wavesOf(units, bounded ? first : most, most)) {
    done += wave.length;
    const parts = await narrowed(asking, partsOf(wave), selection);
    const answers = await asking.over(parts, fileOf(selection), (some) => {
      const statement = new Statement();
      const rows = some.map(
        (part) =>
          `SELECT ${place.get(part.piece)} AS piece, file_row_number AS "row", time FROM ${matching(statement, part, selection, ['time'])}`,
      );
      const way = newest ? 'DESC' : 'ASC';
      const text = `SELECT piece, "row", time FROM (${rows.join(' UNION ALL ')}) ORDER BY time ${way}, piece ${way}, "row" ${way}`;
      return { ...statement, text: bounded ? `${text} LIMIT ${limit + 1}` : text };
    });
    for (const { rows } of answers) {
      for (const [piece, row, time] of rows as readonly (readonly number[])[]) {
        hits.push({ piece: pieces[piece!]!, row: row!, time: time! });
      }
    }
    if (!bounded || hits.length <= limit) continue;
    hits = inOrder(hits, place, newest).slice(0, limit + 1);
    const next = units[done];
    const last = hits[limit]!.time;
    if (next !== undefined && (newest ? next.to < last : next.from > last)) break;
  }
  return inOrder(hits, place, newest);
}

function inOrder(hits: Hit[], place: ReadonlyMap<Piece, number>, newest: boolean): Hit[] {
  const sign = newest ? -1 : 1;
  return hits.sort(
    (a, b) => sign * (a.time - b.time || place.get(a.piece)! - place.get(b.piece)! || a.row - b.row),
  );
}

export function fileOf(selection: Selection): (part: Part) => string {
  return ({ piece }) =>
    selection.originals !== undefined && piece.kind === 'segment' ? piece.rawPart : piece.part;
}

/** Columns of several segments, of which all rows are read. */
export interface WholeSegments {
  readonly piece: WholePieces;
  readonly ranges: undefined;
}

/** A part's rows that pass a selection, as a table with `file_row_number` and the columns that are wanted. */
export function matching(
  statement: Statement,
  { piece, ranges }: Part | WholeSegments,
  { columns, originals }: Selection,
  wanted: readonly Column[],
): string {
  const needed = [...new Set([...wanted, ...columns.asked, ...(originals?.asked ?? [])])];
  const conditions = [
    statement.add(columns.sql),
    ...(originals === undefined ? [] : [statement.add(originals.sql)]),
  ];
  return `(SELECT * FROM ${table(piece, needed, ranges)} WHERE ${conditions.join(' AND ')})`;
}

/** Leaves out blocks of originals of which no row's columns pass: reading those costs a hundredth. */
export async function narrowed(
  asking: Asking,
  parts: readonly Part[],
  selection: Selection,
): Promise<readonly Part[]> {
  if (selection.originals === undefined || selection.columns.asked.length === 0) return parts;
  const segments = parts.filter(({ piece }) => piece.kind === 'segment');
  const answers = await asking.over(
    segments,
    ({ piece }) => piece.part,
    (some) => {
      const statement = new Statement();
      const blocks = some.map((part) => {
        const rows = matching(statement, part, { ...selection, originals: undefined }, []);
        return `SELECT ${segments.indexOf(part)} AS part, file_row_number // ${BLOCK_ROWS} AS block FROM ${rows}`;
      });
      return { ...statement, text: `SELECT DISTINCT part, block FROM (${blocks.join(' UNION ALL ')})` };
    },
  );
  const found = new Map<Part, Unit[]>();
  for (const [index, block] of answers.flatMap(({ rows }) => rows) as readonly (readonly number[])[]) {
    const { piece } = segments[index!]!;
    const unit = { piece, blocks: [block!], rows: BLOCK_ROWS, from: piece.first, to: piece.last };
    const units = found.get(segments[index!]!);
    if (units === undefined) found.set(segments[index!]!, [unit]);
    else units.push(unit);
  }
  return parts.flatMap((part) => (part.piece.kind === 'journal' ? [part] : partsOf(found.get(part) ?? [])));
}
