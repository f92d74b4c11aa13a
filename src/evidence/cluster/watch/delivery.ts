import type { JsonObject } from '../../../kubernetes/json.ts';
import type { ResourceList } from '../../snapshot.ts';
import type { ObjectIdentity, WatchEvent } from './events.ts';
import { KnownObjects } from './known.ts';
import type { BoundedQueue } from './queue.ts';

export interface DeliveryContext {
  readonly queue: BoundedQueue<WatchEvent>;
  /** Undefined for what the reader does not want. */
  readonly keep: (object: JsonObject, list: ResourceList) => JsonObject | undefined;
  /** What the server serves may have changed. */
  readonly discoveryStale: () => void;
}

const NOTICE_WEIGHT = 256;
/** These say which other lists there are. */
const DEFINING = new Set(['customresourcedefinitions', 'apiservices']);

/** Tells the reader what is new to him of one list, and waits while he is behind. */
export class Delivery {
  readonly #list: ResourceList;
  readonly #context: DeliveryContext;
  readonly #known = new KnownObjects();
  #isSynced = false;

  constructor(list: ResourceList, context: DeliveryContext) {
    this.#list = list;
    this.#context = context;
  }

  /** Whether the reader has all of the list. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** What is not `set` until `finishList` is gone. */
  startList(): void {
    this.#known.startList();
  }

  async finishList(): Promise<void> {
    for (const object of this.#known.sweep()) await this.#removed(object);
  }

  /** After `finishList` and whatever else is to be said before. */
  synced(): void {
    this.#isSynced = true;
    this.notify({ type: 'synced', list: this.#list });
  }

  /** The reader is to forget all objects. */
  async forget(): Promise<void> {
    this.#isSynced = false;
    for (const object of this.#known.clear()) await this.#removed(object);
  }

  /** @param weight bytes that the object took on its way */
  async set(object: JsonObject, weight: number): Promise<void> {
    const kept = this.#context.keep(object, this.#list);
    if (kept === undefined) {
      const hidden = this.#known.hide(object);
      if (hidden) await this.#removed(hidden);
      return;
    }
    const change = this.#known.set(object);
    if (change === undefined) return;
    if (change.replaced) await this.#removed(change.replaced);
    await this.#changed({ type: 'set', list: this.#list, object: kept }, weight);
  }

  async remove(object: JsonObject): Promise<void> {
    const removed = this.#known.remove(object);
    if (removed) await this.#removed(removed);
  }

  /** Without waiting, for what is small and rare. */
  notify(event: WatchEvent): void {
    void this.#context.queue.push(event, NOTICE_WEIGHT);
  }

  async #removed(object: ObjectIdentity): Promise<void> {
    await this.#changed({ type: 'removed', list: this.#list, object }, NOTICE_WEIGHT);
  }

  async #changed(event: WatchEvent, weight: number): Promise<void> {
    if (this.#isSynced && DEFINING.has(this.#list.resource)) this.#context.discoveryStale();
    await this.#context.queue.push(event, weight);
  }
}
