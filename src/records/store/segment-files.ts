import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Engine, quoted } from './duckdb.ts';
import type { Ledger } from './ledger.ts';
import { PARTS, type Part, type SegmentEntry, segmentPath, syncFolder, Uncertain } from './manifest.ts';

const READ_BYTES = 1 << 20;
/**
 * Rows that are written, and later read, together: of columns many, since questions go over all of them, but not so many that fetching
 * a few rows of an answer is dear (all of a group is unpacked for one row); of originals few, since questions want some. Of large rows
 * there are fewer, since the engine holds as much in memory, twice.
 */
const ROW_GROUPS = {
  'columns.parquet': { most: 40_960, bytes: 48 << 20 },
  'raw.parquet': { most: 4096, bytes: 64 << 20 },
} as const;
/** The engine's unit. */
const VECTOR_ROWS = 2048;

/** Files of a segment in the making, under names that nobody takes for a segment's. */
export class SegmentFiles {
  readonly #store: string;
  readonly #segment: Pick<SegmentEntry, 'number' | 'day'>;

  constructor(store: string, segment: Pick<SegmentEntry, 'number' | 'day'>) {
    this.#store = store;
    this.#segment = segment;
  }

  #final(part: Part): string {
    return join(this.#store, segmentPath(this.#segment, part));
  }

  #temporary(part: Part): string {
    return `${this.#final(part)}.tmp`;
  }

  async begin(): Promise<void> {
    await mkdir(dirname(this.#final('keys')), { recursive: true, mode: 0o700 });
  }

  /** Has the engine write a Parquet file. @param size rows that it has to have in the end, and about their bytes, uncompressed */
  async copy(
    engine: Engine,
    part: keyof typeof ROW_GROUPS,
    select: string,
    size: { readonly rows: number; readonly bytes: number },
  ): Promise<void> {
    const group = ROW_GROUPS[part];
    const fitting =
      Math.floor((group.bytes * size.rows) / Math.max(1, size.bytes) / VECTOR_ROWS) * VECTOR_ROWS;
    const groupRows = Math.min(group.most, Math.max(VECTOR_ROWS, fitting));
    const { rows } = await engine.run(
      `COPY (${select}) TO ${quoted(this.#temporary(part))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${groupRows})`,
    );
    const written = Number(rows[0]?.[0]);
    if (written !== size.rows) throw new Error(`${written} of ${size.rows} rows`);
  }

  async write(part: 'words' | 'keys', bytes: Uint8Array): Promise<void> {
    const file = await open(this.#temporary(part), 'w', 0o600);
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
  }

  /** Gives the files their names, once they are safe. */
  async commit(): Promise<SegmentEntry['parts']> {
    const parts: Partial<Record<Part, SegmentEntry['parts'][Part]>> = {};
    for (const part of PARTS) {
      parts[part] = await syncAndSum(this.#temporary(part));
      await rename(this.#temporary(part), this.#final(part));
    }
    const folder = dirname(this.#final('keys'));
    await syncFolder(folder);
    await syncFolder(dirname(folder));
    return parts as SegmentEntry['parts'];
  }

  async abandon(): Promise<void> {
    for (const part of PARTS) await rm(this.#temporary(part), { force: true });
    await removeSegment(this.#store, this.#segment);
  }
}

async function syncAndSum(path: string): Promise<SegmentEntry['parts'][Part]> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
    const sum = createHash('sha256');
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES, bytes);
      if (bytesRead === 0) break;
      sum.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    return { bytes, sha256: sum.digest('hex') };
  } finally {
    await file.close();
  }
}

export async function removeSegment(
  store: string,
  segment: Pick<SegmentEntry, 'number' | 'day'>,
): Promise<void> {
  for (const part of PARTS) await rm(join(store, segmentPath(segment, part)), { force: true });
}

/** Has the manifest list a new segment; where it cannot, its files go. */
export async function listSegment(
  store: string,
  ledger: Ledger,
  segment: SegmentEntry,
  change: Parameters<Ledger['change']>[0],
): Promise<void> {
  try {
    await ledger.change(change);
  } catch (error) {
    if (!(error instanceof Uncertain)) await removeSegment(store, segment);
    throw error;
  }
}
