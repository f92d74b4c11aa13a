import type { NotAssessed } from '../assessment/report.ts';
import type { Words } from '../locales/words.ts';
import { type Escape, objectName, readingDetail, readingWords, reasonOf } from './describe.ts';

/** Everything that was left out for one reason. */
export interface Omission {
  readonly kind: NotAssessed['kind'];
  /** What happened, for a reading reason; `check: reason` for an undecided check. */
  readonly what: string;
  readonly remedy: string | undefined;
  readonly count: number;
  /** The first places, as many as were asked for. */
  readonly places: readonly string[];
}

/** Groups sorted entries by reason, in the order of their first appearance; what was not read comes first. */
export function groupOmissions(
  entries: readonly NotAssessed[],
  words: Words,
  safe: Escape,
  shown: number,
): Omission[] {
  const groups = new Map<string, Omission & { count: number; places: string[] }>();
  for (const entry of entries) {
    const key = entry.kind === 'reading' ? entry.reason : `${entry.check.id} ${entry.reason}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { kind: entry.kind, ...heading(entry, words, safe), count: 0, places: [] };
      groups.set(key, group);
    }
    group.count++;
    if (group.places.length < shown) group.places.push(place(entry, words, safe));
  }
  return [...groups.values()];
}

function heading(
  entry: NotAssessed,
  words: Words,
  safe: Escape,
): { what: string; remedy: string | undefined } {
  if (entry.kind === 'reading') return readingWords(entry.reason, words);
  const reason = reasonOf(entry, words, safe);
  return { what: `${words.ui.undecidedBy(entry.check.id)}: ${reason}`, remedy: undefined };
}

function place(entry: NotAssessed, words: Words, safe: Escape): string {
  if (entry.kind === 'undecided') {
    const { file, line } = entry.object.origin;
    return safe(`${objectName(entry.object)} ${file.path}:${line}`);
  }
  const { file, line, subject } = entry;
  const detail = readingDetail(entry, words);
  const at = line === undefined ? file : `${file}:${line}`;
  return safe(
    [at, ...(subject === undefined ? [] : [subject]), ...(detail === undefined ? [] : [`(${detail})`])].join(
      ' ',
    ),
  );
}
