import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import { JournalView } from './journal-view.ts';
import { journalNumber, journalPath, MANIFEST, type Manifest, readManifest } from './manifest.ts';
import { journalPiece, type Piece, segmentPiece } from './relations.ts';

/** Writers replace the manifest a few times a minute at most. */
const ATTEMPTS = 10;

/** What a store has at one moment. */
export interface Snapshot {
  readonly manifest: Manifest;
  /** Segments in the order in which they were made, then journals. */
  readonly pieces: readonly Piece[];
  readonly journals: readonly JournalView[];
}

/** Looks at a store that another process may be writing to. */
export class Snapshots {
  readonly #store: string;
  #identity = '';
  #manifest: Manifest | undefined;
  #journals = new Map<number, JournalView>();

  constructor(store: string) {
    this.#store = store;
  }

  /** Whether the manifest is no longer the one that was looked at last. */
  async changed(): Promise<boolean> {
    return (await this.#identityNow()) !== this.#identity;
  }

  /** Throws KubeStrideError (store-absent, store-foreign, store-unusable). */
  async take(): Promise<Snapshot> {
    for (let attempt = 1; ; attempt++) {
      const identity = await this.#identityNow();
      if (identity !== this.#identity || this.#manifest === undefined) {
        this.#manifest = await readManifest(this.#store);
        if (this.#manifest === undefined) throw new KubeStrideError('store-absent', { path: this.#store });
        this.#identity = identity;
      }
      const journals = await this.#readJournals(this.#manifest);
      // A journal that was sealed meanwhile would be seen twice, or not at all.
      if (journals !== undefined && ((await this.#identityNow()) === identity || attempt === ATTEMPTS)) {
        return {
          manifest: this.#manifest,
          pieces: [
            ...this.#manifest.segments.map((segment) => segmentPiece(this.#store, segment)),
            ...journals.filter(({ rows }) => rows > 0).map(journalPiece),
          ],
          journals,
        };
      }
      if (attempt >= ATTEMPTS)
        throw new KubeStrideError('store-unusable', { path: this.#store, reason: 'busy' });
    }
  }

  /** @returns undefined where one vanished */
  async #readJournals(manifest: Manifest): Promise<JournalView[] | undefined> {
    const sealed = new Set(manifest.sealed);
    const names = await readdir(join(this.#store, 'journal')).catch(() => []);
    const numbers = names.map(journalNumber).filter((number) => number !== undefined && !sealed.has(number));
    const journals = new Map<number, JournalView>();
    for (const number of (numbers as number[]).sort((a, b) => a - b)) {
      const journal =
        this.#journals.get(number) ?? new JournalView(number, join(this.#store, journalPath(number)));
      try {
        await journal.refresh();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      journals.set(number, journal);
    }
    this.#journals = journals;
    return [...journals.values()];
  }

  /** A manifest that takes the place of another is another file. */
  async #identityNow(): Promise<string> {
    try {
      const { ino, mtimeNs, size } = await stat(join(this.#store, MANIFEST), { bigint: true });
      return `${ino} ${mtimeNs} ${size}`;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') {
        throw new KubeStrideError('store-absent', { path: this.#store });
      }
      throw new KubeStrideError('store-unusable', { path: this.#store, reason: code ?? message });
    }
  }
}
