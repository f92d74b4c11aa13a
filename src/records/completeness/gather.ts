import type { AuditPolicy } from '../../engines/audit-policy/index.ts';
import { asObject, asString, type Json } from '../../kubernetes/json.ts';
import type { RefusalCounts } from '../quarantine.ts';
import { quoted } from '../store/duckdb.ts';
import type { EventReader, Query, Test } from '../store/event-store.ts';
import type { CompletenessInput, InletTraffic, Span } from './input.ts';
import { countedBetween, type MetricsSample } from './metrics.ts';
import { STEADY } from './traffic.ts';

export interface CompletenessOptions {
  /** Microseconds since the epoch. */
  readonly from?: number;
  readonly to?: number;
  readonly clusters?: readonly string[];
  readonly refused?: RefusalCounts;
  readonly samples?: readonly MetricsSample[];
  readonly policy?: AuditPolicy;
}

/** Silence is measured in slots of this many microseconds; heartbeats come every two to ten seconds. */
const SLOT = 5_000_000;
const MOST_ROWS = 10_000;
/** One of so many silences between events may be longer than the usual ones. */
const RARE = 200;
/** A watch lasts an hour at most (--min-request-timeout, twice); an exec may last longer. */
const LONGEST_REQUEST = 2 * 3_600_000_000;
/** More groups than this would not fit into the memory of a question. */
const GROUPS_AT_ONCE = 1_000_000;
const MOST_PASSES = 64;

/** Asks a store for everything that tells whether it is complete. @throws KubeStrideError store-query, store-unusable */
export async function gatherCompleteness(
  reader: EventReader,
  options: CompletenessOptions,
): Promise<CompletenessInput> {
  const { from, to, clusters = [], refused = {}, samples = [], policy } = options;
  const period: Partial<Span> = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  const query = (...tests: readonly Test[]): Query => ({
    ...period,
    where: [
      { column: 'source', is: 'audit' },
      ...(clusters.length === 0 ? [] : [{ column: 'cluster' as const, is: clusters }]),
      ...tests,
    ],
  });
  const where = whereOf(options);
  const inlets = await inletsOf(reader, query, where);
  const last = Math.max(...inlets.map((inlet) => inlet.last));
  const { damage } = await reader.facts();
  return {
    asked: period,
    inlets,
    starts: await startsOf(reader, query),
    servers: await serversOf(reader, query),
    open: await openRequests(reader, where, last),
    truncated: await truncatedOf(reader, query),
    reused: await reusedOf(reader, where, inlets),
    collector: await collectorOf(reader, period, clusters),
    damage: damage.filter((part) => part.to >= (from ?? 0) && part.from <= (to ?? Number.POSITIVE_INFINITY)),
    refused,
    samples,
    received: await receivedOf(reader, samples, clusters),
    policy,
  };
}

/** The conditions of all questions in SQL. */
function whereOf({ from, to, clusters = [] }: CompletenessOptions): string {
  return [
    `source = 'audit'`,
    ...(from === undefined ? [] : [`time >= ${Math.trunc(from)}`]),
    ...(to === undefined ? [] : [`time <= ${Math.trunc(to)}`]),
    ...(clusters.length === 0 ? [] : [`cluster IN (${clusters.map(quoted).join(', ')})`]),
  ].join(' AND ');
}

type Ask = (...tests: readonly Test[]) => Query;

