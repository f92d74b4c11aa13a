/** Milliseconds of the units that a span may be given in. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const LONG_UNITS: Readonly<Record<string, string>> = {
  second: 's',
  sec: 's',
  minute: 'm',
  min: 'm',
  hour: 'h',
  hr: 'h',
  day: 'd',
  week: 'w',
};
const DAY = 86_400_000;
const PART = /(\d+(?:\.\d+)?)\s*([a-zA-Z]+)/y;
const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Microseconds since the epoch that a text means: a span back from now (`2h`, `1d12h`, `15m ago`, `2 hours`), `now`, `today`,
 * `yesterday` (their beginning), a date, or a time as RFC 3339 has it, also with a space, without seconds or without an offset, which
 * then is the given one. Undefined for anything else.
 * @param now milliseconds since the epoch
 * @param offset minutes that the clock on the wall is ahead of UTC; by the time that it shows, in milliseconds as if it were UTC, where
 *   that changes in the course of a year
 */
export function parseWhen(text: string, now: number, offset: Offset = 0): number | undefined {
  const plain = text.trim();
  const lower = plain.toLowerCase();
  if (lower === 'now') return now * 1000;
  if (lower === 'today' || lower === 'yesterday') {
    const today = Math.floor((now + minutesAt(offset, now) * 60_000) / DAY) * DAY;
    const day = lower === 'today' ? today : today - DAY;
    return (day - minutesAt(offset, day) * 60_000) * 1000;
  }
  const span = parseSpan(lower.replace(/\s+ago$/, ''));
  if (span !== undefined) return Math.round((now - span) * 1000);
  return moment(plain, offset);
}

export type Offset = number | ((wall: number) => number);

function minutesAt(offset: Offset, wall: number): number {
  return typeof offset === 'number' ? offset : offset(wall);
}

/** Milliseconds of `90s`, `1d12h`, `2 hours`; undefined for anything else. */
export function parseSpan(text: string): number | undefined {
  let at = 0;
  let sum = 0;
  while (at < text.length) {
    PART.lastIndex = at;
    const part = PART.exec(text);
    if (part === null) return undefined;
    const word = part[2]!;
    const unit = UNITS[word] ?? UNITS[LONG_UNITS[word.replace(/s$/, '')] ?? ''];
    if (unit === undefined) return undefined;
    sum += Number(part[1]) * unit;
    at = PART.lastIndex;
    while (text[at] === ' ' || text[at] === ',') at++;
  }
  return at === 0 || !Number.isFinite(sum) ? undefined : sum;
}

function moment(text: string, offset: Offset): number | undefined {
  const match = MOMENT.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const parts = [year, month, day, hour, minute, second].map(Number);
  const utc = Date.UTC(parts[0]!, parts[1]! - 1, parts[2]!, parts[3]!, parts[4]!, parts[5]!);
  // Date rolls the 31st of a short month over into the next one.
  const seen = new Date(utc);
  const same =
    seen.getUTCMonth() === parts[1]! - 1 &&
    seen.getUTCDate() === parts[2] &&
    seen.getUTCHours() === parts[3] &&
    seen.getUTCMinutes() === parts[4] &&
    seen.getUTCSeconds() === parts[5];
  const minutes = zone === undefined ? minutesAt(offset, utc) : zoneMinutes(zone);
  if (!same || minutes === undefined) return undefined;
  return (utc - minutes * 60_000) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
