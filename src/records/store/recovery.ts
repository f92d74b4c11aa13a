import { copyFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Damage } from './event-store.ts';
import { JournalContents } from './journal-contents.ts';
import { JournalEncoder } from './journal-encoder.ts';
import { JournalFile } from './journal-file.ts';
import { type Batch, type Scanned, scanJournal } from './journal-scan.ts';
import {
  journalNumber,
  journalPath,
  type Manifest,
  PARTS,
  segmentPath,
  syncFolder,
  writeManifest,
} from './manifest.ts';

const DAMAGED = 'damaged';
/** What is made in folders of segments; anything else there is not ours to delete. */
const OURS = /^\d{6,12}\.(?:columns\.parquet|raw\.parquet|words|keys)(?:\.tmp)?$/;

export interface Recovered {
  readonly manifest: Manifest;
  /** That nothing is to be added to, in the order in which they were made. */
  readonly journals: readonly JournalFile[];
  /** That may be written on. */
  readonly current: JournalFile | undefined;
  readonly positions: ReadonlyMap<string, string>;
}

/**
 * Brings a store that was left at any moment to what was acknowledged: journals end at their last commit, what is in segments already
 * is in no journal, and files that were never finished are gone. Only the writer may do this.
 */
export async function recover(store: string, manifest: Manifest): Promise<Recovered> {
  await dropOrphans(store, manifest);
  const damage: Damage[] = [];
  const journals: JournalFile[] = [];
  const positions = new Map<string, string>();
  let current: JournalFile | undefined;
  for (const number of await journalsOf(store)) {
    if (manifest.sealed.includes(number)) {
      await rm(join(store, journalPath(number)));
      continue;
    }
    const { contents, scanned } = await readJournal(store, number, positions);
    const broken = scanned.broken > 0 || scanned.brokenTail;
    if (broken) damage.push(await mend(store, number, scanned, contents));
    const journal = await reopen(store, number, contents, broken ? undefined : scanned);
    journals.push(journal);
    // Journals begin with all positions; one that doesn't cannot be the only one.
    current = broken || journal.length === 0 ? undefined : journal;
  }
  await syncFolder(join(store, 'journal'));
  const known = new Set(manifest.damage.map(({ part }) => part));
  const recovered: Manifest = {
    ...manifest,
    next: Math.max(manifest.next, ...journals.map(({ number }) => number + 1)),
    sealed: [],
    damage: [...manifest.damage, ...damage.filter(({ part }) => !known.has(part))],
  };
  if (manifest.sealed.length > 0 || damage.length > 0) await writeManifest(store, recovered);
  return {
    manifest: recovered,
    journals: journals.filter((journal) => journal !== current),
    current,
    positions,
  };
}

async function journalsOf(store: string): Promise<number[]> {
  const names = await readdir(join(store, 'journal'));
  for (const name of names) {
    if (name.endsWith('.tmp')) await rm(join(store, 'journal', name));
  }
  return names
    .map(journalNumber)
    .filter((number) => number !== undefined)
    .sort((a, b) => a - b);
}

async function readJournal(
  store: string,
  number: number,
  positions: Map<string, string>,
): Promise<{ readonly contents: JournalContents; readonly scanned: Scanned }> {
  const contents = new JournalContents();
  const file = await open(join(store, journalPath(number)), 'r');
  try {
    const scanned = await scanJournal(file, ({ lines, commit, complete }) => {
      for (const line of lines) contents.addLine(line);
      // Positions of a batch that isn't whole may be ahead of what is there.
      if (complete) applyPositions(positions, commit.positions, commit.whole);
    });
    return { contents, scanned };
  } finally {
    await file.close();
  }
}

/** Takes in positions of a commit: an empty one takes its inlet away. @param whole whether they are all that there are */
export function applyPositions(
  positions: Map<string, string>,
  changes: Readonly<Record<string, string>>,
  whole: boolean,
): void {
  if (whole) positions.clear();
  for (const [inlet, position] of Object.entries(changes)) {
    if (position === '') positions.delete(inlet);
    else positions.set(inlet, position);
  }
}

/** Puts the broken journal aside for whoever wants to look at it, and a sound one in its place. */
async function mend(
  store: string,
  number: number,
  scanned: Scanned,
  contents: JournalContents,
): Promise<Damage> {
  const path = join(store, journalPath(number));
  const part = `${DAMAGED}/${number}.log`;
  await mkdir(join(store, DAMAGED), { recursive: true, mode: 0o700 });
  await copyFile(path, join(store, part));
  const sound = await open(`${path}.tmp`, 'w', 0o600);
  const broken = await open(path, 'r');
  try {
    const pending: Buffer[] = [];
    const batches: Batch[] = [];
    await scanJournal(broken, (batch) => batches.push(batch));
    for (const batch of batches) pending.push(...rewritten(batch));
    for (const bytes of pending) await sound.write(bytes);
    await sound.sync();
  } finally {
    await broken.close();
    await sound.close();
  }
  await rename(`${path}.tmp`, path);
  const { times } = contents;
  return {
    part,
    reason: 'checksum',
    events: Math.max(1, scanned.broken),
    from: times.reduce((first, time) => Math.min(first, time), times[0] ?? 0),
    to: times.reduce((last, time) => Math.max(last, time), 0),
  };
}

function* rewritten({ lines, commit, complete }: Batch): Generator<Buffer> {
  for (const line of lines) yield Buffer.concat([line.bytes, Buffer.from('\n')]);
  const encoder = new JournalEncoder();
  encoder.commit(complete ? commit : { events: lines.length, positions: {}, whole: false });
  yield encoder.bytes;
}

/** Opens a journal for more, cut behind its last commit. @param ends as it was found; undefined where it was mended since */
async function reopen(
  store: string,
  number: number,
  contents: JournalContents,
  ends: Pick<Scanned, 'committed' | 'size'> | undefined,
): Promise<JournalFile> {
  const file = await open(join(store, journalPath(number)), 'r+');
  const { committed, size } = ends ?? (await scanJournal(file, () => {}));
  if (committed < size) {
    await file.truncate(committed);
    await file.datasync();
  }
  return new JournalFile(number, file, contents, committed);
}

async function dropOrphans(store: string, manifest: Manifest): Promise<void> {
  const listed = new Set(
    manifest.segments.flatMap((segment) => PARTS.map((part) => segmentPath(segment, part))),
  );
  for (const day of await readdir(join(store, 'segments'))) {
    for (const name of await readdir(join(store, 'segments', day)).catch(() => [])) {
      const path = `segments/${day}/${name}`;
      if (OURS.test(name) && !listed.has(path)) await rm(join(store, path), { force: true });
    }
  }
  await rm(join(store, 'store.json.tmp'), { force: true });
}
