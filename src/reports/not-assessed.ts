import type { NotAssessed } from '../assessment/report.ts';
import type { Words } from '../locales/words.ts';
import { type Escape, objectName, readingDetail, readingWords, reasonOf } from './describe.ts';

/** How much was not assessed, in words. */
export function omissionCounts(entries: readonly NotAssessed[], { ui }: Words): string {
  const reading = entries.filter((entry) => entry.kind === 'reading');
  const files = reading.filter(({ file }) => file !== undefined).length;
  return ui.notAssessedCounts(files, reading.length - files, entries.length - reading.length);
}

/** Everything that was left out for one reason. */
export interface Omission {
  readonly kind: NotAssessed['kind'];
  /**
   * What happened, for a reading reason; the check and its reason for an undecided one, with `…` for what differs
   * between the places.
   */
  readonly what: string;
  readonly remedy: string | undefined;
  readonly count: number;
  /** The first places, as many as were asked for; empty where there are `names`. */
  readonly places: readonly string[];
  /** All of them, where each is no more than a name, such as of a list that the API server refused. */
  readonly names: readonly string[];
}

/** Groups sorted entries by reason, in the order of their first appearance; what was not read comes first. */
export function groupOmissions(
  entries: readonly NotAssessed[],
  words: Words,
  safe: Escape,
  shown: number,
): Omission[] {
  const groups = new Map<string, NotAssessed[]>();
  for (const entry of entries) {
    const key = entry.kind === 'reading' ? entry.reason : `${entry.check.id} ${entry.reason}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()].map((group) => {
    const areNames = group.every(isName);
    return {
      kind: group[0]!.kind,
      ...heading(group, words, safe),
      count: group.length,
      places: areNames ? [] : group.slice(0, shown).map((entry) => place(entry, words, safe)),
      names: areNames ? group.map(({ subject }) => safe(subject)) : [],
    };
  });
}

/** The server's sentence on a refusal says no more than which list and whom it refused. */
function isName(entry: NotAssessed): entry is NotAssessed & { kind: 'reading'; subject: string } {
  if (entry.kind !== 'reading' || entry.file !== undefined || entry.subject === undefined) return false;
  return entry.reason === 'forbidden' || entry.detail === undefined;
}

function heading(
  group: readonly NotAssessed[],
  words: Words,
  safe: Escape,
): { what: string; remedy: string | undefined } {
  const first = group[0]!;
  if (first.kind === 'reading') return readingWords(first.reason, words);
  const params = Object.entries(first.params).map(([name, value]) => {
    const alike = group.every((entry) => entry.kind === 'undecided' && entry.params[name] === value);
    return [name, alike ? value : '…'];
  });
  const reason = reasonOf({ ...first, params: Object.fromEntries(params) }, words, safe);
  return { what: words.ui.punctuation.labelled(first.check.id, reason), remedy: undefined };
}

function place(entry: NotAssessed, words: Words, safe: Escape): string {
  if (entry.kind === 'undecided') {
    const { file, line, isApi } = entry.object.origin;
    const name = objectName(entry.object);
    return safe(isApi ? name : `${name} ${file.path}:${line}`);
  }
  const { file, line, subject } = entry;
  const detail = readingDetail(entry, words);
  const at = line === undefined ? file : `${file}:${line}`;
  const parts = [at, subject, detail === undefined ? undefined : `(${detail})`];
  return safe(parts.filter((part) => part !== undefined).join(' '));
}
