import type { GapReason } from '../../kubernetes/gaps.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { SnapshotEvent } from '../snapshot.ts';
import { type ApiClient, ApiError } from './client.ts';
import { discover } from './discovery.ts';
import { detailOf, gapOf, gapReason, isServerFailure } from './failures.ts';
import { type ListOptions, listPages } from './list.ts';
import { chooseListings, type Kinds, type Listing } from './listings.ts';
import { NEEDS } from './needs.ts';

export interface ReadProgress {
  readonly lists: number;
  readonly listsDone: number;
  readonly objects: number;
}

export interface ReadClusterOptions extends Pick<ListOptions, 'namespace' | 'signal' | 'maxPageBytes'> {
  /** RFC 3339, UTC. */
  readonly collectedAt: string;
  /** Lists Secrets as well. Their values are dropped as soon as they are read. */
  readonly secrets?: boolean;
  /** Lists these alone. What is not asked for on purpose is no gap, as whoever asks knows it. */
  readonly kinds?: Kinds;
  /** Observes what the API server shows beside its objects; the answer is a `ClusterFacts` document. */
  readonly facts?: (client: ApiClient) => Promise<JsonObject>;
  readonly onProgress?: (progress: ReadProgress) => void;
}

/**
 * Lists that are asked for at the same time. Beside the server one at a time is as fast; over a line with a delay of 100 ms some sixty
 * lists would wait six seconds in turn. Each holds two pages in memory.
 */
const PARALLEL = 4;
/** After so many lists in a row of which the server itself gave no good answer, the rest is not asked for. */
const MAX_SERVER_FAILURES = 3;

/**
 * Reads everything that NEEDS names and the server has. Whatever of it cannot be read is a gap and does not end the reading;
 * a resource that the server does not have at all is neither. With `namespace`, only that namespace and what is in none.
 *
 * Events come in the order of NEEDS, the source first, then facts. Throws KubeStrideError where the server cannot be reached at
 * all, and ApiError where it does not know the user or does not work.
 */
export async function* readCluster(
  client: ApiClient,
  options: ReadClusterOptions,
): AsyncGenerator<SnapshotEvent, void, undefined> {
  const { namespace, collectedAt } = options;
  const { context, server } = client;
  yield {
    type: 'source',
    source: {
      kind: 'cluster',
      server,
      collectedAt,
      ...(context === undefined ? {} : { context }),
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
  const served = await discover(client, new Set(NEEDS.map(({ group }) => group)));
  if (options.facts !== undefined) yield { type: 'facts', facts: await options.facts(client) };
  const { listings, gaps } = chooseListings(served, {
    secrets: options.secrets === true,
    kinds: options.kinds,
  });
  for (const gap of gaps) yield { type: 'gap', gap };

  let listsDone = 0;
  let objects = 0;
  for await (const event of inTurn(client, listings, options)) {
    if (event.type === 'page') objects += event.items.length;
    if (event.type === 'listed' || event.type === 'gap') listsDone++;
    yield event;
    options.onProgress?.({ lists: listings.length, listsDone, objects });
  }
}

/** One list after the other; the next ones have their first pages fetched meanwhile. */
async function* inTurn(
  client: ApiClient,
  listings: readonly Listing[],
  options: ReadClusterOptions,
): AsyncGenerator<SnapshotEvent, void, undefined> {
  const server = new ServerHealth();
  const ending = new AbortController();
  const signal =
    options.signal === undefined ? ending.signal : AbortSignal.any([options.signal, ending.signal]);
  const waiting = listings.map(
    (listing) => () => new Primed(readList(client, listing, { ...options, signal }, server)),
  );
  const running: Primed[] = waiting.splice(0, PARALLEL).map((start) => start());
  try {
    for (let current = running[0]; current !== undefined; current = running[0]) {
      yield* current;
      running.shift();
      const start = waiting.shift();
      if (start !== undefined) running.push(start());
    }
  } finally {
    // Whoever stops reading must not wait for a slow server.
    ending.abort();
    await Promise.allSettled(running.map((each) => each.end()));
  }
}

/** A generator of which the first event is asked for at once. */
class Primed {
  readonly #events: AsyncGenerator<SnapshotEvent, void, undefined>;
  readonly #first: Promise<IteratorResult<SnapshotEvent, void>>;

  constructor(events: AsyncGenerator<SnapshotEvent, void, undefined>) {
    this.#events = events;
    this.#first = events.next();
    // Nobody may come to wait for it.
    this.#first.catch(() => {});
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SnapshotEvent, void, undefined> {
    const first = await this.#first;
    if (first.done) return;
    yield first.value;
    yield* this.#events;
  }

  async end(): Promise<void> {
    await this.#events.return();
  }
}

/** Tells when it is no use to go on asking. */
class ServerHealth {
  #failures = 0;
  /** What the server, or the way to it, said last; undefined while it is worth asking. */
  #given: string | undefined;

  get gaveUp(): string | undefined {
    return this.#failures >= MAX_SERVER_FAILURES ? this.#given : undefined;
  }

  answered(): void {
    this.#failures = 0;
  }

  failed(detail: string): void {
    this.#failures++;
    this.#given = detail;
  }
}

async function* readList(
  client: ApiClient,
  listing: Listing,
  options: ReadClusterOptions & { readonly signal: AbortSignal },
  server: ServerHealth,
): AsyncGenerator<SnapshotEvent, void, undefined> {
  const { pageSize, isServed } = listing;
  const { namespace, signal, maxPageBytes } = options;
  for (const list of [listing.list, ...listing.alternatives]) {
    let hasPages = false;
    const gap = (reason: GapReason, detail: string): SnapshotEvent => ({
      type: 'gap',
      gap: gapOf(list, reason, detail, namespace),
    });
    if (server.gaveUp !== undefined) {
      yield gap('incomplete', server.gaveUp);
      return;
    }
    try {
      for await (const step of listPages(client, list, { namespace, signal, maxPageBytes, pageSize })) {
        server.answered();
        hasPages = step.type !== 'restart';
        yield { ...step, list };
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!isServed && error instanceof ApiError && error.status === 404) continue;
      const detail = detailOf(error);
      if (isServerFailure(error, list)) server.failed(detail);
      else server.answered();
      yield gap(gapReason(error, list, hasPages), detail);
      return;
    }
  }
}
