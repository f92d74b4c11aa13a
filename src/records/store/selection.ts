import type { Column } from '../record.ts';
import {
  type Alternatives,
  allWords,
  columnsOf,
  conjunctionWords,
  joined,
  type Sql,
  testSql,
  timeSql,
} from './conditions.ts';
import type { Query } from './event-store.ts';
import { textSearches } from './text-search.ts';

/** A query taken apart: what can be decided by columns, what needs originals, and what filters can say to it. */
export interface Selection {
  readonly columns: Condition;
  /** Undefined where originals are not asked. */
  readonly originals: Condition | undefined;
  readonly words: Alternatives | undefined;
  /** Microseconds, both inclusive; infinite where they are not told. */
  readonly from: number;
  readonly to: number;
}

export interface Condition {
  readonly sql: Sql;
  /** Columns that it looks at. */
  readonly asked: readonly Column[];
}

export function selectionOf({ from, to, where = [], text = [] }: Query): Selection {
  const search = textSearches(text);
  const [cheap, dear] = [
    where.filter((test) => !asksRaw(columnsOf(test))),
    where.filter((test) => asksRaw(columnsOf(test))),
  ];
  const bounded = from !== undefined || to !== undefined;
  const originals: Condition = {
    sql: joined([...dear.map(testSql), ...search.map(({ sql }) => sql)], ' AND '),
    asked: [...new Set<Column>(['raw', ...dear.flatMap(columnsOf)])],
  };
  return {
    columns: {
      sql: joined(
        [
          timeSql({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) }),
          ...cheap.map(testSql),
        ].filter(({ text }) => text !== 'true'),
        ' AND ',
      ),
      asked: [...new Set<Column>([...(bounded ? (['time'] as const) : []), ...cheap.flatMap(columnsOf)])],
    },
    originals: dear.length + search.length > 0 ? originals : undefined,
    words: allWords([
      conjunctionWords(where),
      ...search.map(({ words }) => (words.length > 0 ? [words] : undefined)),
    ]),
    from: from ?? Number.NEGATIVE_INFINITY,
    to: to ?? Number.POSITIVE_INFINITY,
  };
}

function asksRaw(columns: readonly Column[]): boolean {
  return columns.includes('raw');
}
