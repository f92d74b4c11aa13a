import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { COLUMNS, type EventRecord } from '../record.ts';
import { openEngine, quoted } from './duckdb.ts';
import { scanJournal } from './journal-scan.ts';
import { journalNumber, journalPath, type Manifest, readManifest, segmentPath } from './manifest.ts';
import { original } from './stored-text.ts';

/** All that a store holds, read without its reader: segments by SQL, journals line by line. */
export async function contentsOf(store: string): Promise<EventRecord[]> {
  for (;;) {
    const before = JSON.stringify(await readManifest(store));
    try {
      const records = await readOnce(store);
      if (JSON.stringify(await readManifest(store)) === before) return records;
    } catch (error) {
      // A journal may be sealed meanwhile.
      if (JSON.stringify(await readManifest(store)) === before) throw error;
    }
  }
}

async function readOnce(store: string): Promise<EventRecord[]> {
  const manifest = (await readManifest(store)) as Manifest;
  const records = await segmentsOf(store, manifest);
  for (const number of await journalsOf(store)) {
    if (manifest.sealed.includes(number)) continue;
    const file = await open(join(store, journalPath(number)), 'r');
    await scanJournal(file, ({ lines }) => records.push(...lines.map((line) => line.record())));
    await file.close();
  }
  return records;
}

export async function journalsOf(store: string): Promise<number[]> {
  const names = await readdir(join(store, 'journal'));
  return names
    .map(journalNumber)
    .filter((number) => number !== undefined)
    .sort((a, b) => a - b);
}

async function segmentsOf(store: string, manifest: Manifest): Promise<EventRecord[]> {
  const records: EventRecord[] = [];
  const engine = await openEngine();
  try {
    for (const segment of manifest.segments) {
      const file = (part: 'columns.parquet' | 'raw.parquet') =>
        quoted(join(store, segmentPath(segment, part)));
      const { columns, rows } = await engine.run(
        `SELECT * FROM read_parquet(${file('columns.parquet')}) POSITIONAL JOIN read_parquet(${file('raw.parquet')})`,
      );
      for (const row of rows) {
        const fields = columns.map((column, index) => {
          const value = row[index];
          return [column, typeof value === 'string' ? original(value) : value] as const;
        });
        records.push(Object.fromEntries(fields) as unknown as EventRecord);
      }
    }
  } finally {
    engine.close();
  }
  return records;
}

/** In one order of columns, whatever the order in which an object has them. */
export function comparable(event: EventRecord): readonly (string | number)[] {
  return Object.keys(COLUMNS).map((column) => event[column as keyof EventRecord]);
}
