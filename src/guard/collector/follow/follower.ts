import { randomUUID } from 'node:crypto';
import type { Decoded, Refused } from '../../../records/decoded.ts';
import type { LineDecoder } from '../../../records/node/line-decoder.ts';
import type { EventRecord } from '../../../records/record.ts';
import type { Positions } from '../../../records/store/event-store.ts';
import type { Intake } from '../intake.ts';
import type { Metrics } from '../metrics.ts';
import { Refusal } from '../refusal.ts';
import { familyOf } from './family.ts';
import { printLength } from './fingerprint.ts';
import { FollowedFile } from './followed-file.ts';
import { codeOf, type FoundFile, inodeKey, MatchingFiles } from './matching-files.ts';
import { decodePosition, encodePosition, type Position } from './position.ts';

export interface FollowOptions {
  /** An absolute path, or a pattern. Rotated and packed files beside are found by themselves. */
  readonly pattern: string;
  /** What is made of the lines of a file; each file has its own. */
  readonly decoder: (path: string) => LineDecoder;
  /** Milliseconds between looks. */
  readonly interval: number;
  /** Milliseconds after which a store that took nothing is tried again; longer each time. */
  readonly retryAfter: number;
  /** Bytes of a line; longer ones go into quarantine. */
  readonly maxLineBytes: number;
  readonly maxOpenFiles: number;
}

/** What a follower tells of its own work, to be kept as a record. */
export interface FollowNotice {
  readonly verb: 'lost' | 'unreadable';
  readonly inlet: string;
  readonly path: string;
  /** Bytes that are known to be lost; undefined where nobody can know. */
  readonly bytes?: number | undefined;
  readonly reason: string;
}

const CHUNK = 256 * 1024;
const BATCH = 1024 * 1024;
/** A file that is being renamed is nowhere for a moment. */
const GONE_FOR = 2_000;
/** Bytes that two files may well have alike; what is as short is rather read twice than not at all. */
const TELLING = 64;
/** A file that has not changed for as long is whole. */
const SETTLED = 5_000;
const LONGEST_WAIT = 30_000;
const PREFIX = 'follow';

/** Follows the files of one pattern. Where it stands is stored with the records, so that a crash neither loses nor doubles any. */
export class Follower {
  readonly inlet: string;
  readonly #options: FollowOptions;
  readonly #intake: Intake;
  readonly #metrics: Metrics;
  readonly #notice: (notice: FollowNotice) => Promise<void>;
  readonly #clock: () => number;
  readonly #matching: MatchingFiles;
  readonly #files = new Map<string, FollowedFile>();
  /** The newest generation of each path, also where its file is forgotten. */
  readonly #generations = new Map<string, number>();
  /** Positions of files that are done with: to be forgotten by the next append. */
  readonly #forgotten = new Set<string>();
  /** Files that are copies of followed ones, by path, device, inode, size and time. */
  #copies = new Set<string>();
  /** Paths that could not be read this time, with the system's codes, and those that were told of. */
  #troubles = new Map<string, string>();
  #told = new Map<string, string>();
  #records: EventRecord[] = [];
  #refused: Refused[] = [];
  #bytes = 0;
  readonly #moved = new Set<FollowedFile>();
  #delivery: Promise<void> = Promise.resolve();
  #running: Promise<void> | undefined;
  /** Milliseconds that the last reading took. */
  #readTime = 0;
  readonly #stopping = new AbortController();

  constructor(
    options: FollowOptions,
    intake: Intake,
    metrics: Metrics,
    notice: (notice: FollowNotice) => Promise<void>,
    clock: () => number,
  ) {
    this.#options = options;
    this.inlet = `file:${options.pattern}`;
    this.#intake = intake;
    this.#metrics = metrics;
    this.#notice = notice;
    this.#clock = clock;
    this.#matching = new MatchingFiles(options.pattern);
  }

