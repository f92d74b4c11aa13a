import { KubeStrideError } from '../../kubernetes/errors.ts';
import type { Engine, Parameter, Rows } from './duckdb.ts';
import type { Damage } from './event-store.ts';
import type { Piece } from './relations.ts';
import type { Snapshots } from './snapshot.ts';

/** The writer replaced files that were asked: everything is to be asked again. */
export class StoreChanged extends Error {}

/** Asks about pieces, and goes on without those that cannot be read. */
export class Asking {
  readonly damage: Damage[] = [];
  readonly #engine: () => Promise<Engine>;
  readonly #snapshots: Snapshots;
  readonly #unreadable = new Set<string>();

  /** @param engine opens it, or gives the one that is open */
  constructor(engine: () => Promise<Engine>, snapshots: Snapshots) {
    this.#engine = engine;
    this.#snapshots = snapshots;
  }

  /**
   * Runs one statement over parts of the store. Where it fails because of one of them, the others are asked without it.
   * @param fileOf the file of a part that is read, relative to the store
   * @param build makes the statement for some of the parts
   * @returns the answers for all parts that can be read: one, or several where the parts had to be divided
   */
  async over<P extends { readonly piece: Piece }>(
    parts: readonly P[],
    fileOf: (part: P) => string,
    build: (parts: readonly P[]) => { readonly text: string; readonly parameters: readonly Parameter[] },
  ): Promise<Rows[]> {
    const readable = parts.filter((part) => !this.#unreadable.has(fileOf(part)));
    const [only] = readable;
    if (only === undefined) return [];
    const { text, parameters } = build(readable);
    const engine = await this.#engine();
    try {
      return [await engine.run(text, parameters)];
    } catch (error) {
      const reason = engineReason(error);
      if (/^(Out of Memory|INTERRUPT|Internal) Error/i.test(reason)) {
        throw new KubeStrideError('store-query', { reason }, { cause: error });
      }
      if (await this.#snapshots.changed()) throw new StoreChanged();
      if (readable.length === 1) {
        if (only.piece.kind === 'journal' && !only.piece.journal.doubtful) {
          only.piece.journal.doubtful = true;
          return this.over(readable, fileOf, build);
        }
        this.#leaveOut(only.piece, fileOf(only), reason);
        return [];
      }
      const half = Math.ceil(readable.length / 2);
      return [
        ...(await this.over(readable.slice(0, half), fileOf, build)),
        ...(await this.over(readable.slice(half), fileOf, build)),
      ];
    }
  }

  #leaveOut(piece: Piece, file: string, reason: string): void {
    this.#unreadable.add(file);
    // A message of the engine may name the folder of the store, and quote what it read.
    this.damage.push({
      part: file,
      reason: (reason.split(':')[0] ?? '').slice(0, 80),
      events: piece.rows,
      from: piece.first,
      to: piece.last,
    });
  }
}

/** The first line of what DuckDB says. */
export function engineReason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
