import { type Manifest, type SegmentEntry, writeManifest } from './manifest.ts';

/** The manifest of a store that is written: one change after the other, each on the disk before it counts. */
export class Ledger {
  readonly #store: string;
  #manifest: Manifest;
  #bytes: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: string, manifest: Manifest) {
    this.#store = store;
    this.#manifest = manifest;
    this.#bytes = bytesOf(manifest.segments);
  }

  get segments(): readonly SegmentEntry[] {
    return this.#manifest.segments;
  }

  /** Bytes of all segments. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A number that no other segment or journal has or had. */
  take(): number {
    const number = this.#manifest.next;
    this.#manifest = { ...this.#manifest, next: number + 1 };
    return number;
  }

  /** @param change is given the segments as they are at that time */
  change(change: {
    readonly segments?: (segments: readonly SegmentEntry[]) => readonly SegmentEntry[];
    readonly sealed?: number;
  }): Promise<void> {
    const done = this.#last.then(async () => {
      const { segments, sealed } = this.#manifest;
      const changed = {
        segments: change.segments?.(segments) ?? segments,
        sealed: change.sealed === undefined ? sealed : [...sealed, change.sealed],
      };
      await writeManifest(this.#store, { ...this.#manifest, ...changed });
      this.#manifest = { ...this.#manifest, ...changed };
      this.#bytes = bytesOf(changed.segments);
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** A journal that was sealed is gone: the next manifest doesn't tell of it any more. */
  forget(journal: number): void {
    this.#manifest = {
      ...this.#manifest,
      sealed: this.#manifest.sealed.filter((number) => number !== journal),
    };
  }
}

function bytesOf(segments: readonly SegmentEntry[]): number {
  let sum = 0;
  for (const { parts } of segments) for (const { bytes } of Object.values(parts)) sum += bytes;
  return sum;
}
