import type { Column } from '../record.ts';
import type { Test } from '../store/event-store.ts';

/** Verbs that change nothing. */
export const READS = ['get', 'list', 'watch'] as const;
const READING: ReadonlySet<string> = new Set(READS);

export function isRead(verb: string): boolean {
  return READING.has(verb);
}

/** Whether a column that holds one value a line has this one among them. */
export function among(column: Column, value: string): Test {
  return {
    any: [
      { column, is: value },
      { column, like: `${value}\n*` },
      { column, like: `*\n${value}` },
      { column, like: `*\n${value}\n*` },
    ],
  };
}
