/** The layouts of metav1.Time and metav1.MicroTime. */
export const RFC3339 = '2006-01-02T15:04:05Z07:00';
export const RFC3339_MICRO = '2006-01-02T15:04:05.000000Z07:00';

const USUAL =
  /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?Z$/;

/** Why Go's time.Parse refuses `text` under the layout, in its words; undefined where it accepts it. */
export function timeRefusal(text: string, layout: typeof RFC3339 | typeof RFC3339_MICRO): string | undefined {
  const usual = USUAL.exec(text);
  if (usual !== null && (layout === RFC3339 || usual[1]?.length === 7)) return undefined;
  const parsing = `parsing time ${quote(text)}`;
  const as = (rest: string, element: string) =>
    `${parsing} as ${quote(layout)}: cannot parse ${quote(rest)} as ${quote(element)}`;
  let rest = text;
  const found: Record<string, number> = {};

  for (const [element, pattern, least, most, name] of ELEMENTS) {
    if (element === '.000000' && layout === RFC3339) {
      rest = rest.replace(/^[.,][0-9]+/, '');
      continue;
    }
    const match = pattern.exec(rest);
    if (match === null) return as(rest, element);
    rest = rest.slice(match[0].length);
    if (name === undefined) continue;
    const value = Number(match[0]);
    found[name] = value;
    if (value < least || value > most) return `${parsing}: ${name} out of range`;
  }

  if (rest.startsWith('Z')) rest = rest.slice(1);
  else {
    const zone = /^[\s\S]([0-9]{2}):([0-9]{2})/.exec(rest);
    if (zone === null || rest.length < 6) return as(rest, 'Z07:00');
    if (Number(zone[1]) > 24) return `${parsing}: time zone offset hour out of range`;
    if (Number(zone[2]) > 60) return `${parsing}: time zone offset minute out of range`;
    if (!/^[+-]/.test(rest)) return as(rest, 'Z07:00');
    rest = rest.slice(6);
  }
  if (rest !== '') return `${parsing}: extra text: ${quote(rest)}`;
  const { day = 0, month = 1, year = 0 } = found;
  if (day < 1 || day > daysIn(month, year)) return `${parsing}: day out of range`;
  return undefined;
}

type Element = readonly [element: string, pattern: RegExp, least: number, most: number, name?: string];

// An hour may have one digit: Go is lenient where its strict fast path does not match.
const ELEMENTS: readonly Element[] = [
  ['2006', /^[0-9]{4}/, 0, 9999, 'year'],
  ['-', /^-/, 0, 0],
  ['01', /^[0-9]{2}/, 1, 12, 'month'],
  ['-', /^-/, 0, 0],
  ['02', /^[0-9]{2}/, 0, 99, 'day'],
  ['T', /^T/, 0, 0],
  ['15', /^[0-9]{1,2}/, 0, 23, 'hour'],
  [':', /^:/, 0, 0],
  ['04', /^[0-9]{2}/, 0, 59, 'minute'],
  [':', /^:/, 0, 0],
  ['05', /^[0-9]{2}/, 0, 59, 'second'],
  ['.000000', /^[.,][0-9]{6}/, 0, 0],
];

function daysIn(month: number, year: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

const UNITS = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

/** Why Go's time.ParseDuration refuses `text`, in its words; undefined where it accepts it. */
export function durationRefusal(text: string): string | undefined {
  const quoted = quote(text);
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return undefined;
  if (rest === '') return `time: invalid duration ${quoted}`;
  let total = 0n;
  while (rest !== '') {
    const part = /^([0-9]*)(?:\.([0-9]*))?([^0-9.]*)/.exec(rest)!;
    const [all, whole = '', fraction = '', unit = ''] = part;
    if (whole === '' && fraction === '') return `time: invalid duration ${quoted}`;
    if (BigInt(whole || 0) > 2n ** 63n) return `time: invalid duration ${quoted}`;
    if (unit === '') return `time: missing unit in duration ${quoted}`;
    const scale = UNITS.get(unit);
    if (scale === undefined) return `time: unknown unit ${quote(unit)} in duration ${quoted}`;
    const digits = fraction.slice(0, 18);
    total += BigInt(whole || 0) * scale + (BigInt(digits || 0) * scale) / 10n ** BigInt(digits.length);
    if (total > 2n ** 63n) return `time: invalid duration ${quoted}`;
    rest = rest.slice(all.length);
  }
  return total > 2n ** 63n - (text.startsWith('-') ? 0n : 1n)
    ? `time: invalid duration ${quoted}`
    : undefined;
}

/** Quotes as Go's package time does: bytes of control and non-ASCII characters as `\x0a`. */
function quote(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replace(/[^ -\x7f]+/g, (odd) =>
    encodeURIComponent(odd.replace(/\p{Cs}/gu, '\ufffd'))
      .replace(/%/g, '\\x')
      .toLowerCase(),
  );
  return `"${escaped}"`;
}