  /** @param positions of the store. @returns what ends when the follower is stopped, and fails where it cannot go on */
  start(positions: Positions): Promise<void> {
    for (const [key, text] of Object.entries(positions)) {
      const id = this.#idOf(key);
      const position = id === undefined ? undefined : decodePosition(text);
      if (id !== undefined && position !== undefined) this.#add(id, position, position.path.endsWith('.gz'));
    }
    this.#running = this.#run();
    return this.#running;
  }

  /** Ends reading; what was read and is not stored is read again the next time. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.catch(() => undefined);
    await this.#delivery.catch(() => undefined);
    for (const file of this.#files.values()) await file.close();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const started = this.#clock();
      await this.#look();
      await this.#readAll();
      this.#measure();
      // Looking at very many files must not become all that is done.
      await this.#pause(Math.max(this.#options.interval, 4 * (this.#clock() - started - this.#readTime)));
    }
  }

  /** Which file is where now. */
  async #look(): Promise<void> {
    const { files, unreadable } = await this.#matching.find();
    for (const [path, code] of unreadable) await this.#trouble(path, code);
    const byInode = new Map<string, FollowedFile[]>();
    for (const file of this.#files.values()) {
      const others = byInode.get(file.inodeKey);
      if (others === undefined) byInode.set(file.inodeKey, [file]);
      else others.push(file);
    }
    const strangers: FoundFile[] = [];
    const seen = new Set<FollowedFile>();
    for (const found of files) {
      const known = byInode.get(inodeKey(found)) ?? [];
      // Another name of the same file.
      if (known.some((file) => seen.has(file))) continue;
      try {
        const file = await firstFound(known, found);
        const former = known.findLast(({ family }) => family === found.family);
        if (file !== undefined) seen.add(file);
        else {
          // It was emptied, or another file has its inode; a copy of what it was may turn up yet.
          if (former !== undefined) await this.#detach(former);
          strangers.push(found);
        }
      } catch (error) {
        for (const file of known) seen.add(file);
        await this.#trouble(found.path, codeOf(error));
      }
    }
    // Oldest first, so that generations of one path are in order.
    strangers.sort((a, b) => a.changed - b.changed || Number(isLive(a)) - Number(isLive(b)));
    const missing = new Set([...this.#files.values()].filter((file) => !seen.has(file)));
    const copies = new Set<string>();
    for (const stranger of strangers) {
      try {
        await this.#meet(stranger, missing, copies);
      } catch (error) {
        await this.#trouble(stranger.path, codeOf(error));
      }
    }
    this.#copies = copies;
    for (const file of missing) await this.#miss(file);
  }

  /** A file that is not known: the rest of one that is gone, a copy of one that is there, or a new one. */
  async #meet(stranger: FoundFile, missing: Set<FollowedFile>, copies: Set<string>): Promise<void> {
    const name = JSON.stringify(stranger);
    const relatives = this.#relativesOf(stranger.family);
    if (this.#copies.has(name) && relatives.every((file) => !missing.has(file))) {
      copies.add(name);
      return;
    }
    let isUnclear = false;
    for (const file of relatives) {
      // A new file may well begin as the one before did: only what was rotated can be a copy, or the same inode of a device that was numbered anew.
      const isCandidate = isLive(stranger) ? missing.has(file) && file.inode === stranger.inode : true;
      if (!isCandidate || printLength(file.prints.head) < TELLING) continue;
      const likeness = await file.likenessOf(stranger);
      if (likeness === 'unclear' && !isLive(stranger)) isUnclear = true;
      if (likeness !== 'same') continue;
      if (missing.delete(file)) {
        await file.moveTo(stranger);
        this.#moved.add(file);
      } else copies.add(name);
      return;
    }
    // Perhaps a copy that is still being made.
    if (isUnclear && this.#clock() - stranger.changed < SETTLED) return;
    await this.#begin(stranger);
  }

  async #detach(file: FollowedFile): Promise<void> {
    await file.detach();
    file.goneSince ??= this.#clock();
    this.#moved.add(file);
  }

