import { constants } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import { SOURCES } from '../record.ts';
import type { Damage, Holding } from './event-store.ts';

/** The file that says what is in a store. What it does not list is no part of the store. */
export const MANIFEST = 'store.json';
const FORMAT = 'kubestride-records';
const VERSION = 1;

const LIMITS = { bytes: 256 << 20, segments: 1_000_000, holdings: 1000, spans: 64, damage: 1000 } as const;

/** Files of a segment, beside one another in `segments/DAY/`. */
export const PARTS = ['columns.parquet', 'raw.parquet', 'words', 'keys'] as const;
export type Part = (typeof PARTS)[number];

/** Rows that were sealed together. Times are microseconds since the epoch. */
export interface SegmentEntry {
  /** Never used twice in a store; six digits at least in names of files. */
  readonly number: number;
  /** The UTC day that its folder is called by, `YYYY-MM-DD`: that of the row in the middle, by time. */
  readonly day: string;
  readonly rows: number;
  readonly first: number;
  readonly last: number;
  /** Where its times lie: disjoint, ascending, both ends inclusive. One event of 1970 doesn't make a segment one of 50 years. */
  readonly spans: readonly (readonly [from: number, to: number])[];
  /** When it was sealed. What is said to happen later than that has a wrong clock; retention doesn't wait for it. */
  readonly sealed: number;
  /** Bytes of all originals, uncompressed UTF-8. */
  readonly rawBytes: number;
  /** The longest of the originals. */
  readonly longest: number;
  readonly parts: Readonly<Record<Part, { readonly bytes: number; readonly sha256: string }>>;
  readonly holdings: readonly Holding[];
}

export interface Manifest {
  /** The next number of a segment or journal; all that exist have smaller ones, but for journals begun since this was written. */
  readonly next: number;
  /** Journals that are in segments already: their files, where they still exist, are to be passed over. */
  readonly sealed: readonly number[];
  /** In the order in which they were made. */
  readonly segments: readonly SegmentEntry[];
  /** What was found broken in the past and set aside. */
  readonly damage: readonly Damage[];
}

export const EMPTY_MANIFEST: Manifest = { next: 1, sealed: [], segments: [], damage: [] };

const numbered = (number: number) => String(number).padStart(6, '0');

/** @returns a path relative to the store */
export function segmentPath(segment: Pick<SegmentEntry, 'number' | 'day'>, part: Part): string {
  return `segments/${segment.day}/${numbered(segment.number)}.${part}`;
}

/** @returns a path relative to the store */
export function journalPath(number: number): string {
  return `journal/${numbered(number)}.log`;
}

/** @returns the number of a journal by its file's name, undefined of other files */
export function journalNumber(name: string): number | undefined {
  const digits = /^(\d{6,12})\.log$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * @returns undefined where there is none
 * @throws KubeStrideError store-foreign (no manifest of ours, or of a later version), store-unusable (unreadable)
 */
export async function readManifest(store: string): Promise<Manifest | undefined> {
  let text: string;
  try {
    const file = await open(join(store, MANIFEST), 'r');
    try {
      if ((await file.stat()).size > LIMITS.bytes) throw foreign(store, 'not-a-store');
      text = await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof KubeStrideError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new KubeStrideError('store-unusable', { path: store, reason: code ?? message }, { cause: error });
  }
  return parseManifest(text, store);
}

/** @param store the folder, for messages */
export function parseManifest(text: string, store: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw foreign(store, 'not-a-store');
  }
  if (!isObject(value) || value['format'] !== FORMAT) throw foreign(store, 'not-a-store');
  if (value['version'] !== VERSION) throw foreign(store, 'version');
  try {
    return {
      next: whole(value['next'], 1),
      sealed: list(value['sealed'], LIMITS.segments).map((number) => whole(number, 1)),
      segments: list(value['segments'], LIMITS.segments).map(segmentOf),
      damage: list(value['damage'], LIMITS.damage).map(damageOf),
    };
  } catch (error) {
    throw new KubeStrideError(
      'store-unusable',
      { path: store, reason: `${MANIFEST}: ${(error as Error).message}` },
      { cause: error },
    );
  }
}

/** It isn't known what the disk holds now: nothing more may be acknowledged or deleted before all has been read anew. */
export class Uncertain extends Error {}

/** Puts a manifest in the place of the last one: after a crash either the one or the other is there, whole. */
export async function writeManifest(store: string, manifest: Manifest): Promise<void> {
  const path = join(store, MANIFEST);
  const temporary = `${path}.tmp`;
  const damage = manifest.damage.slice(-LIMITS.damage);
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ format: FORMAT, version: VERSION, ...manifest, damage })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(store).catch((error: Error) => {
    throw new Uncertain(error.message, { cause: error });
  });
}

/** Makes names that were put into or taken out of a folder outlive a crash of the machine (fsync(2): "NOTES"). */
export async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders; NTFS keeps its own journal of names.
  if (constants.O_DIRECTORY === undefined) return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function segmentOf(value: unknown): SegmentEntry {
  const entry = object(value);
  const day = text(entry['day'], 10);
  // It becomes part of a path.
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new TypeError('day of a segment');
  const parts = object(entry['parts']);
  const part = (name: Part) => {
    const file = object(parts[name]);
    return { bytes: whole(file['bytes']), sha256: text(file['sha256'], 64) };
  };
  return {
    number: whole(entry['number'], 1),
    day,
    rows: whole(entry['rows'], 1),
    first: whole(entry['first']),
    last: whole(entry['last']),
    spans: list(entry['spans'], LIMITS.spans).map((span) => {
      const [from, to] = list(span, 2);
      return [whole(from), whole(to)] as const;
    }),
    sealed: whole(entry['sealed']),
    rawBytes: whole(entry['rawBytes']),
    longest: whole(entry['longest']),
    parts: {
      'columns.parquet': part('columns.parquet'),
      'raw.parquet': part('raw.parquet'),
      words: part('words'),
      keys: part('keys'),
    },
    holdings: list(entry['holdings'], LIMITS.holdings).map(holdingOf),
  };
}

function holdingOf(value: unknown): Holding {
  const entry = object(value);
  const source = SOURCES.find((known) => known === entry['source']);
  if (source === undefined) throw new TypeError('source of a holding');
  return {
    source,
    cluster: text(entry['cluster']),
    inlet: text(entry['inlet']),
    events: whole(entry['events']),
    first: whole(entry['first']),
    last: whole(entry['last']),
  };
}

function damageOf(value: unknown): Damage {
  const entry = object(value);
  return {
    part: text(entry['part']),
    reason: text(entry['reason']),
    events: whole(entry['events']),
    from: whole(entry['from']),
    to: whole(entry['to']),
  };
}

function foreign(path: string, problem: 'not-a-store' | 'version'): KubeStrideError {
  return new KubeStrideError('store-foreign', { path, problem });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new TypeError('not an object');
  return value;
}

function list(value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw new TypeError(`not a list of at most ${most}`);
  return value;
}

function whole(value: unknown, least = 0): number {
  if (!Number.isSafeInteger(value) || (value as number) < least) throw new TypeError('not a whole number');
  return value as number;
}

function text(value: unknown, most = 1 << 20): string {
  if (typeof value !== 'string' || value.length > most) throw new TypeError('not a text');
  return value;
}