async function inletsOf(reader: EventReader, query: Ask, where: string): Promise<InletTraffic[]> {
  const { rows } = await reader.count(query(), ['cluster', 'inlet']);
  if (rows.length === 0) return [];
  const beats = await reader.count(
    query({ column: 'resource', is: 'leases' }, { column: 'verb', is: ['update', 'patch'] }),
    ['cluster', 'inlet'],
  );
  const slots = `SELECT DISTINCT cluster, inlet, time // ${SLOT} AS slot FROM events WHERE ${where}`;
  const silences = `SELECT cluster, inlet, slot, slot - lag(slot) OVER (PARTITION BY cluster, inlet ORDER BY slot) AS silence FROM (${slots})`;
  const lengths = await reader.sql(
    `SELECT cluster, inlet, silence, count(*) AS times FROM (${silences}) WHERE silence IS NOT NULL GROUP BY ALL ORDER BY silence`,
    MOST_ROWS,
  );
  const result: InletTraffic[] = [];
  for (const { by, events, first, last } of rows) {
    const [cluster, inlet] = by.map(String) as [string, string];
    const own = lengths.rows.filter((row) => row[0] === cluster && row[1] === inlet);
    const usual = usualOf(own.map((row) => [Number(row[2]), Number(row[3])]));
    const heartbeats = beats.rows.find((row) => row.by[0] === cluster && row.by[1] === inlet)?.events ?? 0;
    const long = Math.max(STEADY, usual * 5) / SLOT;
    const pauses = await reader.sql(
      `SELECT slot - silence, slot FROM (${silences}) WHERE cluster = ${quoted(cluster)} AND inlet = ${quoted(inlet)} AND silence > ${Math.ceil(long)} ORDER BY slot`,
      MOST_ROWS,
    );
    result.push({
      cluster,
      inlet,
      events,
      first,
      last,
      heartbeats,
      usual,
      pauses: pauses.rows.map((row) => ({ from: (Number(row[0]) + 1) * SLOT, to: Number(row[1]) * SLOT })),
    });
  }
  return result;
}

/** The length that all but one of RARE silences keep to, in microseconds. Few events are not enough to say what is usual. */
function usualOf(lengths: readonly (readonly [slots: number, times: number])[]): number {
  const all = lengths.reduce((sum, [, times]) => sum + times, 0);
  if (all < RARE / 4) return Number.MAX_SAFE_INTEGER;
  let seen = 0;
  for (const [slots, times] of lengths) {
    seen += times;
    if (seen >= all - Math.max(1, Math.floor(all / RARE))) return slots * SLOT;
  }
  return Number.MAX_SAFE_INTEGER;
}

/**
 * An API server asks for this object by itself when it starts, and never again (PostStartHook scheduling/bootstrap-system-priority-classes:
 * k8s.io/kubernetes pkg/registry/scheduling/rest).
 */
async function startsOf(reader: EventReader, query: Ask): Promise<CompletenessInput['starts']> {
  const { events } = await reader.select({
    ...query(
      { column: 'user', is: 'system:apiserver' },
      { column: 'resource', is: 'priorityclasses' },
      { column: 'name', is: 'system-node-critical' },
      { column: 'verb', is: 'get' },
    ),
    order: 'oldest',
    limit: MOST_ROWS,
    columns: ['time', 'cluster', 'stage'],
  });
  const starts: { cluster: string; time: number }[] = [];
  for (const { time, cluster, stage } of events) {
    // It tries again every second until it succeeds.
    const isAgain = starts.some((start) => start.cluster === cluster && time - start.time < 30_000_000);
    if (stage !== 'RequestReceived' && !isAgain) starts.push({ cluster, time });
  }
  return starts;
}

/** API servers renew a lease `apiserver-…` of their own every ten seconds (k8s.io/kubernetes pkg/controlplane/apiserver/server.go). */
async function serversOf(reader: EventReader, query: Ask): Promise<CompletenessInput['servers']> {
  const { rows } = await reader.count(
    query(
      { column: 'user', is: 'system:apiserver' },
      { column: 'resource', is: 'leases' },
      { column: 'namespace', is: 'kube-system' },
      { column: 'verb', is: ['update', 'patch'] },
      { column: 'name', like: 'apiserver-*' },
    ),
    ['cluster', 'name'],
  );
  return rows.map(({ by }) => ({ cluster: String(by[0]), name: String(by[1]) }));
}

