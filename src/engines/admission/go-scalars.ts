import type { Json } from '../../kubernetes/json.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { durationText, formatTimestamp, parseDuration, parseTimestamp, SECOND } from '../cel/time.ts';
import { Timestamp } from '../cel/value.ts';

/**
 * A scalar of a built-in object as it is written again once it was decoded: amounts in canonical form, times in UTC.
 * `code` is that of the schema table. Undefined where the value is of another JSON type.
 */
export function canonicalScalar(code: string, json: Json): Json | undefined {
  switch (code[0]) {
    case 'q':
      return parseQuantity(json)?.toString();
    case 't':
      return typeof json === 'string' ? canonicalTime(json, 0) : undefined;
    case 'm':
      return typeof json === 'string' ? canonicalTime(json, 6) : undefined;
    case 'd':
    case 'D':
      return typeof json === 'string' ? durationOf(json) : undefined;
    case 'x':
      return typeof json === 'string' || typeof json === 'number' ? json : undefined;
    case 's':
    case 'y':
      return typeof json === 'string' ? json : undefined;
    case 'b':
      return typeof json === 'boolean' ? json : undefined;
    default:
      return typeof json === 'number' ? json : undefined;
  }
}

/** What a field that was never set holds, as it is written. */
export function zeroScalar(code: string): Json {
  switch (code[0]) {
    case 'q':
      return '0';
    case 's':
      return '';
    case 'b':
      return false;
    case 'd':
      return '0s';
    case 't':
    case 'm':
    case 'y':
    case 'D':
      return null;
    default:
      return 0;
  }
}

function durationOf(text: string): string | undefined {
  const duration = parseDuration(text);
  return duration === undefined ? undefined : durationText(duration);
}

/** `metav1.Time` keeps seconds, `metav1.MicroTime` microseconds; both forget the zone. */
function canonicalTime(text: string, digits: number): Json | undefined {
  const parsed = parseTimestamp(text);
  if (parsed === undefined) return undefined;
  const unit = SECOND / 10n ** BigInt(digits);
  const cut = parsed.nanoseconds - (((parsed.nanoseconds % unit) + unit) % unit);
  const written = formatTimestamp(new Timestamp(cut));
  if (digits === 0) return written;
  const [whole, fraction = ''] = written.slice(0, -1).split('.');
  return `${whole}.${fraction.padEnd(digits, '0')}Z`;
}