  async #begin(found: FoundFile): Promise<void> {
    const { path, device, inode, packed, family } = found;
    const before = this.#generations.get(family) ?? -1;
    const generation = 1 + Math.max(before, ...this.#relativesOf(family).map((file) => file.generation));
    this.#generations.set(family, generation);
    const position = { path, device, inode, seen: 0, generation, finished: false, head: '', tail: '', at: 0 };
    await this.#add(randomUUID(), position, packed).found(found);
  }

  #relativesOf(family: string): FollowedFile[] {
    return [...this.#files.values()].filter((file) => file.family === family);
  }

  async #miss(file: FollowedFile): Promise<void> {
    const now = this.#clock();
    file.goneSince ??= now;
    if (file.isOpen) {
      // Deleted, and still readable to its end.
      await file.measureGone();
      if (file.unread > 0 || !file.isQuiet(now) || now - file.goneSince < GONE_FOR) return;
      this.#take(file, file.finish(), 0);
      await this.#forget(file);
      return;
    }
    if (now - file.goneSince < GONE_FOR) return;
    this.#take(file, file.finish(), 0);
    const reason = file.isDetached ? 'truncated' : 'deleted';
    // A rotated file that was read to its end may go; one that was written to may have grown since it was seen last, and who was not
    // there when it was emptied cannot know by how much.
    if (file.lostBytes > 0) await this.#lose(file, file.lostBytes, reason);
    else if (!file.isRotated && !(file.isDetached && file.wasFound))
      await this.#lose(file, undefined, reason);
    await this.#forget(file);
  }

  async #lose(file: FollowedFile, bytes: number | undefined, reason: string): Promise<void> {
    this.#metrics.add('lost_parts_total', 1, { inlet: this.inlet });
    await this.#notice({ verb: 'lost', inlet: this.inlet, path: file.path, bytes, reason });
  }

  async #forget(file: FollowedFile): Promise<void> {
    await file.close();
    this.#files.delete(file.id);
    this.#moved.delete(file);
    this.#forgotten.add(file.id);
  }

  /** Some of each file in turn, of one path the oldest file first, until there is nothing more for now. */
  async #readAll(): Promise<void> {
    const started = this.#clock();
    // One that gives nothing for now keeps nobody waiting.
    const stuck = new Set<FollowedFile>();
    for (let files = this.#oldestUnread(stuck); files.length > 0; files = this.#oldestUnread(stuck)) {
      for (const file of files) {
        if (this.#stopping.signal.aborted) return;
        if (!(await this.#readSome(file))) stuck.add(file);
      }
    }
    const now = this.#clock();
    for (const file of this.#files.values()) {
      if (file.isRotated && !file.isFinished && file.unread === 0 && file.isQuiet(now)) {
        this.#take(file, file.finish(), 0);
      }
      const flushed = file.flush(now);
      if (flushed !== undefined) this.#take(file, flushed, 0);
    }
    await this.#deliver();
    await this.#closeIdle();
    this.#readTime = this.#clock() - started;
  }

  #oldestUnread(stuck: ReadonlySet<FollowedFile>): FollowedFile[] {
    const oldest = new Map<string, FollowedFile>();
    for (const file of this.#files.values()) {
      if (file.unread === 0 || stuck.has(file)) continue;
      const other = oldest.get(file.family);
      if (other === undefined || file.generation < other.generation) oldest.set(file.family, file);
    }
    return [...oldest.values()];
  }

  async #readSome(file: FollowedFile): Promise<boolean> {
    try {
      const { decoded, bytes } = await file.read(CHUNK, this.#clock());
      this.#take(file, decoded, bytes);
      if (this.#bytes >= BATCH) await this.#deliver();
      return bytes > 0;
    } catch (error) {
      const code = codeOf(error);
      if (code.startsWith('Z_')) {
        // Broken, or still being packed: then it is another file when it is done.
        this.#take(file, file.finish(), 0);
        await this.#lose(file, undefined, 'corrupt');
        return true;
      }
      await this.#trouble(file.path, code);
      return false;
    }
  }

  #take(file: FollowedFile, { records, refused }: Decoded, bytes: number): void {
    for (const record of records) this.#records.push(record);
    for (const each of refused) this.#refused.push(each);
    this.#bytes += bytes;
    this.#moved.add(file);
  }

  /** Hands over what was read, one batch at a time: while the store is slow or full, no more than one further batch is read. */
  async #deliver(): Promise<void> {
    if (this.#moved.size === 0 && this.#forgotten.size === 0) return;
    await this.#delivery;
    if (this.#stopping.signal.aborted) return;
    const positions: Record<string, string> = {};
    for (const file of this.#moved) positions[this.#keyOf(file.id)] = encodePosition(file.position());
    for (const id of this.#forgotten) positions[this.#keyOf(id)] = '';
    const decoded = { records: this.#records, refused: this.#refused };
    const bytes = this.#bytes;
    this.#records = [];
    this.#refused = [];
    this.#bytes = 0;
    this.#moved.clear();
    this.#forgotten.clear();
    this.#delivery = this.#insist(decoded, bytes, positions);
  }

  /** Tries until it is stored or the follower is stopped. */
  async #insist(decoded: Decoded, bytes: number, positions: Positions): Promise<void> {
    for (
      let wait = this.#options.retryAfter;
      !this.#stopping.signal.aborted;
      wait = Math.min(LONGEST_WAIT, wait * 2)
    ) {
      try {
        await this.#intake.deliver(this.inlet, decoded, bytes, positions);
        return;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        await this.#pause(wait);
      }
    }
  }

  async #closeIdle(): Promise<void> {
    const open = [...this.#files.values()].filter((file) => file.isOpen);
    const idle = open.filter((file) => file.goneSince === undefined).sort((a, b) => a.lastRead - b.lastRead);
    for (const file of idle.slice(0, Math.max(0, open.length - this.#options.maxOpenFiles)))
      await file.close();
  }

  /** Told once for as long as it lasts. */
  async #trouble(path: string, reason: string): Promise<void> {
    // Renamed or deleted since it was found: the next look tells.
    if (reason === 'ENOENT') return;
    this.#troubles.set(path, reason);
    if (this.#told.get(path) === reason) return;
    this.#told.set(path, reason);
    await this.#notice({ verb: 'unreadable', inlet: this.inlet, path, reason });
  }

  #measure(): void {
    const labels = { inlet: this.inlet };
    const files = [...this.#files.values()];
    this.#metrics.set('followed_files', files.length, labels);
    this.#metrics.set('unreadable_files', this.#troubles.size, labels);
    this.#told = new Map(this.#troubles);
    this.#troubles = new Map();
    this.#metrics.set(
      'unread_bytes',
      files.reduce((sum, file) => sum + file.unread, 0),
      labels,
    );
  }

  #add(id: string, position: Position, packed: boolean): FollowedFile {
    const { decoder, maxLineBytes } = this.#options;
    const family = familyOf(position.path);
    const file = new FollowedFile(id, family, position, packed, () => decoder(family), maxLineBytes);
    this.#files.set(id, file);
    return file;
  }

  #keyOf(id: string): string {
    return JSON.stringify([PREFIX, this.inlet, id]);
  }

  #idOf(key: string): string | undefined {
    const start = JSON.stringify([PREFIX, this.inlet]).slice(0, -1);
    return key.startsWith(`${start},"`) ? key.slice(start.length + 2, -2) : undefined;
  }

  #pause(milliseconds: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener('abort', done);
    });
  }
}

const isLive = ({ path, family }: FoundFile): boolean => path === family;

/** Of several files that had the same inode one after the other, the one that it is now. */
async function firstFound(
  known: readonly FollowedFile[],
  found: FoundFile,
): Promise<FollowedFile | undefined> {
  for (const file of known) if (await file.found(found)) return file;
  return undefined;
}
