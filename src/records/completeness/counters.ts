import type { CompletenessInput } from './input.ts';
import { type Counted, countedBetween } from './metrics.ts';
import type { Reason } from './reason.ts';

/**
 * How far the time of a sample may be from that of the events it counted: events in flight, and the time it took to fetch it. With the
 * usual batches of the webhook (30 s, or 400 events) what was counted at the end has arrived by the time it is asked for.
 */
const EDGE = 5_000_000;
const FEW = 5;

/** What API servers say that they generated, dropped and refused, against what is held. */
export function counterReasons({ samples, received, servers, inlets }: CompletenessInput): Reason[] {
  if (inlets.length === 0) return [];
  const counted = countedBetween(samples);
  if (counted.length === 0) return [{ id: 'no-counters', means: 'doubt' }];
  const known = new Set(servers.map(({ name }) => name)).size;
  return [
    ...counted.flatMap(countedReasons),
    ...(known > counted.length
      ? [{ id: 'counters-of-some-servers' as const, means: 'doubt' as const, count: known - counted.length }]
      : []),
    ...shortfall(counted, received),
    ...uncovered(counted, inlets),
  ];
}

function countedReasons({ instance, from, to, errors, rejected, isReset }: Counted): Reason[] {
  const about = { from, to };
  return [
    ...Object.entries(errors)
      .filter(([, count]) => count > 0)
      .map(
        ([plugin, count]): Reason => ({
          id: 'dropped-by-api-server',
          means: 'loss',
          ...about,
          count,
          details: { instance, plugin },
        }),
      ),
    ...(rejected > 0
      ? [
          {
            id: 'requests-rejected' as const,
            means: 'note' as const,
            ...about,
            count: rejected,
            details: { instance },
          },
        ]
      : []),
    ...(isReset
      ? [{ id: 'counters-began-anew' as const, means: 'doubt' as const, ...about, details: { instance } }]
      : []),
  ];
}

/** All API servers of a cluster write the same records, so that only their sum can be compared. */
function shortfall(counted: readonly Counted[], received: CompletenessInput['received']): Reason[] {
  const events = counted.reduce((sum, each) => sum + each.events, 0);
  const from = Math.min(...counted.map((each) => each.from));
  const to = Math.max(...counted.map((each) => each.to));
  const held = received.reduce((most, each) => Math.max(most, each.events), 0);
  const tolerance = FEW + Math.ceil((events / Math.max(1, to - from)) * EDGE);
  return events - held > tolerance
    ? [
        {
          id: 'fewer-than-counted',
          means: 'loss',
          from,
          to,
          count: events - held,
          details: { counted: events, held },
        },
      ]
    : [];
}

/** Counters tell only of the time between their samples. */
function uncovered(counted: readonly Counted[], inlets: CompletenessInput['inlets']): Reason[] {
  const from = Math.min(...counted.map((each) => each.from));
  const to = Math.max(...counted.map((each) => each.to));
  const first = Math.min(...inlets.map((each) => each.first));
  const last = Math.max(...inlets.map((each) => each.last));
  return [
    ...(first < from - EDGE
      ? [{ id: 'no-counters' as const, means: 'doubt' as const, from: first, to: from }]
      : []),
    ...(last > to + EDGE
      ? [{ id: 'no-counters' as const, means: 'doubt' as const, from: to, to: last }]
      : []),
  ];
}
