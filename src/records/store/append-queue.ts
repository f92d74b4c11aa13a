import type { EventRecord } from '../record.ts';
import type { Appended, Positions } from './event-store.ts';

/** What is written together has at most so many events, unless one batch alone has more. */
const GROUP_EVENTS = 4096;
/** … and so many characters of originals. */
const GROUP_CHARACTERS = 16 << 20;

/** A batch that waits to be stored. */
export interface Waiting {
  readonly records: readonly EventRecord[];
  readonly positions: Positions;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
}

/** Batches that wait, in the order in which they came; those that wait together share one write to the disk. */
export class AppendQueue {
  #waiting: Waiting[] = [];
  #between: (() => Promise<void>)[] = [];
  #running: Promise<void> | undefined;
  readonly #write: (group: readonly Waiting[]) => Promise<void>;

  /** @param write settles the batches of a group, and doesn't throw */
  constructor(write: (group: readonly Waiting[]) => Promise<void>) {
    this.#write = write;
  }

  add(records: readonly EventRecord[], positions: Positions): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, positions, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Does something while no batch is being written. */
  between(action: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#between.push(() => action().then(resolve, reject));
      this.#running ??= this.#run();
    });
  }

  /** Resolves when all that were added are settled. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Callers of the same moment come together.
    await undefined;
    for (;;) {
      const action = this.#between.shift();
      if (action !== undefined) await action();
      else if (this.#waiting.length > 0) await this.#write(this.#take());
      else break;
    }
    this.#running = undefined;
  }

  #take(): readonly Waiting[] {
    let events = 0;
    let characters = 0;
    let count = 0;
    for (const { records } of this.#waiting) {
      events += records.length;
      for (const { raw } of records) characters += raw.length;
      if (count > 0 && (events > GROUP_EVENTS || characters > GROUP_CHARACTERS)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}
