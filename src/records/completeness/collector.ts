import type { CollectorRecord, CompletenessInput, Span } from './input.ts';
import type { Reason } from './reason.ts';

/** A time in which the collector did not run. */
export interface Outage extends Span {
  /** It was not stopped: when it ended is known only from the last thing that it told. */
  readonly isCrash: boolean;
}

/** What was between two runs of the collector. Two collectors of one store are not possible; their records come one after the other. */
export function outages(records: readonly CollectorRecord[]): Outage[] {
  const found: Outage[] = [];
  let last: CollectorRecord | undefined;
  for (const record of records.toSorted((a, b) => a.time - b.time)) {
    if (record.verb === 'started' && last !== undefined && record.time > last.time) {
      found.push({ from: last.time, to: record.time, isCrash: last.verb !== 'stopped' });
    }
    last = record;
  }
  return found;
}

/** Files are read on from where they were left; what is sent is lost when its sender gives up, which nobody tells. */
export function collectorReasons(
  { collector, inlets }: CompletenessInput,
  down: readonly Outage[],
): Reason[] {
  const isSent = inlets.some(({ inlet }) => !inlet.startsWith('file:') && inlet !== 'stdin');
  return [
    ...down.map(
      ({ from, to, isCrash }): Reason => ({
        id: isCrash ? 'collector-crashed' : 'collector-down',
        means: isSent ? 'doubt' : 'note',
        from,
        to,
      }),
    ),
    ...collector.flatMap(({ verb, inlet, time, message }): Reason[] => {
      const about = { inlet, from: time, to: time, details: { message } };
      if (verb === 'lost') return [{ id: 'lost-by-rotation', means: 'loss', ...about }];
      if (verb === 'unreadable') return [{ id: 'unreadable-file', means: 'loss', ...about }];
      return [];
    }),
  ];
}
