import { mkdir, readdir, realpath, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import type { EventRecord } from '../record.ts';
import { AppendQueue, type Waiting } from './append-queue.ts';
import { mergeSegments, planCompaction } from './compaction.ts';
import { findDoubles } from './doubles.ts';
import type { Appended, Damage, Positions } from './event-store.ts';
import type { Commit } from './journal.ts';
import { type EncodedSize, JournalEncoder } from './journal-encoder.ts';
import { createJournal, type JournalFile, noRoom } from './journal-file.ts';
import { KeyFiles } from './key-files.ts';
import { Ledger } from './ledger.ts';
import {
  EMPTY_MANIFEST,
  MANIFEST,
  readManifest,
  type SegmentEntry,
  segmentPath,
  Uncertain,
  writeManifest,
} from './manifest.ts';
import { applyPositions, recover } from './recovery.ts';
import { Sealer } from './sealer.ts';
import { listSegment, removeSegment } from './segment-files.ts';
import { LOCK, lockStore, type WriterLock } from './writer-lock.ts';

export interface StoreOptions {
  /** False where a store that isn't there is not to be made (then: store-absent). */
  readonly create?: boolean;
  /** Bytes that the store may have on the disk; nothing is stored beyond. */
  readonly maxBytes?: number;
  /** Bytes that have to stay free on the disk, so that what is stored can be sealed and others can work. */
  readonly minFreeBytes?: number;
  /** Bytes after which a journal is made a segment. */
  readonly journalBytes?: number;
  /** Events after which a journal is made a segment. */
  readonly journalEvents?: number;
  /** Milliseconds after which a journal is made a segment, if it is worth one. */
  readonly journalAge?: number;
  /** Told of parts that are found broken while the store is open. */
  readonly warn?: (damage: Damage) => void;
}

const DEFAULTS = {
  create: true,
  maxBytes: Infinity,
  minFreeBytes: 128 << 20,
  journalBytes: 64 << 20,
  journalEvents: 262_144,
  journalAge: 15 * 60_000,
  warn: () => undefined,
} satisfies Required<StoreOptions>;

/** A segment of fewer events costs more than to read them in a journal. */
const WORTH_SEALING = 2000;
const AGE_CHECK_MS = 60_000;
/** Free room is asked for no more often than this. */
const ROOM_CHECK_MS = 100;
/** What is written to the disk at once; between two of them others get their turn. */
const PIECE_BYTES = 1 << 20;

/** The one who writes a store. */
export class StoreWriter {
  /** The folder, as the caller calls it. */
  readonly #shown: string;
  readonly #store: string;
  readonly #options: Required<StoreOptions>;
  readonly #lock: WriterLock;
  readonly #ledger: Ledger;
  readonly #sealer: Sealer;
  readonly #keys: KeyFiles;
  readonly #positions: Map<string, string>;
  readonly #queue = new AppendQueue((group) => this.#write(group));
  readonly #encoder = new JournalEncoder();
  readonly #aging: NodeJS.Timeout;
  #current: JournalFile;
  #upkeep: Promise<unknown> = Promise.resolve();
  #roomChecked = 0;
  #unusable: Error | undefined;
  #closed = false;

  private constructor(parts: {
    shown: string;
    store: string;
    options: Required<StoreOptions>;
    lock: WriterLock;
    ledger: Ledger;
    sealer: Sealer;
    positions: Map<string, string>;
    current: JournalFile;
  }) {
    this.#shown = parts.shown;
    this.#store = parts.store;
    this.#options = parts.options;
    this.#lock = parts.lock;
    this.#ledger = parts.ledger;
    this.#sealer = parts.sealer;
    this.#positions = parts.positions;
    this.#current = parts.current;
    this.#keys = new KeyFiles(parts.store, ({ number, day, first, last }, { message }) =>
      this.#options.warn({
        part: segmentPath({ number, day }, 'keys'),
        reason: message,
        events: 0,
        from: first,
        to: last,
      }),
    );
    this.#aging = setInterval(() => this.#sealOld(), AGE_CHECK_MS).unref();
  }

  static async open(folder: string, options: StoreOptions = {}): Promise<StoreWriter> {
    const chosen = { ...DEFAULTS, ...options };
    const store = await prepareFolder(folder, chosen.create);
    const lock = await lockStore(store, folder);
    try {
      let manifest = await readManifest(store);
      if (manifest === undefined) {
        manifest = EMPTY_MANIFEST;
        await writeManifest(store, manifest);
      }
      const recovered = await recover(store, manifest);
      const ledger = new Ledger(store, recovered.manifest);
      const sealer = new Sealer(lock.engine, store, ledger, chosen.warn);
      const positions = new Map(recovered.positions);
      const current = recovered.current ?? (await beginJournal(store, ledger, positions));
      for (const journal of recovered.journals) sealer.add(journal);
      return new StoreWriter({
        shown: folder,
        store,
        options: chosen,
        lock,
        ledger,
        sealer,
        positions,
        current,
      });
    } catch (error) {
      lock.release();
      throw asStoreError(error, folder);
    }
  }

  append(records: readonly EventRecord[], positions: Positions = {}): Promise<Appended> {
    if (this.#closed)
      return Promise.reject(new KubeStrideError('store-unusable', { path: this.#shown, reason: 'closed' }));
    return this.#queue.add(records, positions);
  }

  positions(): Positions {
    return Object.fromEntries(this.#positions);
  }

  /** Parts that cannot be made segments. */
  get damage(): readonly Damage[] {
    return this.#sealer.damage;
  }

  /** Drops segments that ended before a time (microseconds). @returns events dropped */
  retain(from: number): Promise<number> {
    return this.#keepUp(async () => {
      await this.#queue.between(async () => {
        const { times } = this.#current.contents;
        if (times.length > 0 && times.every((time) => time < from)) await this.#rotate();
      });
      await this.#sealer.idle();
      // A time that is later than the sealing is of a clock that is wrong; it doesn't keep a segment for ever.
      const dropped = this.#ledger.segments.filter(({ last, sealed }) => Math.min(last, sealed) < from);
      if (dropped.length > 0) await this.#replace(dropped);
      return dropped.reduce((sum, { rows }) => sum + rows, 0);
    });
  }

  /** Brings small segments together. @returns segments before and after */
  compact(): Promise<{ readonly before: number; readonly after: number }> {
    return this.#keepUp(async () => {
      const before = this.#ledger.segments.length;
      for (const sources of planCompaction(this.#ledger.segments)) {
        if (this.#closed) break;
        const merged = await mergeSegments(this.#lock.engine, this.#store, sources, this.#ledger.take());
        await this.#replace(sources, merged);
      }
      return { before, after: this.#ledger.segments.length };
    });
  }

  /** One after the other: each goes by the segments that there are. */
  #keepUp<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#upkeep.then(async () => {
      if (this.#unusable !== undefined) throw this.#unusable;
      return action();
    });
    this.#upkeep = done.catch(() => undefined);
    return done.catch((error: unknown) => {
      if (error instanceof Uncertain) this.#unusable = error;
      throw asStoreError(error, this.#shown);
    });
  }

  /** Takes segments out of the store, and puts what was made of them in their place. */
  async #replace(old: readonly SegmentEntry[], merged?: SegmentEntry): Promise<void> {
    const gone = new Set(old);
    const segments = (all: readonly SegmentEntry[]) => [
      ...all.filter((segment) => !gone.has(segment)),
      ...(merged === undefined ? [] : [merged]),
    ];
    if (merged === undefined) await this.#ledger.change({ segments });
    else await listSegment(this.#store, this.#ledger, merged, { segments });
    // Whoever looks for doubles now may still go by the old ones.
    await this.#queue.between(async () => this.#keys.forget(old));
    for (const segment of old) await removeSegment(this.#store, segment);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#aging);
    await this.#queue.idle();
    await this.#upkeep;
    if (this.#unusable === undefined) {
      if (this.#current.contents.rows >= WORTH_SEALING) await this.#rotate();
      await this.#sealer.idle();
    }
    await this.#current.close();
    await this.#sealer.close();
    this.#lock.release();
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    try {
      if (this.#unusable !== undefined) throw this.#unusable;
      await this.#sealer.ready();
      await this.#checkRoom();
      const appended = await this.#storeGroup(group);
      for (const [index, { resolve }] of group.entries()) resolve(appended[index]!);
    } catch (error) {
      if (error instanceof Uncertain) this.#unusable = error;
      const refusal = asStoreError(error, this.#shown);
      // One that asks for too much room is no reason to refuse the others.
      if (refusal.code === 'store-full' && group.length > 1)
        for (const one of group) await this.#write([one]);
      else for (const { reject } of group) reject(refusal);
      return;
    }
    const { journalBytes, journalEvents } = this.#options;
    if (this.#current.length >= journalBytes || this.#current.contents.rows >= journalEvents)
      await this.#rotate();
  }

  async #storeGroup(group: readonly Waiting[]): Promise<readonly Appended[]> {
    const records = group.length === 1 ? group[0]!.records : group.flatMap((batch) => batch.records);
    const positions = new Map(group.flatMap((batch) => Object.entries(batch.positions)));
    const journals = [this.#current, ...this.#sealer.journals].map(({ contents }) => contents);
    const { hashes, double } = await findDoubles(records, journals, this.#ledger.segments, this.#keys);
    const fresh = records.filter((_, index) => double[index] === 0);
    if (fresh.length > 0 || positions.size > 0) {
      const sizes: EncodedSize[] = [];
      const commit = { events: fresh.length, positions: Object.fromEntries(positions), whole: false };
      await this.#current.append(this.#pieces(fresh, commit, sizes));
      fresh.forEach((record, index) => {
        this.#current.contents.add(record, sizes[index]!.line, sizes[index]!.raw);
      });
      for (const [index, isDouble] of double.entries()) {
        if (!isDouble) this.#current.contents.keys.add(hashes, index);
      }
      applyPositions(this.#positions, commit.positions, false);
    }
    let start = 0;
    return group.map(({ records: { length } }) => {
      const doubles = double.subarray(start, start + length).reduce((count, one) => count + one, 0);
      start += length;
      return { stored: length - doubles, doubles };
    });
  }

  async *#pieces(
    records: readonly EventRecord[],
    commit: Commit,
    sizes: EncodedSize[],
  ): AsyncGenerator<Uint8Array> {
    const encoder = this.#encoder;
    encoder.clear();
    for (const record of records) {
      sizes.push(encoder.event(record));
      if (encoder.length < PIECE_BYTES) continue;
      yield encoder.bytes;
      encoder.clear();
    }
    encoder.commit(commit);
    yield encoder.bytes;
  }

  async #checkRoom(): Promise<void> {
    const { maxBytes, minFreeBytes } = this.#options;
    const journals = [this.#current, ...this.#sealer.journals];
    const bytes = journals.reduce((sum, { length }) => sum + length, this.#ledger.bytes);
    if (bytes >= maxBytes) throw this.#full('limit');
    if (minFreeBytes === 0 || Date.now() - this.#roomChecked < ROOM_CHECK_MS) return;
    const { bavail, bsize } = await statfs(this.#store);
    if (bavail * bsize < minFreeBytes) throw this.#full('limit');
    this.#roomChecked = Date.now();
  }

  #full(reason: string): KubeStrideError {
    return new KubeStrideError('store-full', { path: this.#shown, reason });
  }

  /** Begins a new journal and has the old one made a segment. Where there is no room for that, the old one goes on. */
  async #rotate(): Promise<void> {
    try {
      const next = await beginJournal(this.#store, this.#ledger, this.#positions);
      this.#sealer.add(this.#current);
      this.#current = next;
    } catch (error) {
      if (noRoom(error) === undefined) this.#unusable = error as Error;
    }
  }

  #sealOld(): void {
    void this.#queue.between(async () => {
      const { contents } = this.#current;
      const { since } = contents;
      const old = since !== undefined && Date.now() - since >= this.#options.journalAge;
      if (old && contents.rows >= WORTH_SEALING && this.#unusable === undefined) await this.#rotate();
    });
  }
}

async function beginJournal(
  store: string,
  ledger: Ledger,
  positions: ReadonlyMap<string, string>,
): Promise<JournalFile> {
  const encoder = new JournalEncoder();
  encoder.commit({ events: 0, positions: Object.fromEntries(positions), whole: true });
  return createJournal(store, ledger.take(), encoder.bytes);
}

/** What a store's folder has before it has a manifest: a process may have died while it made the store. */
const BEGINNINGS = new Set(['journal', 'segments', `${MANIFEST}.tmp`]);

/** @returns the folder's real path */
async function prepareFolder(folder: string, create: boolean): Promise<string> {
  try {
    if (!create && (await readManifest(folder)) === undefined)
      throw new KubeStrideError('store-absent', { path: folder });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const store = await realpath(folder);
    const names = await readdir(store);
    const ours =
      names.includes(MANIFEST) || names.every((name) => BEGINNINGS.has(name) || name.startsWith(LOCK));
    if (!ours) throw new KubeStrideError('store-foreign', { path: folder, problem: 'not-a-store' });
    await mkdir(join(store, 'journal'), { recursive: true, mode: 0o700 });
    await mkdir(join(store, 'segments'), { recursive: true, mode: 0o700 });
    return store;
  } catch (error) {
    throw asStoreError(error, folder);
  }
}

function asStoreError(error: unknown, path: string): KubeStrideError {
  if (error instanceof KubeStrideError) return error;
  const reason = error instanceof Uncertain ? undefined : noRoom(error);
  if (reason !== undefined) return new KubeStrideError('store-full', { path, reason }, { cause: error });
  const { code, message } = error as NodeJS.ErrnoException;
  return new KubeStrideError('store-unusable', { path, reason: code ?? message }, { cause: error });
}
