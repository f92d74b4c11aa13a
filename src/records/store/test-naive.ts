import { COLUMNS, type EventRecord } from '../record.ts';
import type { Query, Test } from './event-store.ts';

export type NaiveQuery = Query;

/** What an original says, read by the JSON parser's own rules for the escapes. */
export function naiveText(raw: string): string {
  if (!raw.startsWith('{')) return raw;
  return raw.replace(/\\u[0-9a-fA-F]{4}|\\./g, (escaped) => JSON.parse(`"${escaped}"`));
}

const letters = /[0-9A-Za-z]/;

/** Letters of ASCII without their case, others too where that is one other letter beyond ASCII. */
function folded(text: string): string {
  return [...text]
    .map((one) => {
      const lower = one.toLowerCase();
      if (one < '\x80') return lower;
      return lower.length === one.length && lower >= '\x80' ? lower : one;
    })
    .join('');
}

function hasText(raw: string, given: string): boolean {
  const open = { before: given.startsWith('*'), after: given.length > 1 && given.endsWith('*') };
  const text = folded(given.slice(open.before ? 1 : 0, open.after ? -1 : undefined));
  if (text === '') return true;
  const whole = folded(naiveText(raw));
  for (let at = whole.indexOf(text); at >= 0; at = whole.indexOf(text, at + 1)) {
    const before = whole[at - 1] ?? ' ';
    const after = whole[at + text.length] ?? ' ';
    const begins = open.before || !letters.test(text[0]!) || !letters.test(before);
    const ends = open.after || !letters.test(text.at(-1)!) || !letters.test(after);
    if (begins && ends) return true;
  }
  return false;
}

function passes(one: EventRecord, test: Test): boolean {
  if ('any' in test) return test.any.some((each) => passes(one, each));
  if ('all' in test) return test.all.every((each) => passes(one, each));
  const value = one[test.column];
  if ('like' in test) {
    const pieces = test.like.split('*').map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return new RegExp(`^${pieces.join('.*')}$`, 's').test(String(value));
  }
  const among = (values: string | number | readonly (string | number)[]) =>
    (typeof values === 'object' ? values : [values]).some((each) =>
      COLUMNS[test.column] === 'VARCHAR' ? String(each) === value : each === value,
    );
  return 'is' in test ? among(test.is) : !among(test.not);
}

/** Whether a record is what a query asks for, told by looking at it. */
export function naiveMatches(one: EventRecord, { from, to, where = [], text = [] }: NaiveQuery): boolean {
  if (from !== undefined && one.time < from) return false;
  if (to !== undefined && one.time > to) return false;
  return where.every((test) => passes(one, test)) && text.every((part) => hasText(one.raw, part));
}
