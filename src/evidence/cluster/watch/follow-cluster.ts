import type { Gap } from '../../../kubernetes/gaps.ts';
import type { ResourceList } from '../../snapshot.ts';
import type { ApiClient } from '../client.ts';
import { discover } from '../discovery.ts';
import { chooseListings } from '../listings.ts';
import { NEEDS } from '../needs.ts';
import { type Clock, systemClock } from './clock.ts';
import type { WatchEvent } from './events.ts';
import { type ClusterWatch, type WatchOptions, watchCluster } from './watch.ts';

export interface FollowOptions extends Omit<WatchOptions, 'onDiscoveryStale' | 'pageSizeOf'> {
  /** Watches Secrets as well. Their values are dropped as soon as they are read. */
  readonly secrets?: boolean;
}

/** Milliseconds: definitions may be out of sight, and an API that was broken in discovery says by nothing that it is back. */
const REDISCOVER_EVERY = 5 * 60 * 1000;
/** Milliseconds: an API server that has just started does not show all that it serves at once. */
const CONFIRM_AFTER = 10 * 1000;

/**
 * Watches everything that NEEDS names and the server has, as `readCluster` reads it; asks what the server has again where
 * that may have changed. Throws what discovery throws at the start; later on, it is asked again.
 */
export async function* followCluster(
  client: ApiClient,
  options: FollowOptions = {},
): AsyncGenerator<readonly WatchEvent[], void, undefined> {
  const first = await choose(client, options);
  const follower = new Follower(client, options, first);
  try {
    yield* follower.watch;
  } finally {
    follower.end();
  }
}

interface Choice {
  readonly lists: readonly ResourceList[];
  readonly gaps: readonly Gap[];
  readonly pageSizes: ReadonlyMap<string, number | undefined>;
}

async function choose(client: ApiClient, { secrets = false }: FollowOptions): Promise<Choice> {
  const served = await discover(client, new Set(NEEDS.map(({ group }) => group)));
  const { listings, gaps } = chooseListings(served, { secrets });
  return {
    lists: listings.map(({ list }) => list),
    gaps,
    pageSizes: new Map(listings.map(({ list, pageSize }) => [nameOf(list), pageSize])),
  };
}

class Follower {
  readonly watch: ClusterWatch;
  readonly #client: ApiClient;
  readonly #options: FollowOptions;
  readonly #clock: Clock;
  readonly #ending = new AbortController();
  #choice: Choice;
  /** Lists that the last discovery did not show, for the first time. */
  #missing: ReadonlySet<string> = new Set();
  #isDiscovering = false;

  constructor(client: ApiClient, options: FollowOptions, first: Choice) {
    this.#client = client;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#choice = first;
    this.watch = watchCluster(client, first.lists, {
      ...options,
      pageSizeOf: (list) => this.#choice.pageSizes.get(nameOf(list)),
      onDiscoveryStale: () => void this.#rediscover(),
    });
    this.watch.update(first.lists, first.gaps);
    void this.#repeat();
  }

  end(): void {
    this.#ending.abort();
  }

  async #repeat(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      await this.#rediscoverAfter(REDISCOVER_EVERY);
    }
  }

  async #rediscoverAfter(milliseconds: number): Promise<void> {
    await this.#clock.sleep(milliseconds, this.#ending.signal);
    await this.#rediscover();
  }

  async #rediscover(): Promise<void> {
    if (this.#isDiscovering || this.#ending.signal.aborted) return;
    this.#isDiscovering = true;
    try {
      this.#accept(await choose(this.#client, this.#options));
    } catch {
      // The server is away, which the watches say; it is asked again.
    } finally {
      this.#isDiscovering = false;
    }
  }

  #accept(choice: Choice): void {
    const found = new Set(choice.lists.map(nameOf));
    const missing = this.#choice.lists.filter((list) => !found.has(nameOf(list)));
    const doubtful = missing.filter((list) => !this.#missing.has(nameOf(list)));
    this.#missing = new Set(doubtful.map(nameOf));
    this.#choice = { ...choice, lists: [...choice.lists, ...doubtful] };
    this.watch.update(this.#choice.lists, choice.gaps);
    if (doubtful.length > 0) void this.#rediscoverAfter(CONFIRM_AFTER);
  }
}

function nameOf({ group, resource }: ResourceList): string {
  return `${group}/${resource}`;
}
