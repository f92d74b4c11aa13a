import { type Gap, resourceName } from '../kubernetes/gaps.ts';
import type { JsonObject } from '../kubernetes/json.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { WatchEvent } from './cluster/watch/events.ts';
import { prune } from './prune.ts';
import type { ResourceList } from './snapshot.ts';
import { apiObject, hasEnded } from './snapshot-evidence.ts';

/** What one object is, through all its states. */
interface Identity {
  readonly group: string;
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** What a watch must hold of an object; nothing of one that no check is asked about. */
export function keepForChecks(object: JsonObject, list: ResourceList): JsonObject | undefined {
  return hasEnded(list, object) ? undefined : prune(object);
}

/** Gathers the events of a watch until somebody asks what has changed: of many changes of one object the last one counts. */
export class PendingChanges {
  readonly #set = new Map<string, KubernetesObject>();
  readonly #removed = new Map<string, Identity>();
  readonly #gaps = new Map<string, Gap>();
  readonly #synced = new Set<string>();
  #discoveryGaps: readonly Gap[] = [];
  #lists: readonly ResourceList[] = [];

  /** Every list was read, or cannot be. */
  get isComplete(): boolean {
    return (
      this.#lists.length > 0 &&
      this.#lists.every((list) => this.#synced.has(keyOf(list)) || this.#gaps.has(keyOf(list)))
    );
  }

  take(event: WatchEvent): void {
    switch (event.type) {
      case 'lists':
        this.#lists = event.lists;
        this.#discoveryGaps = event.gaps;
        this.#forget(new Set(event.lists.map(keyOf)));
        break;
      case 'set':
        this.put(apiObject(event.list, event.object));
        break;
      case 'removed': {
        const { group, kind } = event.list;
        const { namespace, name } = event.object;
        this.#remove({ group, kind, namespace, name });
        break;
      }
      case 'synced':
        this.#synced.add(keyOf(event.list));
        break;
      case 'gap':
        this.#gaps.set(keyOf(event.list), event.gap);
        this.#synced.delete(keyOf(event.list));
        break;
      case 'gap-closed':
        this.#gaps.delete(keyOf(event.list));
        break;
      case 'degraded':
      case 'recovered':
        break;
    }
  }

  put(object: KubernetesObject): void {
    const key = textOf(identityOf(object));
    this.#removed.delete(key);
    this.#set.set(key, object);
  }

  /** What has changed since the last time. */
  drain(): {
    readonly set: readonly KubernetesObject[];
    readonly removed: readonly Identity[];
    readonly gaps: readonly Gap[];
    readonly lists: number;
  } {
    // In an order that does not depend on when they were found.
    const gaps = [...this.#discoveryGaps, ...this.#gaps.values()].sort((a, b) =>
      resourceName(a) < resourceName(b) ? -1 : 1,
    );
    const changes = {
      set: [...this.#set.values()],
      removed: [...this.#removed.values()],
      gaps,
      lists: this.#synced.size,
    };
    this.#set.clear();
    this.#removed.clear();
    return changes;
  }

  #remove(identity: Identity): void {
    const key = textOf(identity);
    this.#set.delete(key);
    this.#removed.set(key, identity);
  }

  #forget(lists: ReadonlySet<string>): void {
    for (const key of this.#synced) if (!lists.has(key)) this.#synced.delete(key);
    for (const key of this.#gaps.keys()) if (!lists.has(key)) this.#gaps.delete(key);
  }
}

function keyOf({ group, resource }: ResourceList): string {
  return `${group}/${resource}`;
}

function identityOf({ group, kind, namespace = '', name }: KubernetesObject): Identity {
  return { group, kind, namespace, name };
}

function textOf({ group, kind, namespace, name }: Identity): string {
  return `${group}/${kind}/${namespace}/${name}`;
}
