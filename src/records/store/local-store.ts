import type { Column, EventRecord } from '../record.ts';
import type {
  Appended,
  Counted,
  EventReader,
  EventStore,
  Positions,
  Query,
  Selected,
  StoreFacts,
  Table,
} from './event-store.ts';
import { openReader } from './open-reader.ts';
import { type StoreOptions, StoreWriter } from './store-writer.ts';

export type { StoreOptions } from './store-writer.ts';

/**
 * Opens a store in a folder of this machine to write to it, and makes it where there is none. What a process that died left half done is
 * put right first.
 * @throws KubeStrideError store-locked, store-absent, store-foreign, store-full, store-unusable, store-engine-missing
 */
export async function openStore(folder: string, options: StoreOptions = {}): Promise<EventStore> {
  const writer = await StoreWriter.open(folder, options);
  try {
    return new LocalStore(writer, await openReader(folder));
  } catch (error) {
    await writer.close();
    throw error;
  }
}

class LocalStore implements EventStore {
  readonly #writer: StoreWriter;
  readonly #reader: EventReader;

  constructor(writer: StoreWriter, reader: EventReader) {
    this.#writer = writer;
    this.#reader = reader;
  }

  append(records: readonly EventRecord[], positions?: Positions): Promise<Appended> {
    return this.#writer.append(records, positions);
  }

  positions(): Positions {
    return this.#writer.positions();
  }

  retain(from: number): Promise<number> {
    return this.#writer.retain(from);
  }

  compact(): Promise<{ readonly before: number; readonly after: number }> {
    return this.#writer.compact();
  }

  select(query: Query): Promise<Selected> {
    return this.#reader.select(query);
  }

  count(query: Query, by: readonly Column[]): Promise<Counted> {
    return this.#reader.count(query, by);
  }

  sql(text: string, limit: number): Promise<Table> {
    return this.#reader.sql(text, limit);
  }

  async facts(): Promise<StoreFacts> {
    const facts = await this.#reader.facts();
    return { ...facts, damage: [...facts.damage, ...this.#writer.damage] };
  }

  async close(): Promise<void> {
    await this.#reader.close();
    await this.#writer.close();
  }
}
