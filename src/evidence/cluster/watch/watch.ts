import type { Gap } from '../../../kubernetes/gaps.ts';
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { ResourceList } from '../../snapshot.ts';
import type { ApiClient } from '../client.ts';
import { type Clock, systemClock } from './clock.ts';
import type { WatchEvent } from './events.ts';
import { Informer, type InformerContext } from './informer.ts';
import { Pacing } from './pacing.ts';
import { BoundedQueue } from './queue.ts';
import { Slots } from './slots.ts';

export interface WatchOptions {
  /** Asks for this namespace's objects only, of lists that have namespaces. */
  readonly namespace?: string;
  /** Objects of a page of this list, where objects are commonly too large for the usual number. */
  readonly pageSizeOf?: (list: ResourceList) => number | undefined;
  /** Ends the watch. */
  readonly signal?: AbortSignal;
  /**
   * What of an object is passed on; called at once, so that the rest of it is never held. Undefined for what the reader
   * does not want: that is sent as removed where he has it.
   */
  readonly keep?: (object: JsonObject, list: ResourceList) => JsonObject | undefined;
  /**
   * CustomResourceDefinitions or APIServices changed, or a list is not there any more: what the server serves should be
   * asked anew, and `update` called with it. Not called before the first list of these, and not more than every 3 s.
   */
  readonly onDiscoveryStale?: () => void;
  /** Milliseconds, ± 25 %: each list is read anew to find what a watch missed; 30 minutes. */
  readonly resyncEvery?: number;
  /** Milliseconds, up to half as much more: a list that is a gap is asked for again; 1 minute. */
  readonly retryGapsEvery?: number;
  /** Milliseconds, up to half as much more: a list that cannot be watched is read anew; 1 minute. */
  readonly pollEvery?: number;
  /** Milliseconds without the server after which a list is `degraded`; 30 s. */
  readonly degradedAfter?: number;
  /** Milliseconds without a byte after which a watch counts as dead; 150 s, because bookmarks come each minute. */
  readonly idleTimeout?: number;
  readonly clock?: Clock;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/**
 * Changes in the order in which they came, in batches: all that happened while the reader was busy with the last one.
 * To be iterated over once; a `return` of the loop ends the watch. Throws nothing but faults of this program.
 */
export interface ClusterWatch extends AsyncIterable<readonly WatchEvent[]> {
  /**
   * From now on these lists, and these gaps beside those that the lists themselves turn out to be: objects of lists that
   * are left out are sent as removed, and lists that are gaps are asked for again.
   */
  update(lists: readonly ResourceList[], gaps?: readonly Gap[]): void;
}

/** Bytes of events that wait for the reader before connections are left unread. */
const QUEUE_BYTES = 8 * 1024 * 1024;
/** Lists that are read at the same time: each holds a page. */
const LISTS_AT_ONCE = 4;
const DISCOVERY_PAUSE = 3000;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

export function watchCluster(
  client: ApiClient,
  lists: readonly ResourceList[],
  options: WatchOptions = {},
): ClusterWatch {
  return new Watcher(client, lists, options);
}

class Watcher implements ClusterWatch {
  readonly #options: WatchOptions;
  readonly #context: InformerContext;
  readonly #controller = new AbortController();
  /** Without those that are being stopped. */
  readonly #informers = new Map<string, Informer>();
  readonly #stopped = new Map<string, Promise<void>>();
  #lists: readonly ResourceList[];
  #gaps: readonly Gap[] = [];
  /** The last that the reader was told, as text. */
  #told = '';
  #isRunning = false;
  #isDiscoveryStale = false;

  constructor(client: ApiClient, lists: readonly ResourceList[], options: WatchOptions) {
    const clock = options.clock ?? systemClock;
    const random = options.random ?? Math.random;
    this.#lists = lists;
    this.#options = options;
    this.#context = {
      client,
      clock,
      random,
      queue: new BoundedQueue(QUEUE_BYTES),
      pacing: new Pacing(clock, random),
      slots: new Slots(LISTS_AT_ONCE),
      namespace: options.namespace,
      pageSizeOf: options.pageSizeOf ?? (() => undefined),
      keep: options.keep ?? ((object) => object),
      resyncEvery: options.resyncEvery ?? 30 * MINUTE,
      retryGapsEvery: options.retryGapsEvery ?? MINUTE,
      pollEvery: options.pollEvery ?? MINUTE,
      degradedAfter: options.degradedAfter ?? 30 * SECOND,
      idleTimeout: options.idleTimeout ?? 150 * SECOND,
      discoveryStale: () => this.#discoveryStale(),
    };
  }

  update(lists: readonly ResourceList[], gaps: readonly Gap[] = []): void {
    // Events name a list by the same object for as long as it is watched.
    this.#lists = lists.map((list) => this.#watched(list)?.list ?? list);
    this.#gaps = gaps;
    if (this.#isRunning) this.#reconcile();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly WatchEvent[]> {
    if (this.#isRunning) throw new Error('a watch can be iterated over once');
    this.#isRunning = true;
    const { signal } = this.#options;
    const stop = () => this.#stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      if (signal?.aborted) return;
      this.#reconcile();
      for (;;) {
        const events = await this.#context.queue.take();
        if (events === undefined) return;
        yield events;
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      stop();
    }
  }

  #reconcile(): void {
    if (this.#controller.signal.aborted) return;
    this.#tell();
    const wanted = new Set(this.#lists.map((list) => this.#watched(list)));
    for (const [name, informer] of this.#informers) {
      if (wanted.has(informer)) informer.retry();
      else this.#remove(name, informer);
    }
    for (const list of this.#lists) if (this.#watched(list) === undefined) this.#add(list);
  }

  #watched(list: ResourceList): Informer | undefined {
    const informer = this.#informers.get(nameOf(list));
    return informer?.list.version === list.version ? informer : undefined;
  }

  #tell(): void {
    const lists = this.#lists;
    const gaps = this.#gaps;
    const text = JSON.stringify([lists, gaps]);
    if (text === this.#told) return;
    this.#told = text;
    void this.#context.queue.push({ type: 'lists', lists, gaps }, 0);
  }

  #add(list: ResourceList): void {
    const name = nameOf(list);
    const informer = new Informer(list, this.#context);
    this.#informers.set(name, informer);
    // After the end of an earlier one, of another version perhaps, which has to say first that all of its objects are gone.
    const before = this.#stopped.get(name) ?? Promise.resolve();
    const run = before.then(() => informer.run());
    const end = run.then(() => (this.#controller.signal.aborted ? undefined : informer.forget()));
    this.#stopped.set(
      name,
      end.catch((error: unknown) => {
        this.#context.queue.end({ error });
      }),
    );
  }

  #remove(name: string, informer: Informer): void {
    this.#informers.delete(name);
    informer.stop();
  }

  #stop(): void {
    if (this.#controller.signal.aborted) return;
    this.#controller.abort();
    for (const informer of this.#informers.values()) informer.stop();
    this.#context.queue.end();
  }

  #discoveryStale(): void {
    const { onDiscoveryStale } = this.#options;
    if (onDiscoveryStale === undefined || this.#isDiscoveryStale) return;
    this.#isDiscoveryStale = true;
    const { signal } = this.#controller;
    void this.#context.clock.sleep(DISCOVERY_PAUSE, signal).then(() => {
      this.#isDiscoveryStale = false;
      if (!signal.aborted) onDiscoveryStale();
    });
  }
}

function nameOf({ group, resource }: ResourceList): string {
  return `${group}/${resource}`;
}
