import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import type { Origin } from '../decoded.ts';
import { redactedText } from '../node/redacted.ts';
import { oneLine } from '../node/text.ts';
import { type EventRecord, record } from '../record.ts';

/** When a Pod was looked at, in microseconds since the epoch. */
export interface Seen {
  readonly at: number;
  /** When the cluster was last looked at before; undefined for the first time. */
  readonly after: number | undefined;
}

export interface PodDeed {
  /** What tells this from others of its verb in the life of one Pod. */
  readonly id: string;
  readonly time?: number | undefined;
  readonly container?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly code?: number;
  /** The part of the Pod's status that says so. */
  readonly shown?: JsonObject | undefined;
}

/** Collects what happened to one Pod. */
export class PodRecords {
  readonly #records: EventRecord[] = [];
  readonly #pod: JsonObject | undefined;
  readonly #node: string;
  readonly #origin: Origin;
  readonly #seen: Seen;

  constructor(pod: JsonObject, origin: Origin, seen: Seen) {
    this.#pod = asObject(pod['metadata']);
    this.#node = oneLine(asString(asObject(pod['spec'])?.['nodeName']) ?? '');
    this.#origin = origin;
    this.#seen = seen;
  }

  get version(): string {
    return asString(this.#pod?.['resourceVersion']) ?? '';
  }

  get all(): EventRecord[] {
    return this.#records.sort((a, b) => a.time - b.time);
  }

  add(verb: string, deed: PodDeed): void {
    const { cluster, inlet } = this.#origin;
    const { at, after } = this.#seen;
    const [namespace, name, uid, version] = ['namespace', 'name', 'uid', 'resourceVersion'].map((field) =>
      oneLine(asString(this.#pod?.[field]) ?? ''),
    ) as [string, string, string, string];
    const { container = '' } = deed;
    const message = redactedText(deed.message ?? '');
    const raw = {
      verb,
      pod: { namespace, name, uid, resourceVersion: version },
      ...(container === '' ? {} : { container }),
      ...(deed.reason === undefined || deed.reason === '' ? {} : { reason: deed.reason }),
      ...(message.text === '' ? {} : { message: message.text }),
      ...(deed.shown === undefined ? {} : { shown: deed.shown }),
      seenAt: stamp(at),
      ...(after === undefined ? {} : { notBefore: stamp(after) }),
      ...(deed.time === undefined ? { timeIs: 'seen' } : {}),
    };
    const whole = redactedText(JSON.stringify(raw));
    this.#records.push(
      record({
        key: `pod ${cluster} ${uid || `${namespace}/${name}`} ${verb} ${container} ${deed.id}`,
        time: deed.time ?? at,
        source: 'lifecycle',
        cluster,
        inlet,
        verb,
        api_version: 'v1',
        resource: 'pods',
        namespace,
        name,
        uid,
        pod: name,
        container,
        node: this.#node,
        code: deed.code ?? -1,
        reason: deed.reason ?? '',
        message: message.text,
        redactions: whole.count,
        raw: whole.text,
      }),
    );
  }
}

function stamp(micros: number): string {
  return new Date(micros / 1000).toISOString();
}
