import type { EventRecord } from './record.ts';

/** Where bytes came from: what a decoder cannot read out of them. */
export interface Origin {
  /** Through what they came in: `webhook`, `file:/var/log/…`, `stdin`, `bulk`, `otlp`, `watch` … */
  readonly inlet: string;
  /** The cluster as the operator calls it. Empty where he did not say: then what the envelope tells counts (EKS, GKE and AKS name theirs). */
  readonly cluster: string;
  /** The node whose files these are, where that is known. */
  readonly node?: string;
  /** Microseconds since the epoch at which it was received, for what tells no time of its own. Never part of a record's key. */
  readonly received?: number;
}

/**
 * Why bytes became no record:
 * `not-json`: no JSON where JSON belongs; `not-an-event`: JSON of another kind; `unsupported-version`: an event of a version that is not
 * known; `missing-fields`: an event without what makes it one (no Audit-ID, stage or time); `too-long`: beyond the limit, and dropped while reading;
 * `truncated`: it ends in the middle; `too-deep`: nested beyond what is parsed; `unknown-format`: a line in none of the formats of its source.
 */
export const REFUSALS = [
  'not-json',
  'not-an-event',
  'unsupported-version',
  'missing-fields',
  'too-long',
  'truncated',
  'too-deep',
  'unknown-format',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Bytes that became no record. */
export interface Refused {
  readonly reason: Refusal;
  /** Which of the bytes: `line 12`, `item 3`, a field's path; empty where it is all of them. */
  readonly where: string;
  /** Its beginning (see headOf). Not redacted yet: the quarantine does that before it writes, and nothing else may show it. */
  readonly head: string;
  /** How long it was, in bytes (or characters where only text was given). */
  readonly length: number;
}

/** What a decoder makes of bytes. Records are redacted already. */
export interface Decoded {
  readonly records: readonly EventRecord[];
  readonly refused: readonly Refused[];
}

/** How much of what is refused is kept to show what it was. */
export const LONGEST_HEAD = 4096;

export function refused(reason: Refusal, where: string, original: string | Uint8Array): Refused {
  return { reason, where, head: headOf(original), length: original.length };
}

/** The first LONGEST_HEAD bytes as text; what is no UTF-8 becomes U+FFFD. */
export function headOf(original: string | Uint8Array): string {
  // A cut may fall between the two halves of a surrogate pair.
  if (typeof original === 'string') return Buffer.from(original.slice(0, LONGEST_HEAD)).toString('utf8');
  return Buffer.from(original.subarray(0, LONGEST_HEAD)).toString('utf8');
}

export const NOTHING: Decoded = { records: [], refused: [] };
