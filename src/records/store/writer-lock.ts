import { link, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import { type Engine, openEngine } from './duckdb.ts';

/** DuckDB locks its file by the operating system's means: a process that dies gives the lock back, however it dies. */
export const LOCK = 'writer.duckdb';

/** Megabytes that sealing and compaction may take; what they hold at once is bounded by the size of row groups. */
const MEMORY = 256;
/** Where they put what does not fit, which nothing should need. */
const SCRATCH = 'scratch';

/** Such locks don't keep a process from itself. */
const held = new Set<string>();

export interface WriterLock {
  readonly engine: Engine;
  release(): void;
}

/**
 * Opens the engine of a store's writer.
 * @param store a real path, so that the store is known by whatever name it is opened again
 * @throws KubeStrideError store-locked, store-engine-missing, store-unusable
 */
export async function lockStore(store: string, shown: string): Promise<WriterLock> {
  if (held.has(store)) throw new KubeStrideError('store-locked', { path: shown });
  held.add(store);
  try {
    await placeLock(store);
    const engine = await openLock(join(store, LOCK), join(store, SCRATCH));
    // Of a writer that died.
    await rm(join(store, SCRATCH), { recursive: true, force: true });
    return {
      engine,
      release: () => {
        engine.close();
        held.delete(store);
      },
    };
  } catch (error) {
    held.delete(store);
    if (error instanceof KubeStrideError) throw error;
    const { message } = error as Error;
    if (/lock on file|being used by another process/.test(message))
      throw new KubeStrideError('store-locked', { path: shown }, { cause: error });
    throw new KubeStrideError('store-unusable', { path: shown, reason: message }, { cause: error });
  }
}

/** The file is put there whole: a half one would keep everybody out. Of several writers that begin together one places it. */
async function placeLock(store: string): Promise<void> {
  const path = join(store, LOCK);
  if ((await stat(path).catch(() => undefined)) !== undefined) return;
  const temporary = `${path}.${Date.now().toString(36)}${Math.random().toString(36).slice(2)}.tmp`;
  try {
    (await openLock(temporary)).close();
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
}

/** One thread: two of them need twice the processor's time for the same, and JavaScript wants the other core. */
const openLock = (path: string, scratch?: string): Promise<Engine> =>
  openEngine({ path, memory: MEMORY, threads: 1, ...(scratch === undefined ? {} : { scratch }) });
