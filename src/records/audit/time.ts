/** Microseconds of later years are beyond the whole numbers that a double holds. */
const LAST_YEAR = 2250;

/**
 * Microseconds since the epoch of an RFC 3339 time with any number of digits behind the second, which a Date would cut to milliseconds
 * (metav1.MicroTime has six, CloudWatch three, Azure seven, Cloud Logging nine; what is below a microsecond is cut off). Undefined for
 * other texts, and for Go's zero time.
 */
export function microseconds(text: unknown): number | undefined {
  if (typeof text !== 'string' || text.length < 20 || text.length > 40) return undefined;
  const isUtc = text.charCodeAt(text.length - 1) === 0x5a;
  const zone = isUtc ? text.length - 1 : text.length - 6;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  const separator = text.charCodeAt(10) | 0x20;
  if (
    !(
      year > 1 &&
      year < LAST_YEAR &&
      month >= 1 &&
      month <= 12 &&
      day >= 1 &&
      day <= 31 &&
      hour <= 24 &&
      minute <= 59 &&
      second <= 60
    ) ||
    text.charCodeAt(4) !== 0x2d ||
    text.charCodeAt(7) !== 0x2d ||
    (separator !== 0x74 && separator !== 0x20) ||
    text.charCodeAt(13) !== 0x3a ||
    text.charCodeAt(16) !== 0x3a
  )
    return undefined;
  let fraction = 0;
  if (zone > 19) {
    if (text.charCodeAt(19) !== 0x2e || zone === 20) return undefined;
    const end = Math.min(zone, 26);
    fraction = digits(text, 20, end) * 10 ** (26 - end);
    if (Number.isNaN(digits(text, 20, zone))) return undefined;
  } else if (zone !== 19) return undefined;
  const offset = isUtc ? 0 : offsetOf(text, zone);
  if (Number.isNaN(fraction) || Number.isNaN(offset)) return undefined;
  return (Date.UTC(year, month - 1, day, hour, minute, second) - offset * 60_000) * 1000 + fraction;
}

/** Minutes east of UTC: `+02:00`. */
function offsetOf(text: string, at: number): number {
  const sign = text[at];
  if ((sign !== '+' && sign !== '-') || text[at + 3] !== ':') return Number.NaN;
  const minutes = digits(text, at + 1, at + 3) * 60 + digits(text, at + 4, at + 6);
  return sign === '-' ? -minutes : minutes;
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
