import type { Column, EventRecord, Source } from '../record.ts';

/** How far an inlet has been read: kept with the records in one write, so that neither is ahead of the other after a crash. */
export type Positions = Readonly<Record<string, string>>;

export interface Appended {
  /** Newly stored. */
  readonly stored: number;
  /** Already there, and not stored again. */
  readonly doubles: number;
}

/** What a field must be. Texts are compared as they are; `like` has `*` for any text. */
export type Test =
  | { readonly column: Column; readonly is: string | number | readonly (string | number)[] }
  | { readonly column: Column; readonly not: string | number | readonly (string | number)[] }
  | { readonly column: Column; readonly like: string }
  | { readonly any: readonly Test[] }
  | { readonly all: readonly Test[] };

export interface Query {
  /** Microseconds since the epoch, both inclusive, of `time`. */
  readonly from?: number;
  readonly to?: number;
  readonly where?: readonly Test[];
  /** Words or quoted parts that the original has to contain, all of them, whatever their case. */
  readonly text?: readonly string[];
  readonly order?: 'newest' | 'oldest';
  readonly limit?: number;
  /** Columns that are wanted; without it all but `raw`, which costs most. */
  readonly columns?: readonly Column[];
}

/** A part of the store that could not be read, and what is missing for it. */
export interface Damage {
  /** The file, relative to the store. */
  readonly part: string;
  readonly reason: string;
  readonly events: number;
  readonly from: number;
  readonly to: number;
}

export interface Selected {
  readonly events: readonly EventRecord[];
  /** True where the limit cut the answer. */
  readonly more: boolean;
  /** Parts that an answer had to do without. */
  readonly damage: readonly Damage[];
}

export interface Counted {
  readonly rows: readonly {
    readonly by: readonly (string | number)[];
    readonly events: number;
    readonly first: number;
    readonly last: number;
  }[];
  readonly damage: readonly Damage[];
}

/** What is stored of one source through one inlet. */
export interface Holding {
  readonly source: Source;
  readonly cluster: string;
  readonly inlet: string;
  readonly events: number;
  readonly first: number;
  readonly last: number;
}

export interface StoreFacts {
  readonly events: number;
  readonly bytes: number;
  readonly segments: number;
  /** Events that are safe but not yet in a segment. */
  readonly journaled: number;
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly holdings: readonly Holding[];
  readonly damage: readonly Damage[];
}

/** Columns and rows of a question in SQL. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
  readonly more: boolean;
  /** Parts that the answer had to do without. */
  readonly damage?: readonly Damage[];
}

/** What answers questions. Any number of readers may have a store open, also while one writes. */
export interface EventReader {
  select(query: Query): Promise<Selected>;
  /** Counts by the values of some columns, most frequent first. */
  count(query: Query, by: readonly Column[]): Promise<Counted>;
  /** One SELECT over the view `events`; nothing else is let through: no files, no settings, no writing. */
  sql(text: string, limit: number): Promise<Table>;
  facts(): Promise<StoreFacts>;
  close(): Promise<void>;
}

/**
 * Where records are kept. The default is a folder on this machine; larger engines come behind the same interface.
 * Throws KubeStrideError with a RecordsErrorCode.
 */
export interface EventStore extends EventReader {
  /** Resolves when the records would survive a crash of the machine. Either all are stored or an error is thrown and none is. */
  append(records: readonly EventRecord[], positions?: Positions): Promise<Appended>;
  /** Positions as of the last append. */
  positions(): Positions;
  /** Drops whole segments that ended before a time (microseconds). @returns events dropped */
  retain(from: number): Promise<number>;
  /** Brings small segments together. @returns segments before and after */
  compact(): Promise<{ readonly before: number; readonly after: number }>;
}
