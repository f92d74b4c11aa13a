import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import type { Damage } from './event-store.ts';
import { scanJournal } from './journal-scan.ts';
import { journalPath, PARTS, type Part, readManifest, type SegmentEntry, segmentPath } from './manifest.ts';
import { Snapshots } from './snapshot.ts';

export interface Verified {
  readonly segments: number;
  /** Events in files that are what was written, in segments and journals. */
  readonly events: number;
  readonly damage: readonly Damage[];
}

/**
 * Reads every file of a store and compares it with its checksum; a store may be written to meanwhile.
 * @param store its folder
 * @throws KubeStrideError store-absent, store-foreign, store-unusable
 */
export async function verifyStore(store: string): Promise<Verified> {
  const { manifest, journals } = await new Snapshots(store).take();
  const damage: Damage[] = [...manifest.damage];
  let segments = 0;
  let events = 0;
  for (const segment of manifest.segments) {
    const broken = await brokenParts(store, segment);
    if (broken.length > 0 && !(await isListed(store, segment))) continue;
    segments++;
    if (broken.length === 0) events += segment.rows;
    damage.push(...broken);
  }
  for (const { number, path } of journals) {
    const checked = await checkJournal(path, journalPath(number));
    events += checked.events;
    damage.push(...checked.damage);
  }
  return { segments, events, damage };
}

async function brokenParts(store: string, segment: SegmentEntry): Promise<Damage[]> {
  const broken: Damage[] = [];
  for (const part of PARTS) {
    const reason = await problemOf(store, segment, part);
    if (reason === undefined) continue;
    broken.push({
      part: segmentPath(segment, part),
      reason,
      events: segment.rows,
      from: segment.first,
      to: segment.last,
    });
  }
  return broken;
}

async function problemOf(store: string, segment: SegmentEntry, part: Part): Promise<string | undefined> {
  const told = segment.parts[part];
  const sum = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(join(store, segmentPath(segment, part)))) {
      sum.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'missing' : (code ?? 'unreadable');
  }
  if (bytes !== told.bytes) return 'size';
  return sum.digest('hex') === told.sha256 ? undefined : 'checksum';
}

/** Whether a segment still is part of the store: the writer may have put it together with others. */
async function isListed(store: string, { number }: SegmentEntry): Promise<boolean> {
  const manifest = await readManifest(store);
  if (manifest === undefined) throw new KubeStrideError('store-absent', { path: store });
  return manifest.segments.some((segment) => segment.number === number);
}

async function checkJournal(path: string, part: string): Promise<Pick<Verified, 'events' | 'damage'>> {
  let events = 0;
  let missing = 0;
  let from = Number.MAX_SAFE_INTEGER;
  let to = 0;
  try {
    const file = await open(path, 'r');
    try {
      await scanJournal(file, ({ lines, commit }) => {
        events += lines.length;
        missing += Math.max(0, commit.events - lines.length);
        for (const line of lines) {
          const { time } = line.header();
          from = Math.min(from, time);
          to = Math.max(to, time);
        }
      });
    } finally {
      await file.close();
    }
  } catch (error) {
    // It was sealed meanwhile.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { events: 0, damage: [] };
    throw error;
  }
  if (missing === 0) return { events, damage: [] };
  return { events, damage: [{ part, reason: 'checksum', events: missing, from: Math.min(from, to), to }] };
}
