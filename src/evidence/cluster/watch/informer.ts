import type { Gap } from '../../../kubernetes/gaps.ts';
import { withoutSecretValues } from '../../../kubernetes/secret-values.ts';
import type { ResourceList } from '../../snapshot.ts';
import { type ApiClient, ApiError, type ApiRequest, type ApiResponse } from '../client.ts';
import { detailOf, gapOf, gapReason, isTooLarge } from '../failures.ts';
import { ListError, listPages, listPath, listSelectors } from '../list.ts';
import type { Clock } from './clock.ts';
import { isExpired, readError, readWatch, type ServerEvent } from './connection.ts';
import { Delivery, type DeliveryContext } from './delivery.ts';
import { FrameError } from './frames.ts';
import { Health } from './health.ts';
import { backoff, type Pacing, type Turn } from './pacing.ts';
import type { Slots } from './slots.ts';

/** What the informers of one cluster share. */
export interface InformerContext extends DeliveryContext {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pacing: Pacing;
  readonly slots: Slots;
  readonly namespace: string | undefined;
  readonly pageSizeOf: (list: ResourceList) => number | undefined;
  /** All in milliseconds. */
  readonly resyncEvery: number;
  readonly retryGapsEvery: number;
  readonly pollEvery: number;
  readonly degradedAfter: number;
  readonly idleTimeout: number;
}

/** Of the server's side of a watch, drawn anew for each (tools/cache/reflector.go). */
const SHORTEST_WATCH_SECONDS = 300;
/** A connection that lasted so long, in milliseconds, counts as one that worked. */
const SETTLED_AFTER = 1000;
/** How much room a listed object takes in the queue, in bytes; what it really took is not known there. */
const LISTED_OBJECT_WEIGHT = 4096;

/**
 * Keeps the reader's picture of one list up to date: lists it, then watches it from there on, as client-go's reflector
 * does. Two things differ: it waits with all others while the server is away, and it lists anew once in a while to find
 * what was missed, because the reader of a report cannot ask the cluster again.
 */
export class Informer {
  readonly list: ResourceList;
  readonly #context: InformerContext;
  readonly #delivery: Delivery;
  readonly #health: Health;
  readonly #signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #isSecret: boolean;
  /** Where the watch goes on; undefined where the list has to be read first. */
  #resume: string | undefined;
  #resyncAt = 0;
  #gap: Gap['reason'] | undefined;
  #isWatched = false;
  /** Whether the watch brought anything since the last list. */
  #hasProgress = false;
  #wake: (() => void) | undefined;

  constructor(list: ResourceList, context: InformerContext) {
    this.list = list;
    this.#context = context;
    this.#signal = this.#controller.signal;
    this.#isSecret = list.group === '' && list.resource === 'secrets';
    this.#delivery = new Delivery(list, context);
    const notify = this.#delivery.notify.bind(this.#delivery);
    this.#health = new Health(list, context.clock, context.degradedAfter, notify);
  }

