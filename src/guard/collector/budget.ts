/**
 * How many bytes of requests may be held at once, by all clients and by each: what bounds the memory of the collector, and keeps one
 * sender from crowding out the others.
 */
export class Budget {
  readonly #total: number;
  readonly #each: number;
  readonly #held = new Map<string, number>();
  #all = 0;

  constructor(total: number, each: number) {
    this.#total = total;
    this.#each = each;
  }

  get held(): number {
    return this.#all;
  }

  /** Whether as much would be let in now. A client that holds nothing gets one request in, however large, if nobody else is there. */
  fits(client: string, bytes: number): boolean {
    if (this.#all === 0) return true;
    return this.#all + bytes <= this.#total && (this.#held.get(client) ?? 0) + bytes <= this.#each;
  }

  hold(client: string, bytes: number): void {
    this.#all += bytes;
    this.#held.set(client, (this.#held.get(client) ?? 0) + bytes);
  }

  release(client: string, bytes: number): void {
    this.#all -= bytes;
    const left = (this.#held.get(client) ?? 0) - bytes;
    if (left > 0) this.#held.set(client, left);
    else this.#held.delete(client);
  }
}
