import { COLUMNS, type Column, type EventRecord } from '../record.ts';
import type { Damage, EventReader, Query } from '../store/event-store.ts';
import { timeText } from '../time-text.ts';
import { eventPages } from '../usage/pages.ts';
import { csvLine } from './csv.ts';
import { ocsfEvent } from './ocsf.ts';

export const EXPORT_FORMATS = ['csv', 'jsonl', 'markdown', 'ocsf'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  /** All but `raw` without it; OCSF has attributes of its own. */
  readonly columns?: readonly Column[];
  /** Makes foreign text harmless in a cell of a Markdown table. */
  readonly markdownCell: (text: string) => string;
}

/** What was written, or had to be left out. */
export interface Exported {
  readonly events: number;
  readonly damage: readonly Damage[];
  /** More events of one time than can be read at once: some are left out. */
  readonly isCut: boolean;
}

/** Columns that need another form than OCSF's: what an event of it is made of. */
const ALL = Object.keys(COLUMNS) as Column[];
const SHOWN = ALL.filter((column) => column !== 'raw');

/**
 * Writes records, the oldest first, a page at a time; each page is one text. What was left out is told when it is at its end.
 * Throws KubeStrideError with a RecordsErrorCode.
 */
export async function* exportEvents(
  reader: Pick<EventReader, 'select'>,
  query: Omit<Query, 'order' | 'limit' | 'columns'>,
  format: ExportFormat,
  options: ExportOptions,
): AsyncGenerator<string, Exported> {
  const columns = options.columns ?? SHOWN;
  const write = writer(format, columns, options);
  // Of commands the original tells the process; of all others columns tell what OCSF has attributes for.
  const wanted: readonly Column[] =
    format === 'ocsf' ? ALL : [...new Set<Column>([...columns, 'time', 'key'])];
  const damage = new Map<string, Damage>();
  let events = 0;
  let isCut = false;
  const head = write.head();
  if (head !== '') yield head;
  for await (const page of eventPages(reader, { ...query, columns: wanted })) {
    for (const each of page.damage) damage.set(each.part, each);
    isCut ||= page.isCut;
    events += page.events.length;
    if (page.events.length > 0) yield page.events.map(write.row).join('');
  }
  return { events, damage: [...damage.values()], isCut };
}

interface Writer {
  readonly head: () => string;
  readonly row: (record: EventRecord) => string;
}

function writer(format: ExportFormat, columns: readonly Column[], { markdownCell }: ExportOptions): Writer {
  switch (format) {
    case 'csv':
      return {
        head: () => csvLine(columns),
        row: (record) => csvLine(columns.map((column) => told(record, column))),
      };
    case 'jsonl':
      return {
        head: () => '',
        row: (record) =>
          `${JSON.stringify(Object.fromEntries(columns.map((column) => [column, told(record, column)])))}\n`,
      };
    case 'ocsf':
      return { head: () => '', row: (record) => `${JSON.stringify(ocsfEvent(record))}\n` };
    case 'markdown':
      return {
        head: () => `| ${columns.join(' | ')} |\n|${columns.map(() => ' --- |').join('')}\n`,
        row: (record) =>
          `| ${columns.map((column) => cell(told(record, column), markdownCell)).join(' | ')} |\n`,
      };
  }
}

/** A column's value; times as RFC 3339, which every program reads alike. */
function told(record: EventRecord, column: Column): string | number {
  return column === 'time' || column === 'end' ? timeText(record[column]) : record[column];
}

function cell(value: string | number, escaped: (text: string) => string): string {
  if (typeof value === 'number') return String(value);
  return value === '' ? '' : escaped(value);
}