  /** Until `stop`. */
  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      if (this.#resume === undefined || this.#context.clock.now() >= this.#resyncAt) {
        this.#resume = undefined;
        await this.#context.slots.run(this.#signal, () => this.#readList());
        if (this.#resume === undefined) await this.#waitAfterList();
      } else {
        await this.#watch(this.#resume);
      }
    }
  }

  stop(): void {
    this.#controller.abort();
  }

  /** The reason of a gap may be gone: asks now. */
  retry(): void {
    if (this.#gap !== undefined) this.#wake?.();
  }

  /** The reader is to forget all objects. */
  async forget(): Promise<void> {
    await this.#delivery.forget();
  }

  async #readList(): Promise<void> {
    const { client, namespace, pageSizeOf, clock, random, resyncEvery } = this.#context;
    const turn = await this.#turn();
    if (turn === undefined) return;
    try {
      this.#delivery.startList();
      for await (const step of listPages(client, this.list, {
        namespace,
        signal: this.#signal,
        pageSize: pageSizeOf(this.list),
        // A watch of a later moment than some page's would miss what was deleted in between.
        consistent: true,
      })) {
        turn.succeeded();
        if (step.type === 'restart') this.#delivery.startList();
        else if (step.type === 'page')
          for (const item of step.items) await this.#delivery.set(item, LISTED_OBJECT_WEIGHT);
        else {
          await this.#delivery.finishList();
          this.#resume = step.resourceVersion;
          this.#resyncAt = clock.now() + resyncEvery * (0.75 + 0.5 * random());
        }
      }
    } catch (error) {
      if (!this.#signal.aborted) await this.#listFailed(error, turn);
      return;
    } finally {
      turn.release();
    }
    if (this.#resume === undefined) return;
    this.#hasProgress = false;
    if (this.#gap !== undefined) {
      this.#gap = undefined;
      this.#health.show();
      this.#delivery.notify({ type: 'gap-closed', list: this.list });
    }
    this.#delivery.synced();
  }

  async #listFailed(error: unknown, turn: Turn): Promise<void> {
    if ((error instanceof ApiError && !comesBack(error)) || isTooLarge(error)) {
      turn.succeeded();
      this.#health.answered();
      await this.#openGap(error);
      return;
    }
    turn.failed(error);
    this.#health.failed(error);
    // An API whose server is not there answers like this for good. What was listed before stays, as degraded.
    if (!this.#delivery.isSynced && (error instanceof ApiError || error instanceof ListError))
      await this.#openGap(error);
  }

  async #openGap(error: unknown): Promise<void> {
    const reason = gapReason(error, this.list, false);
    if (this.#gap === reason) return;
    this.#gap = reason;
    this.#health.hide();
    const gap = gapOf(this.list, reason, detailOf(error), this.#context.namespace);
    this.#delivery.notify({ type: 'gap', list: this.list, gap });
    await this.forget();
    if (error instanceof ApiError && error.status === 404) this.#context.discoveryStale();
  }

  async #waitAfterList(): Promise<void> {
    if (this.#signal.aborted) return;
    if (this.#health.failures > 0) await this.#pause(backoff(this.#health.failures, this.#context.random));
    else if (this.#gap !== undefined) await this.#pause(this.#jittered(this.#context.retryGapsEvery));
  }

  async #watch(resourceVersion: string): Promise<void> {
    const turn = await this.#turn();
    if (turn === undefined) return;
    let response: ApiResponse;
    try {
      response = await this.#context.client.send(this.#watchRequest(resourceVersion));
      if (response.status !== 200) return await this.#watchRefused(response, turn);
      turn.succeeded();
    } catch (error) {
      if (this.#signal.aborted) return;
      turn.failed(error);
      return await this.#retryLater(error);
    } finally {
      turn.release();
    }
    await this.#follow(response);
  }

  #watchRequest(resourceVersion: string): ApiRequest {
    const { clock, random, namespace, idleTimeout } = this.#context;
    const seconds = SHORTEST_WATCH_SECONDS * (1 + random());
    const untilResync = (this.#resyncAt - clock.now()) / 1000;
    return {
      path: listPath(this.list, namespace),
      query: {
        ...listSelectors(this.list, namespace),
        watch: 'true',
        resourceVersion,
        allowWatchBookmarks: 'true',
        // The server ends the watch in time for the next list.
        timeoutSeconds: String(Math.max(1, Math.ceil(Math.min(seconds, untilResync)))),
      },
      idleTimeout,
      signal: this.#signal,
    };
  }

  async #watchRefused(response: ApiResponse, turn: Turn): Promise<void> {
    const error = await readError(response);
    if (isExpired(error)) {
      turn.succeeded();
      return await this.#listAnew(error);
    }
    if (comesBack(error)) {
      const seconds = Number(response.headers['retry-after']);
      const retryAfter = Number.isFinite(seconds) ? Math.min(seconds, 60) * 1000 : 0;
      turn.failed(error, retryAfter);
      return await this.#retryLater(error, retryAfter);
    }
    turn.succeeded();
    if (error.status === 404) return await this.#listAnew(error);
    this.#resume = undefined;
    this.#health.unwatchable(error);
    // What was watched until now may be refused as a whole, which the next list tells at once.
    const wasWatched = this.#isWatched;
    this.#isWatched = false;
    if (!wasWatched) await this.#pause(this.#jittered(this.#context.pollEvery));
  }

  async #follow(response: ApiResponse): Promise<void> {
    const { clock } = this.#context;
    const start = clock.now();
    this.#isWatched = true;
    const settling = new AbortController();
    void clock.sleep(SETTLED_AFTER, settling.signal).then(() => {
      if (!settling.signal.aborted) this.#health.healthy();
    });
    let error: unknown;
    try {
      for await (const events of readWatch(response)) {
        this.#health.healthy();
        for (const event of events) await this.#apply(event);
      }
    } catch (thrown) {
      error = thrown;
    } finally {
      settling.abort();
    }
    if (this.#signal.aborted) return;
    if (error !== undefined) await this.#cut(error, clock.now() - start);
    else if (clock.now() - start < SETTLED_AFTER) await this.#retryLater(new Error('a watch ended at once'));
  }

  async #apply(event: ServerEvent): Promise<void> {
    this.#hasProgress = true;
    if (event.type === 'DELETED') {
      await this.#delivery.remove(event.object);
    } else if (event.type !== 'BOOKMARK') {
      await this.#delivery.set(
        this.#isSecret ? withoutSecretValues(event.object) : event.object,
        event.bytes,
      );
    }
    // Only now: what was not handed over is asked for again.
    this.#resume = event.resourceVersion;
  }

  /** The watch ended otherwise than by its time. */
  async #cut(error: unknown, lasted: number): Promise<void> {
    if (isExpired(error)) return await this.#listAnew(error);
    if (error instanceof FrameError || (error instanceof ApiError && error.status !== 429)) {
      // It cannot be known what else was lost.
      this.#resume = undefined;
      return await this.#retryLater(error);
    }
    this.#context.pacing.suspect();
    if (error instanceof ApiError || lasted < SETTLED_AFTER) await this.#retryLater(error);
  }

  /** At once, unless this is what became of the last list as well. */
  async #listAnew(error: unknown): Promise<void> {
    this.#resume = undefined;
    if (!this.#hasProgress) await this.#retryLater(error);
  }

  async #retryLater(error: unknown, atLeast = 0): Promise<void> {
    this.#health.failed(error);
    await this.#pause(Math.max(atLeast, backoff(this.#health.failures, this.#context.random)));
  }

  #turn(): Promise<Turn | undefined> {
    return this.#context.pacing.turn(this.#signal, (error) => this.#health.blocked(error));
  }

  #jittered(milliseconds: number): number {
    return milliseconds * (1 + this.#context.random() / 2);
  }

  async #pause(milliseconds: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([this.#context.clock.sleep(milliseconds, this.#signal), woken]);
    this.#wake = undefined;
  }
}

/** 401 as well: credentials expire and are renewed. 410 may end a list that took too long. */
function comesBack({ status }: ApiError): boolean {
  return status === 401 || status === 408 || status === 410 || status === 429 || status >= 500;
}
