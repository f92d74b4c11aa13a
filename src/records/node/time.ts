const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\d{0,9} ?(Z|z|UTC|[+-]\d\d:?\d\d)?$/;
const MINUTE = 60_000_000;
const DAY = 24 * 60 * MINUTE;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Microseconds since the epoch of an RFC 3339 time (a space for the T as well); undefined for other texts. Without a zone it is UTC. */
export function microsOf(text: string): number | undefined {
  const match = text.length > 64 ? null : RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match;
  const seconds = utc(Number(year), Number(month), Number(day), `${hour}:${minute}:${second}`);
  if (seconds === undefined) return undefined;
  return seconds * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6)) - offset(zone);
}

/** Number of the month that is named as in `Nov`, undefined for other texts. */
export function monthOf(name: string): number | undefined {
  const index = MONTHS.indexOf(name);
  return index < 0 ? undefined : index + 1;
}

/**
 * A time that was written without its year and zone: in UTC, of the latest year in which it is not more than a day after it was received.
 * @param clock `HH:MM:SS` with up to nine decimals
 */
export function microsWithoutYear(
  month: number,
  day: number,
  clock: string,
  received: number,
): number | undefined {
  const year = new Date(received / 1000).getUTCFullYear();
  const point = clock.indexOf('.');
  const micros =
    point < 0
      ? 0
      : Number(
          clock
            .slice(point + 1)
            .padEnd(6, '0')
            .slice(0, 6),
        );
  for (const candidate of [year + 1, year, year - 1, year - 2, year - 3, year - 4]) {
    // 29 February exists in some of them only.
    const seconds = utc(candidate, month, day, clock.slice(0, 8));
    const time = seconds === undefined ? undefined : seconds * 1_000_000 + micros;
    if (time !== undefined && time <= received + DAY) return time;
  }
  return undefined;
}

function utc(year: number, month: number, day: number, clock: string): number | undefined {
  const [hour = 0, minute = 0, second = 0] = clock.split(':').map(Number);
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // The 31st of a month with 30 days would be told as the first of the next.
  if (Date.UTC(year, month - 1, day) !== Date.UTC(year, month, 0) && day > daysOf(year, month))
    return undefined;
  return date.getTime() / 1000;
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function offset(zone: string): number {
  if (zone.length < 4) return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.slice(1).replace(':', '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * MINUTE;
}
