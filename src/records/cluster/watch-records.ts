import type { ApiClient } from '../../evidence/cluster/client.ts';
import type { ObjectIdentity, WatchEvent } from '../../evidence/cluster/watch/events.ts';
import { type WatchOptions, watchCluster } from '../../evidence/cluster/watch/watch.ts';
import type { ResourceList } from '../../evidence/snapshot.ts';
import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import type { Origin } from '../decoded.ts';
import type { SeenPods } from '../node/containers/directory.ts';
import { oneLine } from '../node/text.ts';
import { type EventRecord, record } from '../record.ts';
import { eventRecord } from './event-object.ts';
import { keptPod } from './kept-pod.ts';
import { podChanges } from './pod-changes.ts';
import type { Seen } from './pod-records.ts';

const PODS: ResourceList = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const EVENTS: ResourceList = {
  group: '',
  version: 'v1',
  resource: 'events',
  kind: 'Event',
  namespaced: true,
};
/** About 2 KB each; of more, those that were seen first are forgotten, and their end is told without what they were. */
const MOST_PODS = 200_000;

export interface WatchRecordsOptions extends Pick<WatchOptions, 'namespace' | 'signal' | 'clock' | 'random'> {
  readonly origin: Origin;
  /** Learns which containers belong to which Pods. */
  readonly directory?: SeenPods;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * Records of Pods' lives and of Events, as the cluster shows them, until the signal is aborted: first what is there, then what changes. A watch
 * that is cut or whose moment is forgotten (410) is taken up again by a list, of which what is known already is told no second time. What could
 * not be watched, and from when to when, is told as records of the collecting.
 * @param onRecords stores them; nothing more is read until it has. What it throws ends the watch.
 */
export async function watchRecords(
  client: ApiClient,
  onRecords: (records: readonly EventRecord[]) => Promise<void>,
  options: WatchRecordsOptions,
): Promise<void> {
  const { origin, directory, now = Date.now, namespace, signal, clock, random } = options;
  const reader = new Reader(origin, directory);
  const watch = watchCluster(client, [PODS, EVENTS], {
    keep: (object, list) => (list.resource === 'pods' ? keptPod(object) : object),
    ...(namespace === undefined ? {} : { namespace }),
    ...(signal === undefined ? {} : { signal }),
    ...(clock === undefined ? {} : { clock }),
    ...(random === undefined ? {} : { random }),
  });
  for await (const events of watch) {
    const records = reader.read(events, now() * 1000);
    if (records.length > 0) await onRecords(records);
  }
}

class Reader {
  readonly #origin: Origin;
  readonly #directory: SeenPods | undefined;
  readonly #pods = new Map<string, JsonObject>();
  #before: number | undefined;
  /** While Pods are not shown: which of those that were known have been shown again. */
  #shownAgain: Set<string> | undefined;

  constructor(origin: Origin, directory: SeenPods | undefined) {
    this.#origin = origin;
    this.#directory = directory;
  }

  read(events: readonly WatchEvent[], at: number): EventRecord[] {
    const seen = { at, after: this.#before };
    const records = events.flatMap((event) => this.#recordsOf(event, seen));
    this.#before = at;
    return records;
  }

  #recordsOf(event: WatchEvent, seen: Seen): EventRecord[] {
    if (event.type === 'lists') return [];
    const isPod = event.list.resource === 'pods';
    if (event.type === 'set') {
      if (isPod) return this.#pod(event.object, seen);
      const made = eventRecord(event.object, this.#origin);
      return made === undefined ? [] : [made];
    }
    if (event.type === 'removed')
      return isPod && this.#shownAgain === undefined ? this.#gone(event.object, seen) : [];
    const notice = this.#notice(event, seen.at);
    if (!isPod) return [notice];
    // All Pods follow as removed, which says nothing of them.
    if (event.type === 'gap') this.#shownAgain ??= new Set();
    return event.type === 'synced' ? [...this.#goneMeanwhile(seen), notice] : [notice];
  }

  #gone({ uid, namespace, name }: ObjectIdentity, seen: Seen): EventRecord[] {
    const previous = this.#pods.get(uid) ?? { metadata: { uid, namespace, name } };
    this.#pods.delete(uid);
    return podChanges(previous, undefined, this.#origin, seen);
  }

  #goneMeanwhile(seen: Seen): EventRecord[] {
    const shown = this.#shownAgain;
    this.#shownAgain = undefined;
    if (shown === undefined) return [];
    const gone = [...this.#pods].filter(([uid]) => !shown.has(uid));
    return gone.flatMap(([uid]) => this.#gone({ uid, namespace: '', name: '' }, seen));
  }

  #pod(pod: JsonObject, seen: Seen): EventRecord[] {
    const uid = asString(asObject(pod['metadata'])?.['uid']) ?? '';
    const previous = this.#pods.get(uid);
    this.#shownAgain?.add(uid);
    this.#pods.delete(uid);
    this.#pods.set(uid, pod);
    if (this.#pods.size > MOST_PODS) this.#pods.delete(this.#pods.keys().next().value!);
    this.#directory?.addPod(pod);
    return podChanges(previous, pod, this.#origin, seen);
  }

  #notice(
    event: Exclude<WatchEvent, { readonly type: 'lists' | 'set' | 'removed' }>,
    at: number,
  ): EventRecord {
    const { cluster, inlet } = this.#origin;
    const { resource } = event.list;
    const reason = event.type === 'gap' ? event.gap.reason : event.type === 'degraded' ? event.reason : '';
    const error = event.type === 'degraded' && event.error instanceof Error ? event.error.message : '';
    const message = oneLine(error);
    return record({
      key: `watch ${cluster} ${inlet} ${resource} ${event.type} ${at}`,
      time: at,
      source: 'collector',
      cluster,
      inlet,
      verb: `watch-${event.type}`,
      resource,
      reason,
      message,
      raw: JSON.stringify({ watch: event.type, resource, reason, message }),
    });
  }
}
