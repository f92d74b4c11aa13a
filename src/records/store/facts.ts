import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '../record.ts';
import type { Asking } from './asking.ts';
import type { Damage, Holding, StoreFacts } from './event-store.ts';
import { PARTS, segmentPath } from './manifest.ts';
import { countEvents } from './reader-count.ts';
import type { Snapshot } from './snapshot.ts';

/** What a store has, by its manifest; of journals by reading them. Files are looked at, not read: `verify` does that. */
export async function factsOf(
  store: string,
  { manifest, pieces, journals }: Snapshot,
  open: () => Asking,
): Promise<StoreFacts> {
  const holdings = new Map<string, Holding>();
  for (const segment of manifest.segments) for (const held of segment.holdings) add(holdings, held);
  const damage: Damage[] = [...manifest.damage];
  const waiting = pieces.filter(({ kind }) => kind === 'journal');
  let journaled = 0;
  if (waiting.length > 0) {
    const asking = open();
    const rows = await countEvents({ asking, pieces: waiting }, {}, ['source', 'cluster', 'inlet']);
    for (const { by, events, first, last } of rows) {
      const [source, cluster, inlet] = by as [Source, string, string];
      add(holdings, { source, cluster, inlet, events, first, last });
      journaled += events;
    }
    damage.push(...asking.damage);
  }
  let bytes = 0;
  for (const { path } of journals) bytes += (await sizeOf(path)) ?? 0;
  for (const segment of manifest.segments) {
    for (const part of PARTS) {
      const { bytes: told } = segment.parts[part];
      const path = segmentPath(segment, part);
      const size = await sizeOf(join(store, path));
      bytes += size ?? 0;
      if (size === told) continue;
      const reason = size === undefined ? 'missing' : 'size';
      damage.push({ part: path, reason, events: segment.rows, from: segment.first, to: segment.last });
    }
  }
  const all = [...holdings.values()];
  return {
    events: manifest.segments.reduce((sum, { rows }) => sum + rows, journaled),
    bytes,
    segments: manifest.segments.length,
    journaled,
    first: all.length === 0 ? undefined : Math.min(...all.map(({ first }) => first)),
    last: all.length === 0 ? undefined : Math.max(...all.map(({ last }) => last)),
    holdings: all,
    damage,
  };
}

function add(holdings: Map<string, Holding>, held: Holding): void {
  const name = JSON.stringify([held.source, held.cluster, held.inlet]);
  const there = holdings.get(name);
  holdings.set(name, {
    ...held,
    events: held.events + (there?.events ?? 0),
    first: Math.min(held.first, there?.first ?? held.first),
    last: Math.max(held.last, there?.last ?? held.last),
  });
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}
