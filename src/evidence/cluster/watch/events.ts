import type { Gap } from '../../../kubernetes/gaps.ts';
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { ResourceList } from '../../snapshot.ts';

/** What tells one object of a list from all others, of past and future ones as well. */
export interface ObjectIdentity {
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Why the objects of a list may be older than they seem. */
export type DegradedReason =
  /** No answer, or only answers that ask to come back later, for longer than `degradedAfter`. */
  | 'disconnected'
  /** The list is allowed but watching it is not, or the API cannot watch: it is listed anew every `pollEvery`. */
  | 'watch-refused';

/**
 * A change of what the cluster shows. For each object, events come in the order in which the server made the changes;
 * between objects and lists there is no order.
 */
export type WatchEvent =
  /**
   * What is watched from now on, and what cannot be: the first of all events, and again where it has changed. Objects of
   * lists that are left out follow as removed; nothing else is said of these lists any more, not even the end of a gap.
   */
  | { readonly type: 'lists'; readonly lists: readonly ResourceList[]; readonly gaps: readonly Gap[] }
  /** The object was added or modified; it is whole, as `keep` left it. */
  | { readonly type: 'set'; readonly list: ResourceList; readonly object: JsonObject }
  | { readonly type: 'removed'; readonly list: ResourceList; readonly object: ObjectIdentity }
  /**
   * All objects of the list were sent and what is gone was sent as removed: after the first list, and after each time
   * that it had to be listed anew. Before the first one, nothing can be said of objects that were not seen.
   */
  | { readonly type: 'synced'; readonly list: ResourceList }
  /** The list is not shown (any more): all of its objects that were known follow as removed. */
  | { readonly type: 'gap'; readonly list: ResourceList; readonly gap: Gap }
  /** The list is shown (again), and all of its objects were sent; comes just before `synced`. */
  | { readonly type: 'gap-closed'; readonly list: ResourceList }
  /** Objects are kept as they were last seen. `error` is an ApiError or a KubeStrideError as the client threw it. */
  | {
      readonly type: 'degraded';
      readonly list: ResourceList;
      readonly reason: DegradedReason;
      readonly error: unknown;
    }
  /** Ends `degraded`, as `gap` does. */
  | { readonly type: 'recovered'; readonly list: ResourceList };
