import { KubeStrideError } from '../../kubernetes/errors.ts';
import type { Decoded, Refused } from '../../records/decoded.ts';
import type { EventRecord } from '../../records/record.ts';
import type { Appended, EventStore, Positions } from '../../records/store/event-store.ts';
import type { Metrics } from './metrics.ts';
import { Refusal } from './refusal.ts';

/** Keeps what became no record, redacted and bounded. */
export interface RefusedSink {
  add(refused: readonly Refused[], inlet: string): void | Promise<void>;
}

/** What came in by one inlet since it was last asked. */
export interface Tally {
  received: number;
  stored: number;
  doubles: number;
  quarantined: number;
  refusedRequests: number;
  redactions: number;
}

const NONE: Tally = { received: 0, stored: 0, doubles: 0, quarantined: 0, refusedRequests: 0, redactions: 0 };

/** The one way from the inlets into the store: counts, and tells refusals of the store apart. */
export class Intake {
  readonly #store: EventStore;
  readonly #sink: RefusedSink;
  readonly #metrics: Metrics;
  readonly #clock: () => number;
  readonly #started = new Map<symbol, number>();
  #tallies = new Map<string, Tally>();
  #isReady = true;

  /** @param clock milliseconds since the epoch */
  constructor(store: EventStore, sink: RefusedSink, metrics: Metrics, clock: () => number) {
    this.#store = store;
    this.#sink = sink;
    this.#metrics = metrics;
    this.#clock = clock;
    metrics.set('ready', 1);
  }

  /** False from an append that failed to the next that did not. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Seconds for which the oldest append has been waited for. */
  get oldestSeconds(): number {
    const [oldest] = this.#started.values();
    return oldest === undefined ? 0 : Math.max(0, (this.#clock() - oldest) / 1000);
  }

  get pending(): number {
    return this.#started.size;
  }

  /**
   * Resolves when the records are safe. What was refused goes into quarantine only then: a sender that has to come again brings it again.
   * Throws Refusal (store-full, store-unusable); nothing is stored then.
   */
  async deliver(
    inlet: string,
    { records, refused }: Decoded,
    bytes: number,
    positions?: Positions,
  ): Promise<Appended> {
    const labels = { inlet };
    const token = Symbol();
    this.#started.set(token, this.#clock());
    let appended: Appended = { stored: 0, doubles: 0 };
    try {
      if (records.length > 0 || positions !== undefined) {
        appended = await this.#store.append(records, positions);
        this.#setReady(true);
      }
    } catch (error) {
      throw this.#refusalOf(error);
    } finally {
      this.#started.delete(token);
    }
    this.#metrics.add('received_events_total', records.length, labels);
    this.#metrics.add('stored_events_total', appended.stored, labels);
    this.#metrics.add('double_events_total', appended.doubles, labels);
    this.#metrics.add('received_bytes_total', bytes, labels);
    const { redactions, last } = this.#sum(records);
    if (last > 0) this.#metrics.raise('last_event_timestamp_seconds', last / 1e6, labels);
    const tally = this.#tally(inlet);
    tally.received += records.length;
    tally.stored += appended.stored;
    tally.doubles += appended.doubles;
    tally.redactions += redactions;
    await this.#quarantine(inlet, refused);
    return appended;
  }

  /** Keeps what no record could be made of. @param bytes of the request that it was all of */
  async quarantine(inlet: string, refused: readonly Refused[], bytes: number): Promise<void> {
    this.#metrics.add('received_bytes_total', bytes, { inlet });
    await this.#quarantine(inlet, refused);
  }

  /** Counts a request that was not taken. */
  refuse(inlet: string, refusal: Refusal): void {
    this.#metrics.add('refused_requests_total', 1, { inlet, reason: refusal.reason });
    this.#tally(inlet).refusedRequests++;
  }

  /** What came since this was called last, and begins anew. */
  takeTallies(): ReadonlyMap<string, Tally> {
    const tallies = this.#tallies;
    this.#tallies = new Map();
    return tallies;
  }

  async #quarantine(inlet: string, refused: readonly Refused[]): Promise<void> {
    if (refused.length === 0) return;
    this.#metrics.add('received_events_total', refused.length, { inlet });
    for (const { reason } of refused) this.#metrics.add('quarantined_events_total', 1, { inlet, reason });
    const tally = this.#tally(inlet);
    tally.received += refused.length;
    tally.quarantined += refused.length;
    try {
      await this.#sink.add(refused, inlet);
    } catch (error) {
      // The events beside them are stored; that they were refused is counted.
      const code = error instanceof KubeStrideError ? error.code : 'quarantine';
      this.#metrics.add('store_failures_total', 1, { error: code });
    }
  }

  #tally(inlet: string): Tally {
    const tally = this.#tallies.get(inlet) ?? { ...NONE };
    this.#tallies.set(inlet, tally);
    return tally;
  }

  #sum(records: readonly EventRecord[]): { redactions: number; last: number } {
    let redactions = 0;
    let last = 0;
    for (const record of records) {
      redactions += record.redactions;
      if (record.time > last) last = record.time;
    }
    return { redactions, last };
  }

  #setReady(isReady: boolean): void {
    if (this.#isReady === isReady) return;
    this.#isReady = isReady;
    this.#metrics.set('ready', isReady ? 1 : 0);
  }

  #refusalOf(error: unknown): Refusal {
    const code = error instanceof KubeStrideError ? error.code : 'internal';
    this.#metrics.add('store_failures_total', 1, { error: code });
    this.#setReady(false);
    return code === 'store-full'
      ? new Refusal('store-full', 'the store has no room')
      : new Refusal('store-unusable', 'the store cannot be written to');
  }
}
