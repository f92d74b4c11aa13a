import type { Json } from '../../kubernetes/json.ts';

/** How much of a value people are shown; `-o json` has all of it. */
const LONGEST = 100;

/** A value on one line, as JSON; `absent` where there is none. */
export function valueText(value: Json | undefined, absent: string): string {
  if (value === undefined) return absent;
  const written = JSON.stringify(value);
  return written.length <= LONGEST ? written : `${written.slice(0, LONGEST - 1)}…`;
}
