import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from './duckdb.ts';
import type { Damage } from './event-store.ts';
import { type JournalFile, noRoom } from './journal-file.ts';
import type { Ledger } from './ledger.ts';
import { journalPath, Uncertain } from './manifest.ts';
import { sealJournal } from './sealing.ts';
import { listSegment } from './segment-files.ts';

/** Journals that may wait to be sealed before new events have to wait for them. */
const MOST_WAITING = 3;
/** Journals that cannot be sealed, of which this many are put up with: their keys are held in memory. */
const MOST_STUCK = 16;
const RETRY_MS = 5000;

/** Makes segments of journals, one after the other, while others are written. */
export class Sealer {
  readonly #engine: Engine;
  readonly #store: string;
  readonly #ledger: Ledger;
  readonly #warn: (damage: Damage) => void;
  #waiting: JournalFile[] = [];
  readonly #stuck: { readonly journal: JournalFile; readonly damage: Damage }[] = [];
  #running: Promise<void> | undefined;
  #full: unknown;
  #uncertain: Uncertain | undefined;
  #triedAt = 0;

  constructor(engine: Engine, store: string, ledger: Ledger, warn: (damage: Damage) => void) {
    this.#engine = engine;
    this.#store = store;
    this.#ledger = ledger;
    this.#warn = warn;
  }

  /** All that are in no segment. */
  get journals(): readonly JournalFile[] {
    return [...this.#waiting, ...this.#stuck.map(({ journal }) => journal)];
  }

  get damage(): readonly Damage[] {
    return this.#stuck.map(({ damage }) => damage);
  }

  add(journal: JournalFile): void {
    this.#waiting.push(journal);
    this.#start();
  }

  /**
   * Resolves when there is room for more journals.
   * @throws the system's error where they cannot be sealed for want of room; Uncertain where they cannot be for other reasons
   */
  async ready(): Promise<void> {
    for (;;) {
      if (this.#uncertain !== undefined) throw this.#uncertain;
      if (this.#stuck.length >= MOST_STUCK) throw new Uncertain(this.#stuck.at(-1)!.damage.reason);
      if (this.#waiting.length < MOST_WAITING) return;
      if (Date.now() - this.#triedAt >= RETRY_MS) this.#start();
      if (this.#running === undefined) throw this.#full;
      await this.#running;
    }
  }

  /** Resolves when all are sealed, or cannot be now. */
  async idle(): Promise<void> {
    this.#start();
    await this.#running;
  }

  async close(): Promise<void> {
    for (const journal of this.journals) await journal.close();
  }

  #start(): void {
    if (this.#uncertain === undefined) this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    this.#triedAt = Date.now();
    this.#full = undefined;
    await undefined;
    while (this.#full === undefined && this.#uncertain === undefined) {
      const journal = this.#waiting[0];
      if (journal === undefined) break;
      try {
        await this.#seal(journal);
        this.#waiting.shift();
      } catch (error) {
        this.#fail(journal, error as Error);
      }
    }
    this.#running = undefined;
  }

  async #seal(journal: JournalFile): Promise<void> {
    const { number, contents } = journal;
    if (contents.rows === 0) await this.#ledger.change({ sealed: number });
    else {
      const segment = await sealJournal(this.#engine, this.#store, journal, this.#ledger.take());
      await listSegment(this.#store, this.#ledger, segment, {
        segments: (segments) => [...segments, segment],
        sealed: number,
      });
    }
    // What fails from here on is put right when the store is opened next: the manifest says that the journal is sealed.
    await journal.close().catch(() => undefined);
    await rm(join(this.#store, journalPath(number)), { force: true }).then(
      () => this.#ledger.forget(number),
      () => undefined,
    );
  }

  #fail(journal: JournalFile, error: Error): void {
    if (error instanceof Uncertain) this.#uncertain = error;
    else if (noRoom(error) !== undefined) this.#full = error;
    else {
      const { times } = journal.contents;
      const damage = {
        part: journalPath(journal.number),
        // What engines say may quote what strangers wrote.
        reason: `not sealed: ${(error.message.split(':')[0] ?? '').slice(0, 80)}`,
        events: 0,
        from: times.reduce((first, time) => Math.min(first, time), times[0] ?? 0),
        to: times.reduce((last, time) => Math.max(last, time), 0),
      };
      this.#waiting.shift();
      this.#stuck.push({ journal, damage });
      this.#warn(damage);
    }
  }
}
