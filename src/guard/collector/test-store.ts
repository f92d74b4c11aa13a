import { setTimeout as sleep } from 'node:timers/promises';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import type { EventRecord } from '../../records/record.ts';
import type { Appended, EventStore, Positions } from '../../records/store/event-store.ts';

/** A store in memory that can be slow, full or broken. */
export class TestStore implements EventStore {
  readonly records = new Map<string, EventRecord>();
  appends = 0;
  /** Milliseconds that an append takes. */
  delay = 0;
  /** Codes that the next appends fail with. */
  failures: ('store-full' | 'store-unusable')[] = [];
  fails: 'store-full' | undefined;
  #positions: Positions = {};

  async append(records: readonly EventRecord[], positions: Positions = {}): Promise<Appended> {
    this.appends++;
    if (this.delay > 0) await sleep(this.delay);
    const failure = this.failures.shift() ?? this.fails;
    if (failure !== undefined) throw new KubeStrideError(failure, { path: 'test', reason: 'ENOSPC' });
    let doubles = 0;
    for (const record of records) {
      if (this.records.has(record.key)) doubles++;
      else this.records.set(record.key, record);
    }
    this.#positions = Object.fromEntries(
      Object.entries({ ...this.#positions, ...positions }).filter(([, value]) => value !== ''),
    );
    return { stored: records.length - doubles, doubles };
  }

  positions(): Positions {
    return this.#positions;
  }

  of(source: EventRecord['source']): EventRecord[] {
    return [...this.records.values()].filter((record) => record.source === source);
  }

  /** Messages of everything but what the collector tells of itself. */
  get messages(): string[] {
    return [...this.records.values()]
      .filter(({ source }) => source !== 'collector')
      .map(({ message }) => message);
  }

  select(): never {
    throw new Error('not asked here');
  }
  count(): never {
    throw new Error('not asked here');
  }
  sql(): never {
    throw new Error('not asked here');
  }
  facts(): never {
    throw new Error('not asked here');
  }
  retain(): never {
    throw new Error('not asked here');
  }
  compact(): never {
    throw new Error('not asked here');
  }
  async close(): Promise<void> {}
}
