import type { JsonObject } from '../../../kubernetes/json.ts';
import { microsOf } from '../../../records/node/time.ts';
import { valueAt } from './fields.ts';

/** Before the time of shipping, which senders put into `@timestamp` or `timestamp` where the line's own stands elsewhere. */
const PLACES = [
  'timeUnixNano',
  '_SOURCE_REALTIME_TIMESTAMP',
  '__REALTIME_TIMESTAMP',
  'time',
  '@timestamp',
  'timestamp',
  'timereported',
  'timegenerated',
  'date',
  'ts',
  'observedTimeUnixNano',
];

/** Microseconds since the epoch at which a document says that it happened, undefined where it does not. */
export function timeOf(document: JsonObject): number | undefined {
  for (const place of PLACES) {
    const value = valueAt(document, place);
    const time =
      typeof value === 'string'
        ? (microsOf(value) ??
          (/^\d{9,19}(?:\.\d{1,9})?$/.test(value) ? epochMicros(Number(value)) : undefined))
        : typeof value === 'number'
          ? epochMicros(value)
          : undefined;
    if (time !== undefined) return time;
  }
  return undefined;
}

/** From the middle of 1973 to 5138 the number tells by its size whether it counts seconds, milli-, micro- or nanoseconds. */
function epochMicros(value: number): number | undefined {
  if (!Number.isFinite(value) || value < 1e8) return undefined;
  if (value < 1e11) return Math.round(value * 1e6);
  if (value < 1e14) return Math.round(value * 1e3);
  if (value < 1e17) return Math.round(value);
  return value < 1e20 ? Math.round(value / 1e3) : undefined;
}
