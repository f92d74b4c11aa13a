import { afterEach, expect, it, vi } from 'vitest';
import { timeOfFlag } from './filters.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('reads times without an offset by the clock that hung on the wall then, not by that of today', () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-23T12:00:00Z') });
  // Berlin, whose clocks are put forward on the last Sunday of March and back on that of October.
  const summer = [Date.parse('2026-03-29T01:00Z'), Date.parse('2026-10-25T01:00Z')] as const;
  vi.spyOn(Date.prototype, 'getTimezoneOffset').mockImplementation(function (this: Date) {
    return this.getTime() >= summer[0] && this.getTime() < summer[1] ? -120 : -60;
  });
  const of = (text: string) => new Date(timeOfFlag('--since', text) / 1000).toISOString();
  expect(of('2026-07-01')).toBe('2026-06-30T22:00:00.000Z');
  expect(of('2026-07-01T12:00')).toBe('2026-07-01T10:00:00.000Z');
  expect(of('2026-12-01T12:00')).toBe('2026-12-01T11:00:00.000Z');
  expect(of('2026-07-01T12:00Z')).toBe('2026-07-01T12:00:00.000Z');
  expect(of('yesterday')).toBe('2026-11-21T23:00:00.000Z');
  vi.setSystemTime(Date.parse('2026-10-26T12:00:00Z'));
  expect(of('today')).toBe('2026-10-25T23:00:00.000Z');
  expect(of('yesterday')).toBe('2026-10-24T22:00:00.000Z');
});
