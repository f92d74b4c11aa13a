import type { Release } from './versions.ts';

/**
 * Until when minor releases of Kubernetes are maintained: the day after which no patch is planned.
 * Source: kubernetes.io/releases (data/releases/eol.yaml and schedule.yaml of kubernetes/website), as of RELEASES_UNTIL.
 */
const END_OF_LIFE: Readonly<Record<number, string>> = {
  2: '2016-10-23',
  3: '2016-11-01',
  4: '2017-04-21',
  5: '2017-10-01',
  6: '2017-11-23',
  7: '2018-04-04',
  8: '2018-07-12',
  9: '2018-09-29',
  10: '2019-02-13',
  11: '2019-05-01',
  12: '2019-07-08',
  13: '2019-10-15',
  14: '2019-12-11',
  15: '2020-05-06',
  16: '2020-09-02',
  17: '2021-01-13',
  18: '2021-06-18',
  19: '2021-10-28',
  20: '2022-02-28',
  21: '2022-06-28',
  22: '2022-12-08',
  23: '2023-02-28',
  24: '2023-07-28',
  25: '2023-10-28',
  26: '2024-02-28',
  27: '2024-07-16',
  28: '2024-10-22',
  29: '2025-02-28',
  30: '2025-07-15',
  31: '2025-11-11',
  32: '2026-02-28',
  33: '2026-06-28',
  34: '2026-10-27',
  35: '2027-02-28',
  36: '2027-06-28',
};
const NEWEST = 36;

/** Day on which the table was complete: every release of that day is in it. */
export const RELEASES_UNTIL = '2026-08-22';

/** Every minor release is maintained for at least a year (KEP-1498). */
const MAINTAINED_DAYS = 365;
const DAY = 86_400_000;

export type Support =
  | { readonly state: 'ended'; readonly since: string }
  /** `until` is the last day; undefined where the release is newer than the table, and too young to have ended. */
  | { readonly state: 'maintained'; readonly until: string | undefined }
  | { readonly state: 'unknown' };

/** Whether upstream still maintains a release at a time. What vendors maintain for longer is theirs to say. */
export function upstreamSupport({ major, minor }: Release, now: Date): Support {
  if (major !== 1) return { state: 'unknown' };
  const day = now.toISOString().slice(0, 10);
  const last = END_OF_LIFE[Math.max(minor, 2)];
  if (last !== undefined) {
    return day > last ? { state: 'ended', since: last } : { state: 'maintained', until: last };
  }
  const age = now.getTime() - Date.parse(RELEASES_UNTIL);
  return minor > NEWEST && age <= MAINTAINED_DAYS * DAY
    ? { state: 'maintained', until: undefined }
    : { state: 'unknown' };
}
