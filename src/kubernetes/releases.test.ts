import { expect, test } from 'vitest';
import { upstreamSupport } from './releases.ts';

const at = (day: string) => new Date(`${day}T12:00:00Z`);
const minor = (number: number) => ({ major: 1, minor: number });

// Dates from kubernetes.io/releases/patch-releases.
test('a release ends after its last day', () => {
  expect(upstreamSupport(minor(34), at('2026-10-27'))).toEqual({ state: 'maintained', until: '2026-10-27' });
  expect(upstreamSupport(minor(34), at('2026-10-28'))).toEqual({ state: 'ended', since: '2026-10-27' });
  expect(upstreamSupport(minor(31), at('2026-11-23'))).toEqual({ state: 'ended', since: '2025-11-11' });
  expect(upstreamSupport(minor(1), at('2026-11-23'))).toMatchObject({ state: 'ended' });
});

test('a release that is newer than the table is maintained for a year after it, then nobody knows', () => {
  expect(upstreamSupport(minor(37), at('2026-11-23'))).toEqual({ state: 'maintained', until: undefined });
  expect(upstreamSupport(minor(37), at('2027-08-20'))).toMatchObject({ state: 'maintained' });
  expect(upstreamSupport(minor(37), at('2027-08-24'))).toEqual({ state: 'unknown' });
  expect(upstreamSupport({ major: 2, minor: 1 }, at('2026-11-23'))).toEqual({ state: 'unknown' });
});