async function openRequests(
  reader: EventReader,
  where: string,
  last: number,
): Promise<CompletenessInput['open']> {
  if (!Number.isFinite(last)) return [];
  const before = Math.trunc(last - LONGEST_REQUEST);
  const earlier = `SELECT cluster, audit_id, stage, time FROM events WHERE ${where} AND stage IN ('ResponseStarted', 'RequestReceived') AND time < ${before}`;
  const { rows } = await reader.sql(
    `SELECT cluster, stage, count(*), min(time), max(time) FROM (${earlier}) a WHERE NOT EXISTS (SELECT 1 FROM events b WHERE b.audit_id = a.audit_id AND b.source = 'audit' AND (b.stage IN ('ResponseComplete', 'Panic') OR (a.stage = 'RequestReceived' AND b.stage = 'ResponseStarted'))) GROUP BY ALL ORDER BY ALL`,
    MOST_ROWS,
  );
  return rows.map(([cluster, stage, requests, first, end]) => ({
    cluster: String(cluster),
    stage: String(stage),
    requests: Number(requests),
    first: Number(first),
    last: Number(end),
  }));
}

/** k8s.io/apiserver plugin/pkg/audit/truncate: bodies were left out since the event was too large. */
const TRUNCATED = 'audit.k8s.io/truncated';

async function truncatedOf(reader: EventReader, query: Ask): Promise<CompletenessInput['truncated']> {
  const { events } = await reader.select({
    ...query(),
    text: [TRUNCATED],
    limit: MOST_ROWS,
    columns: ['cluster', 'raw'],
  });
  const counts = new Map<string, number>();
  for (const { cluster, raw } of events) {
    // A client may write these words into its name.
    const annotations = asObject(parse(raw)?.['annotations']);
    if (annotations?.[TRUNCATED] === 'true') counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
  }
  return [...counts].map(([cluster, count]) => ({ cluster, events: count }));
}

async function reusedOf(
  reader: EventReader,
  where: string,
  inlets: readonly InletTraffic[],
): Promise<CompletenessInput['reused']> {
  const events = inlets.reduce((sum, inlet) => sum + inlet.events, 0);
  const passes = Math.min(MOST_PASSES, Math.ceil(events / GROUPS_AT_ONCE));
  const found: { audit_id: string; stage: string; events: number }[] = [];
  for (let pass = 0; pass < passes && found.length < MOST_ROWS; pass++) {
    const { rows } = await reader.sql(
      `SELECT min(audit_id), min(stage), count(*) FROM events WHERE ${where} AND hash(audit_id) % ${passes} = ${pass} GROUP BY hash(audit_id, stage) HAVING count(*) > 1 ORDER BY 3 DESC`,
      MOST_ROWS,
    );
    for (const [id, stage, count] of rows) {
      found.push({ audit_id: String(id), stage: String(stage), events: Number(count) });
    }
  }
  return found.toSorted((a, b) => b.events - a.events);
}

async function collectorOf(
  reader: EventReader,
  period: Partial<Span>,
  clusters: readonly string[],
): Promise<CompletenessInput['collector']> {
  const { events } = await reader.select({
    ...period,
    where: [
      { column: 'source', is: 'collector' },
      { column: 'verb', is: ['started', 'stopped', 'counted', 'lost', 'unreadable'] },
      ...(clusters.length === 0 ? [] : [{ column: 'cluster' as const, is: clusters }]),
    ],
    order: 'oldest',
    columns: ['time', 'verb', 'inlet', 'message', 'raw'],
    limit: 100_000,
  });
  return events.map(({ time, verb, inlet, message, raw }) => ({
    time,
    verb,
    inlet,
    message,
    run: asString(parse(raw)?.['run']) ?? '',
  }));
}

async function receivedOf(
  reader: EventReader,
  samples: readonly MetricsSample[],
  clusters: readonly string[],
): Promise<CompletenessInput['received']> {
  const own = clusters.length === 0 ? '' : ` AND cluster IN (${clusters.map(quoted).join(', ')})`;
  const counted = countedBetween(samples);
  if (counted.length === 0) return [];
  const from = Math.min(...counted.map((each) => each.from));
  const to = Math.max(...counted.map((each) => each.to));
  const { rows } = await reader.sql(
    `SELECT count(*) FROM events WHERE source = 'audit' AND "end" > ${Math.trunc(from)} AND "end" <= ${Math.trunc(to)}${own}`,
    1,
  );
  return counted.map(({ instance }) => ({ instance, events: Number(rows[0]?.[0] ?? 0) }));
}

function parse(text: string): { readonly [key: string]: Json | undefined } | undefined {
  try {
    return asObject(JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}
