import { quoteGo } from '../../../kubernetes/go-text.ts';
import type { FunctionTable } from '../declarations.ts';
import { type Calendar, calendarAt, floorDivide, SECOND } from '../time.ts';
import { CelError, type Duration, type Timestamp, Unknown } from '../value.ts';

/** What each function reads off the calendar, and the name of its overload. */
const PARTS: Readonly<Record<string, readonly [id: string, (calendar: Calendar) => number]>> = {
  getFullYear: ['timestamp_to_year', (c) => c.year],
  getMonth: ['timestamp_to_month', (c) => c.month],
  getDayOfYear: ['timestamp_to_day_of_year', (c) => c.yearDay],
  getDayOfMonth: ['timestamp_to_day_of_month', (c) => c.day - 1],
  getDate: ['timestamp_to_day_of_month_1_based', (c) => c.day],
  getDayOfWeek: ['timestamp_to_day_of_week', (c) => c.weekday],
  getHours: ['timestamp_to_hours', (c) => c.hour],
  getMinutes: ['timestamp_to_minutes', (c) => c.minute],
  getSeconds: ['timestamp_to_seconds', (c) => c.second],
  getMilliseconds: ['timestamp_to_milliseconds', (c) => c.millisecond],
};

const DURATION_UNITS: Readonly<Record<string, bigint>> = {
  getHours: 3600n * SECOND,
  getMinutes: 60n * SECOND,
  getSeconds: SECOND,
  getMilliseconds: 1_000_000n,
};

export function addTimeFunctions(table: FunctionTable): void {
  for (const [name, [id, part]] of Object.entries(PARTS)) {
    table.add(id, `timestamp.${name}(): int`, (time) => BigInt(part(calendarAt(time as Timestamp, 0))));
    table.add(`${id}_with_tz`, `timestamp.${name}(string): int`, (time, zone) => {
      const offset = zoneOffset(time as Timestamp, zone as string);
      return typeof offset === 'number' ? BigInt(part(calendarAt(time as Timestamp, offset))) : offset;
    });
    const unit = DURATION_UNITS[name];
    if (unit !== undefined)
      table.add(
        `duration_to_${name.slice(3).toLowerCase()}`,
        `duration.${name}(): int`,
        (duration) => (duration as Duration).nanoseconds / unit,
      );
  }
}

/** Seconds east of UTC in a zone at a moment; zones are `+hh:mm` or names of the IANA database. */
function zoneOffset(time: Timestamp, zone: string): number | CelError | Unknown {
  const colon = zone.indexOf(':');
  if (colon === -1) return namedOffset(time, zone);
  const hours = atoi(zone.slice(0, colon));
  if (hours instanceof CelError) return hours;
  const minutes = atoi(zone.slice(colon + 1));
  if (minutes instanceof CelError) return minutes;
  return (zone.startsWith('-') ? hours * 60 - minutes : hours * 60 + minutes) * 60;
}

function atoi(text: string): number | CelError {
  if (/^[+-]?[0-9]{1,15}$/.test(text)) return Number(text);
  return new CelError(`strconv.Atoi: parsing ${quoteGo(text)}: invalid syntax`);
}

function namedOffset(time: Timestamp, zone: string): number | CelError | Unknown {
  if (zone === '' || zone === 'UTC') return 0;
  if (zone === 'Local') return new Unknown('server-time-zone');
  const milliseconds = Number(floorDivide(time.nanoseconds, SECOND)) * 1000;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      era: 'short',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return new CelError(`unknown time zone ${zone}`);
  }
  const parts = new Map(format.formatToParts(milliseconds).map(({ type, value }) => [type, value]));
  const read = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const local = new Date(0);
  local.setUTCFullYear(read('year'), read('month') - 1, read('day'));
  local.setUTCHours(read('hour'), read('minute'), read('second'));
  return Math.round((local.getTime() - milliseconds) / 1000);
}
