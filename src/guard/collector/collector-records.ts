import { createHash, randomUUID } from 'node:crypto';
import type { JsonObject } from '../../kubernetes/json.ts';
import { type EventRecord, record } from '../../records/record.ts';
import type { EventStore } from '../../records/store/event-store.ts';

/**
 * What the collector tells of itself, as records of source `collector` in which completeness reads:
 * `started` and `stopped`: a `started` that follows no `stopped` was a crash;
 * `counted`: what came by each inlet since the last one, every few minutes, so that it is known until when it ran;
 * `lost`: a part of a file that was gone before it was read; `unreadable`: a file that may not be read.
 */
export const COLLECTOR_VERBS = ['started', 'stopped', 'counted', 'lost', 'unreadable'] as const;
export type CollectorVerb = (typeof COLLECTOR_VERBS)[number];

export interface CollectorFact {
  readonly verb: CollectorVerb;
  /** The inlet that it is about; empty where it is about the collector. */
  readonly inlet: string;
  readonly message: string;
  /** Microseconds since the epoch. */
  readonly time: number;
  readonly end?: number;
  readonly facts: JsonObject;
}

/** More facts than this wait for a store that takes none; then the oldest go. */
const MOST_WAITING = 10_000;

/** Writes them, and keeps those that could not be written until they can. */
export class CollectorRecords {
  /** One run of a collector. */
  readonly run = randomUUID();
  readonly #store: EventStore;
  readonly #cluster: string;
  #number = 0;
  #waiting: EventRecord[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(store: EventStore, cluster: string) {
    this.#store = store;
    this.#cluster = cluster;
  }

  /** Never throws: a store that takes nothing says so to the senders. */
  write(fact: CollectorFact): Promise<void> {
    this.#waiting.push(this.#record(fact));
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    this.#writing = this.#writing.then(() => this.#flush());
    return this.#writing;
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      await this.#store.append(batch);
    } catch {
      this.#waiting = [...batch, ...this.#waiting];
    }
  }

  #record({ verb, inlet, message, time, end = time, facts }: CollectorFact): EventRecord {
    const number = this.#number++;
    return record({
      key: `collector:${createHash('sha256').update(`${this.run}:${number}`).digest('base64url')}`,
      time,
      end,
      source: 'collector',
      cluster: this.#cluster,
      inlet: inlet === '' ? 'collector' : inlet,
      verb,
      message,
      raw: JSON.stringify({ kind: verb, run: this.run, number, inlet, ...facts }),
    });
  }
}
