import type { Span } from './input.ts';

/** Why records are incomplete, or may be. */
export const REASONS = [
  'no-audit-events',
  'begins-later',
  'ends-earlier',
  'no-counters',
  'counters-of-some-servers',
  'counters-began-anew',
  'dropped-by-api-server',
  'requests-rejected',
  'fewer-than-counted',
  'gap',
  'irregular-traffic',
  'api-server-down',
  'api-server-started',
  'api-servers',
  'collector-down',
  'collector-crashed',
  'lost-by-rotation',
  'unreadable-file',
  'store-damaged',
  'refused',
  'requests-without-end',
  'truncated-events',
  'audit-ids-reused',
  'not-audited',
  'audit-level-too-low',
] as const;
export type ReasonId = (typeof REASONS)[number];

export interface Reason {
  readonly id: ReasonId;
  /** `loss`: something is missing for certain; `doubt`: something may be; `note`: nothing is missing for it, and it is worth to know. */
  readonly means: 'loss' | 'doubt' | 'note';
  readonly cluster?: string;
  readonly inlet?: string;
  /** Microseconds since the epoch. */
  readonly from?: number;
  readonly to?: number;
  readonly count?: number;
  readonly details?: Readonly<Record<string, string | number>>;
}

export interface Completeness {
  readonly verdict: 'complete' | 'incomplete' | 'not-known';
  /** What the verdict is about; undefined where there is nothing. */
  readonly period: Span | undefined;
  readonly reasons: readonly Reason[];
}
