import { ApiResources } from '../../kubernetes/api-resources.ts';
import { asNumber, asObject, asString, isObject, type JsonObject, objectsIn } from '../../kubernetes/json.ts';
import { readYaml } from '../../kubernetes/yaml/index.ts';
import { microseconds } from '../audit/index.ts';
import { type Decoded, NOTHING, type Origin, type Refused, refused } from '../decoded.ts';
import { oneLine } from '../node/text.ts';
import { type EventRecord, record } from '../record.ts';
import { Redactions, redactJson, TooDeep } from '../redaction/index.ts';

const EVENT_VERSIONS = new Set(['v1', 'events.k8s.io/v1', 'events.k8s.io/v1beta1']);
const RESOURCES = new ApiResources();
const CONTAINER = /^spec\.(?:initContainers|containers|ephemeralContainers)\{([a-z0-9-]{1,63})\}$/;

/** True for Events of Kubernetes (core/v1 and events.k8s.io), which are not audit events. */
export function isEventObject(object: JsonObject): boolean {
  return object['kind'] === 'Event' && EVENT_VERSIONS.has(asString(object['apiVersion']) ?? '');
}

/**
 * A Kubernetes Event as a record. Each increase of its count is a record of its own, at the time of the last of them. Undefined for what has no
 * name or no time, and for what nests too deep.
 */
export function eventRecord(object: JsonObject, origin: Origin): EventRecord | undefined {
  const tally = new Redactions();
  const event = redacted(object, tally);
  const metadata = asObject(event?.['metadata']);
  const name = text(metadata, 'name');
  const time = event === undefined ? undefined : lastTime(event, metadata);
  if (event === undefined || name === '' || time === undefined) return undefined;
  const about = asObject(event['involvedObject']) ?? asObject(event['regarding']);
  const kind = text(about, 'kind');
  const version = text(about, 'apiVersion');
  const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
  const source = asObject(event['source']) ?? asObject(event['deprecatedSource']);
  const reporter =
    text(event, 'reportingComponent') || text(event, 'reportingController') || text(source, 'component');
  const reason = text(event, 'reason');
  return record({
    key: keyOf(event, metadata, time, origin),
    time,
    source: 'event',
    cluster: origin.cluster,
    inlet: origin.inlet,
    level: text(event, 'type') === 'Warning' ? 'warning' : 'info',
    verb: reason || text(event, 'action') || 'event',
    user: reporter,
    api_group: group,
    api_version: version.slice(version.indexOf('/') + 1),
    resource: RESOURCES.find(kind, group)?.resource ?? '',
    namespace: text(about, 'namespace'),
    name: text(about, 'name'),
    uid: text(about, 'uid'),
    reason,
    pod: kind === 'Pod' ? text(about, 'name') : '',
    container: CONTAINER.exec(text(about, 'fieldPath'))?.[1] ?? '',
    node: nodeOf(event, source, about, reporter),
    message: text(event, 'message') || text(event, 'note'),
    redactions: tally.total,
    raw: JSON.stringify(event),
  });
}

function redacted(object: JsonObject, tally: Redactions): JsonObject | undefined {
  try {
    const { metadata, ...rest } = structuredClone(object);
    // Who wrote which field when: longer than the Event, and said by its reporter.
    const { managedFields: _, ...kept } = asObject(metadata) ?? {};
    const value = redactJson({ ...rest, metadata: kept }, tally);
    return isObject(value) ? value : undefined;
  } catch (error) {
    // structuredClone gives up by RangeError at depths where redactJson has long done so.
    if (error instanceof TooDeep || error instanceof RangeError) return undefined;
    throw error;
  }
}

function keyOf(
  event: JsonObject,
  metadata: JsonObject | undefined,
  time: number,
  { cluster }: Origin,
): string {
  const count = asNumber(asObject(event['series'])?.['count']) ?? event['count'] ?? event['deprecatedCount'];
  const identity = text(metadata, 'uid') || `${text(metadata, 'namespace')}/${text(metadata, 'name')}`;
  const version = text(metadata, 'resourceVersion') || String(time);
  return `event ${cluster} ${identity} ${version} ${asNumber(count) ?? 1}`;
}

