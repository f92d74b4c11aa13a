import type { Column } from '../record.ts';
import { identifier } from './duckdb.ts';
import type { Counted, Query } from './event-store.ts';
import { type Part, partsOf, planOf, wavesOf } from './plan.ts';
import { type Asked, fileOf, matching, narrowed, type WholeSegments } from './reader-select.ts';
import { type Selection, selectionOf } from './selection.ts';
import { Statement } from './statement.ts';
import { original } from './stored-text.ts';
import { BLOCK_ROWS } from './words.ts';

/** Rows whose originals are read by one statement. */
const MOST_ORIGINALS = 1024 * BLOCK_ROWS;

interface Group {
  readonly by: (string | number)[];
  events: number;
  first: number;
  last: number;
}

/** Segments that are read from end to end as one piece: opening them in one go takes a quarter off the time of most counts. */
function together(parts: readonly Part[], { originals }: Selection): readonly (Part | WholeSegments)[] {
  const isWhole = ({ piece, ranges }: Part) =>
    piece.kind === 'segment' && ranges === undefined && originals === undefined;
  const files = parts.flatMap((part) =>
    isWhole(part) && part.piece.kind === 'segment' ? [part.piece.columns] : [],
  );
  if (files.length < 2) return parts;
  return [
    { piece: { kind: 'segments', files }, ranges: undefined },
    ...parts.filter((part) => !isWhole(part)),
  ];
}

/** Counts by the values of some columns, most frequent first. */
export async function countEvents(
  { asking, pieces }: Asked,
  query: Query,
  by: readonly Column[],
): Promise<Counted['rows']> {
  const selection = selectionOf(query);
  const units = planOf(pieces, selection);
  const size = selection.originals === undefined ? Number.POSITIVE_INFINITY : MOST_ORIGINALS;
  const groups = new Map<string, Group>();
  const names = by.map(identifier);
  for (const wave of wavesOf(units, size, size)) {
    const parts = await narrowed(asking, partsOf(wave), selection);
    const answers = await asking.over(parts, fileOf(selection), (some) => {
      const statement = new Statement();
      const wanted = ['time', ...by] as const;
      const rows = together(some, selection).map(
        (part) =>
          `SELECT ${['time', ...names].join(', ')} FROM ${matching(statement, part, selection, wanted)}`,
      );
      const columns = [...names, 'count(*)', 'min(time)', 'max(time)'].join(', ');
      const text = `SELECT ${columns} FROM (${rows.join(' UNION ALL ')})${names.length > 0 ? ` GROUP BY ${names.join(', ')}` : ' HAVING count(*) > 0'}`;
      return { ...statement, text };
    });
    for (const { rows } of answers) {
      for (const row of rows) {
        const values = row
          .slice(0, by.length)
          .map((value) => (typeof value === 'string' ? original(value) : (value as number)));
        const [events, first, last] = row.slice(by.length) as [number, number, number];
        add(groups, { by: values, events, first, last });
      }
    }
  }
  return [...groups.values()].sort((a, b) => b.events - a.events || compare(a.by, b.by));
}

function add(groups: Map<string, Group>, group: Group): void {
  const name = JSON.stringify(group.by);
  const there = groups.get(name);
  if (there === undefined) {
    groups.set(name, group);
    return;
  }
  there.events += group.events;
  there.first = Math.min(there.first, group.first);
  there.last = Math.max(there.last, group.last);
}

function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index]!;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
