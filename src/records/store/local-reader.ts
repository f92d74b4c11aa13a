import type { Column } from '../record.ts';
import { Asking, StoreChanged } from './asking.ts';
import { type Engine, openEngine } from './duckdb.ts';
import type { Counted, Damage, EventReader, Query, Selected, StoreFacts, Table } from './event-store.ts';
import { factsOf } from './facts.ts';
import { countEvents } from './reader-count.ts';
import { type Asked, selectEvents } from './reader-select.ts';
import type { Snapshot, Snapshots } from './snapshot.ts';
import { askSql } from './user-sql.ts';

/** Megabytes of memory that questions may take. */
const MEMORY = 600;
/** Writers replace files a few times a minute at most; a question takes seconds. */
const ATTEMPTS = 8;

/** Answers questions of a store in a folder of this machine, also while another process writes to it. */
export class LocalReader implements EventReader {
  readonly #store: string;
  readonly #snapshots: Snapshots;
  #engine: Promise<Engine> | undefined;

  /** @param snapshots of the store, which may have been looked at already */
  constructor(store: string, snapshots: Snapshots) {
    this.#store = store;
    this.#snapshots = snapshots;
  }

  async select(query: Query): Promise<Selected> {
    return this.#answer(query, (asked) => selectEvents(asked, query));
  }

  async count(query: Query, by: readonly Column[]): Promise<Counted> {
    return this.#answer(query, async (asked) => ({ rows: await countEvents(asked, query, by) }));
  }

  async sql(text: string, limit: number): Promise<Table> {
    return this.#again(async ({ pieces, manifest }) => {
      const asking = new Asking(() => this.#opened(), this.#snapshots);
      const { damage = [], ...table } = await askSql(asking, this.#snapshots, pieces, text, limit);
      return { ...table, damage: [...manifest.damage, ...damage] };
    });
  }

  async facts(): Promise<StoreFacts> {
    return this.#again((snapshot) =>
      factsOf(this.#store, snapshot, () => new Asking(() => this.#opened(), this.#snapshots)),
    );
  }

  async close(): Promise<void> {
    const engine = await this.#engine?.catch(() => undefined);
    this.#engine = undefined;
    engine?.interrupt();
    engine?.close();
  }

  #opened(): Promise<Engine> {
    this.#engine ??= openEngine({ memory: MEMORY });
    return this.#engine;
  }

  async #answer<T>(
    { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: Query,
    work: (asked: Asked) => Promise<T>,
  ): Promise<T & { readonly damage: readonly Damage[] }> {
    // It opens on threads of its own, while manifest and filters are read here.
    const opening = this.#opened();
    opening.catch(() => undefined);
    return this.#again(async ({ pieces, manifest }) => {
      const asking = new Asking(() => this.#opened(), this.#snapshots);
      const answer = await work({ asking, pieces });
      // Without the engine a store that is empty so far has no answers either.
      await opening;
      const before = manifest.damage.filter((part) => part.from <= to && part.to >= from);
      return { ...answer, damage: [...before, ...asking.damage] };
    });
  }

  /** Asks once more where the writer replaced what was asked. */
  async #again<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(await this.#snapshots.take());
      } catch (error) {
        if (!(error instanceof StoreChanged) || attempt === ATTEMPTS) throw error;
      }
    }
  }
}