function lastTime(event: JsonObject, metadata: JsonObject | undefined): number | undefined {
  const times = [
    asObject(event['series'])?.['lastObservedTime'],
    event['lastTimestamp'],
    event['deprecatedLastTimestamp'],
    event['eventTime'],
    event['firstTimestamp'],
    event['deprecatedFirstTimestamp'],
    metadata?.['creationTimestamp'],
  ];
  for (const value of times) {
    const time = typeof value === 'string' ? microseconds(value) : undefined;
    // Go writes the zero time of year 1 where it has none.
    if (time !== undefined && time > 0) return time;
  }
  return undefined;
}

/** Kubelets name their node twice; others report as the pod that they run in. */
function nodeOf(
  event: JsonObject,
  source: JsonObject | undefined,
  about: JsonObject | undefined,
  reporter: string,
): string {
  const host = text(source, 'host');
  if (host !== '') return host;
  if (reporter === 'kubelet') return text(event, 'reportingInstance');
  return text(about, 'kind') === 'Node' ? text(about, 'name') : '';
}

function text(object: JsonObject | undefined, key: string): string {
  return oneLine(asString(object?.[key]) ?? '');
}

/** Events that came with audit events of writing them, where the audit policy keeps answers: the same records as by watching. */
export function eventOfAudit(audit: JsonObject, origin: Origin): EventRecord | undefined {
  const target = asObject(audit['objectRef']);
  const status = asNumber(asObject(audit['responseStatus'])?.['code']) ?? 0;
  const object = asObject(audit['responseObject']);
  if (target?.['resource'] !== 'events' || status < 200 || status > 299 || object === undefined)
    return undefined;
  if (audit['verb'] === 'delete' || !isEventObject(object)) return undefined;
  return eventRecord(object, origin);
}

/** Events as `kubectl get events -o json` or `-o yaml` writes them: one, a list of them, or several documents. */
export function decodeEventFile(bytes: Uint8Array, origin: Origin): Decoded {
  const records: EventRecord[] = [];
  const refusals: Refused[] = [];
  let number = 0;
  for (const { value, start, end, error } of readYaml(bytes)) {
    number++;
    const where = `document ${number}`;
    if (error !== undefined) refusals.push(refused('not-json', where, bytes.subarray(start, end)));
    else if (value !== undefined && value !== null) {
      const decoded = isObject(value)
        ? decodeEventObjects(value, origin)
        : { records: [], refused: [refused('not-an-event', where, bytes.subarray(start, end))] };
      records.push(...decoded.records);
      refusals.push(...decoded.refused);
    }
  }
  return { records, refused: refusals };
}

/** An Event, or the Events of a List. */
export function decodeEventObjects(value: JsonObject, origin: Origin): Decoded {
  const kind = asString(value['kind']) ?? '';
  if (kind !== 'List' && kind !== 'EventList') return decodeOne(value, origin, '');
  const items = objectsIn(value['items']);
  if (items.length === 0) return NOTHING;
  // Items of an EventList leave out what the list says for all of them.
  const shared = kind === 'EventList' ? { apiVersion: value['apiVersion'] ?? 'v1', kind: 'Event' } : {};
  const parts = items.map((item, index) => decodeOne({ ...shared, ...item }, origin, `item ${index}`));
  return {
    records: parts.flatMap(({ records }) => records),
    refused: parts.flatMap((part) => part.refused),
  };
}

function decodeOne(object: JsonObject, origin: Origin, where: string): Decoded {
  const isEvent = isEventObject(object);
  const made = isEvent ? eventRecord(object, origin) : undefined;
  if (made !== undefined) return { records: [made], refused: [] };
  const reason = isEvent ? 'missing-fields' : 'not-an-event';
  return { records: [], refused: [refused(reason, where, shortText(object))] };
}

function shortText(object: JsonObject): string {
  try {
    return JSON.stringify(object);
  } catch {
    return '';
  }
}
