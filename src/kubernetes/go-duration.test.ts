import { expect, test } from 'vitest';
import { parseGoDuration } from './go-duration.ts';

/** From the tests of Go's time package (src/time/time_test.go, parseDurationTests and parseDurationErrorTests). */
test.each([
  ['0', 0],
  ['5s', 5],
  ['1478s', 1478],
  ['-5s', -5],
  ['+5s', 5],
  ['5.0s', 5],
  ['5.s', 5],
  ['.5s', 0.5],
  ['3h30m', 12_600],
  ['10.5s4m', 250.5],
  ['-2m3.4s', -123.4],
  ['1h2m3s4ms5us6ns', 3723.004005006],
  ['39h9m14.425s', 140_954.425],
  ['12µs', 12e-6],
  ['12μs', 12e-6],
])('%s', (text, seconds) => {
  expect(parseGoDuration(text)).toBeCloseTo(seconds, 9);
});

test.each(['', '3', '-', 's', '.', '-.', '.s', '+.s', '1d', '3000000h x', '1h ', '--5s'])(
  'refuses %j',
  (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  },
);
