/**
 * Between many informers and one reader: whoever puts something in waits while the reader is behind, so that what is not
 * read yet stays on the server's side of the connections.
 */
export class BoundedQueue<T> {
  readonly #capacity: number;
  #items: T[] = [];
  #weight = 0;
  #writers: (() => void)[] = [];
  #reader: (() => void) | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  /** `capacity` is in the unit of `push`'s weights; one item may exceed it. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Takes the item in any case; the promise, if there is one, is to be waited for before the next. */
  push(item: T, weight: number): Promise<void> | undefined {
    if (this.#ended) return undefined;
    this.#items.push(item);
    this.#weight += weight;
    this.#wakeReader();
    if (this.#weight < this.#capacity) return undefined;
    return new Promise((resolve) => {
      this.#writers.push(resolve);
    });
  }

  /** All that is there, at least one item; undefined after the end. Throws what `end` was given. */
  async take(): Promise<readonly T[] | undefined> {
    while (this.#items.length === 0) {
      if (this.#failure) throw this.#failure.error;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#reader = resolve;
      });
    }
    const items = this.#items;
    this.#items = [];
    this.#weight = 0;
    this.#wakeWriters();
    return items;
  }

  /** Takes nothing more; what is in it can still be read. */
  end(failure?: { readonly error: unknown }): void {
    this.#ended = true;
    this.#failure ??= failure;
    this.#wakeReader();
    this.#wakeWriters();
  }

  #wakeReader(): void {
    this.#reader?.();
    this.#reader = undefined;
  }

  #wakeWriters(): void {
    const writers = this.#writers;
    this.#writers = [];
    for (const wake of writers) wake();
  }
}
