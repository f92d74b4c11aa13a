import { describe, expect, test } from 'vitest';
import { covers, dayOf, joinSpans, spansOf } from './spans.ts';

const HOUR = 3_600_000_000;

describe('spans of times', () => {
  test('part at gaps, not at every event', () => {
    expect(spansOf(Float64Array.of(5))).toEqual([[5, 5]]);
    expect(spansOf(Float64Array.of(0, 1, 2, HOUR, HOUR + 30))).toEqual([
      [0, 2],
      [HOUR, HOUR + 30],
    ]);
  });

  test('are at most sixteen, parted at the widest gaps, and cover every time', () => {
    const times = Float64Array.from({ length: 40 }, (_, index) => (HOUR * index * (index + 1)) / 2);
    const spans = spansOf(times);
    expect(spans).toHaveLength(16);
    expect(spans[0]).toEqual([times[0], times[24]]);
    expect(spans.slice(1)).toEqual([...times.slice(25)].map((time) => [time, time]));
    for (const time of times) expect(covers(spans, time)).toBe(true);
    expect(covers(spans, times[30]! + 1)).toBe(false);
  });

  test('of several segments are joined where they touch, then where they are nearest', () => {
    expect(
      joinSpans([
        [10, 20],
        [0, 12],
        [30, 40],
      ]),
    ).toEqual([
      [0, 20],
      [30, 40],
    ]);
    const many = Array.from({ length: 17 }, (_, index) => [index * HOUR, index * HOUR + 1] as const);
    const near = [...many.slice(0, -1), [15 * HOUR + 5, 15 * HOUR + 9] as const];
    const joined = joinSpans(near);
    expect(joined).toHaveLength(16);
    expect(joined.at(-1)).toEqual([15 * HOUR, 15 * HOUR + 9]);
  });

  test('belong to a day of UTC', () => {
    expect(dayOf(0)).toBe('1970-01-01');
    expect(dayOf(1_763_942_399_999_999)).toBe('2025-11-23');
    expect(dayOf(1_763_942_400_000_000)).toBe('2025-11-24');
    expect(dayOf(Number.MAX_SAFE_INTEGER)).toBe('2255-06-05');
  });
});
