import type { EventRecord } from '../record.ts';
import type { Damage, EventReader, Query } from '../store/event-store.ts';

export interface Page {
  readonly events: readonly EventRecord[];
  readonly damage: readonly Damage[];
  /** More events of one time than are read at once: some of them are left out. */
  readonly isCut: boolean;
}

const SIZE = 5000;
const LARGEST = 320_000;

/** All events of a query from the oldest on, a few thousand at a time. `time` and `key` have to be among its columns. */
export async function* eventPages(
  reader: Pick<EventReader, 'select'>,
  query: Omit<Query, 'order' | 'limit'>,
  size = SIZE,
  largest = LARGEST,
): AsyncGenerator<Page> {
  let { from } = query;
  // Of the time at which the last page ended.
  let seen = new Set<string>();
  for (let limit = size; ; ) {
    const { events, more, damage } = await reader.select({
      ...query,
      ...(from === undefined ? {} : { from }),
      order: 'oldest',
      limit,
    });
    const last = events.at(-1);
    const isStuck = more && last !== undefined && events[0]!.time === last.time;
    if (isStuck && limit < largest) {
      limit = Math.min(largest, limit * 4);
      continue;
    }
    const fresh = events.filter(({ key }) => !seen.has(key));
    yield { events: fresh, damage, isCut: isStuck };
    if (!more || last === undefined) return;
    seen = isStuck
      ? new Set()
      : new Set(events.filter(({ time }) => time === last.time).map(({ key }) => key));
    from = isStuck ? last.time + 1 : last.time;
    limit = size;
  }
}
