import type { Damage, EventReader, Query, Test } from '../store/event-store.ts';

/** Microseconds since the epoch, both inclusive. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** Of which clusters and of which time records are looked at; without any, all. */
export interface UsageFilter {
  readonly clusters?: readonly string[];
  readonly from?: number;
  readonly to?: number;
}

/** Audit events of the filter that meet further tests. */
export function auditQuery({ clusters, from, to }: UsageFilter, ...tests: readonly Test[]): Query {
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    where: [
      { column: 'source', is: 'audit' },
      ...(clusters === undefined || clusters.length === 0
        ? []
        : [{ column: 'cluster' as const, is: clusters }]),
      ...tests,
    ],
  };
}

/** All but the first stage, in which nothing is decided yet. */
export const DECIDED: Test = { column: 'stage', not: 'RequestReceived' };

/**
 * How many requests events tell of. One that goes on (a watch, an exec) is told of when it is answered and when it ends, others just once;
 * so that of the same kind of request either all were told of twice, or the ends of some are still to come.
 */
export class RequestCount {
  #started = 0;
  #ended = 0;
  first = Number.POSITIVE_INFINITY;
  last = Number.NEGATIVE_INFINITY;

  add(stage: string, events: number, first: number, last: number): void {
    if (stage === 'ResponseStarted') this.#started += events;
    else this.#ended += events;
    this.first = Math.min(this.first, first);
    this.last = Math.max(this.last, last);
  }

  get requests(): number {
    return Math.max(this.#started, this.#ended);
  }
}

/** Why something cannot be said with certainty. */
export type Doubt =
  /** Nothing is held of the time that was asked about. */
  | 'no-audit-events'
  /** The records begin later or end earlier than what was asked about. */
  | 'shorter-than-asked'
  /** Within it, events are known to be missing. */
  | 'gaps'
  /** A part of the store cannot be read. */
  | 'damage'
  /** No reads by service accounts are held at all: the audit policy leaves them out. */
  | 'reads-not-recorded'
  /** Allowed requests are held that do not tell by which binding. */
  | 'reasons-missing'
  /** It was made within the time that was asked about. */
  | 'younger-than-asked'
  /** The API server did not note the use of legacy tokens all that time. */
  | 'tracking-too-young';

/** What of the time that was asked about is held. */
export interface Sight {
  readonly asked: Period;
  /** First and last audit event of the clusters at any time; undefined where none is held. */
  readonly held: Period | undefined;
  readonly doubts: readonly Doubt[];
}

export interface SightOptions {
  /** Times of which events are known to be missing (completeness/). */
  readonly gaps?: readonly Period[];
  /** How long after the last event the end of the period may be; one hour where not given. */
  readonly slack?: number;
}

const HOUR = 3_600_000_000;

/** @throws as EventReader.facts */
export async function sightOf(
  reader: EventReader,
  { clusters, from, to }: UsageFilter & Period,
  { gaps = [], slack = HOUR }: SightOptions = {},
): Promise<Sight> {
  const { holdings, damage } = await reader.facts();
  const own = holdings.filter(
    ({ source, cluster, events }) =>
      source === 'audit' &&
      events > 0 &&
      (clusters === undefined || clusters.length === 0 || clusters.includes(cluster)),
  );
  const held =
    own.length === 0
      ? undefined
      : {
          from: own.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY),
          to: own.reduce((most, { last }) => Math.max(most, last), Number.NEGATIVE_INFINITY),
        };
  const doubts: Doubt[] = [];
  if (held === undefined || from > to || held.to < from || held.from > to) doubts.push('no-audit-events');
  else if (held.from > from + slack || held.to < to - slack) doubts.push('shorter-than-asked');
  if (gaps.some((gap) => gap.from <= to && gap.to >= from)) doubts.push('gaps');
  if (concerns(damage, from, to)) doubts.push('damage');
  return { asked: { from, to }, held, doubts };
}

function concerns(damage: readonly Damage[], from: number, to: number): boolean {
  return damage.some((part) => part.from <= to && part.to >= from);
}

/** What is known of the use of something. `unused` is said only where nothing makes it doubtful. */
export type Verdict = 'used' | 'unused' | 'not-known';

export function verdictOf(requests: number, doubts: readonly Doubt[]): Verdict {
  if (requests > 0) return 'used';
  return doubts.length === 0 ? 'unused' : 'not-known';
}

/** `younger-than-asked` where an object was made after the period began. */
export function ageDoubt(created: string | undefined, { from }: Period): Doubt[] {
  const time = Date.parse(created ?? '') * 1000;
  return !Number.isNaN(time) && time > from ? ['younger-than-asked'] : [];
}
