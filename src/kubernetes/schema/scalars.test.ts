import { describe, expect, it } from 'vitest';
import { base64Refusal } from './base64.ts';
import { durationRefusal, RFC3339, RFC3339_MICRO, timeRefusal } from './go-time.ts';

// What Go's time and encoding/base64 answer, in their words.
describe('times', () => {
  it.each([
    '2020-02-29T10:20:30Z',
    '2020-01-31T10:20:30.5+01:30',
    '2020-01-01T1:00:00Z',
    '2020-01-01T00:00:00,5Z',
    '2020-01-01T00:00:00+24:60',
  ])('takes %s', (text) => expect(timeRefusal(text, RFC3339)).toBeUndefined());

  it.each([
    ['2021-02-29T10:20:30Z', 'parsing time "2021-02-29T10:20:30Z": day out of range'],
    ['2020-13-01T00:00:00Z', 'parsing time "2020-13-01T00:00:00Z": month out of range'],
    ['2020-01-01', 'parsing time "2020-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
    ['2020-01-01T00:00:00Zx', 'parsing time "2020-01-01T00:00:00Zx": extra text: "x"'],
    [
      '2020-01-01T00:00:00+25:00',
      'parsing time "2020-01-01T00:00:00+25:00": time zone offset hour out of range',
    ],
  ])('refuses %s', (text, message) => expect(timeRefusal(text, RFC3339)).toBe(message));

  it('wants six digits of a MicroTime', () => {
    expect(timeRefusal('2020-01-01T00:00:00.123456Z', RFC3339_MICRO)).toBeUndefined();
    expect(timeRefusal('2020-01-01T00:00:00Z', RFC3339_MICRO)).toMatch(/cannot parse "Z" as "\.000000"$/);
  });
});

describe('durations', () => {
  it.each(['0', '+5s', '-1.5h', '1h2m3s4ms5us6ns', '.5m', '1.s', '-2562047h47m16.854775808s'])(
    'takes %s',
    (text) => expect(durationRefusal(text)).toBeUndefined(),
  );
  it.each([
    ['', 'time: invalid duration ""'],
    ['5', 'time: missing unit in duration "5"'],
    ['3x', 'time: unknown unit "x" in duration "3x"'],
    ['.s', 'time: invalid duration ".s"'],
    ['9223372036854775808ns', 'time: invalid duration "9223372036854775808ns"'],
  ])('refuses %j', (text, message) => expect(durationRefusal(text)).toBe(message));
});

describe('base64', () => {
  it.each(['', 'aGk=', 'aG\nk=', 'YQ=\r\n=', 'aGk=\n'])('takes %j', (text) =>
    expect(base64Refusal(text)).toBeUndefined(),
  );
  it.each([
    ['aGk', 0],
    ['a===', 1],
    ['aGk=x', 4],
    ['a G', 1],
    ['aGkx=', 4],
    ['YQ=x', 2],
  ])('refuses %j at byte %i', (text, at) =>
    expect(base64Refusal(text)).toBe(`illegal base64 data at input byte ${at}`),
  );
});
