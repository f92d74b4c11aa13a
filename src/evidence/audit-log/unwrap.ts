import { gunzipSync } from 'node:zlib';
import { asArray, asObject, asString, isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { aksRow } from './aks-row.ts';
import { isCloudAuditEntry } from './cloud-entry.ts';
import { isOfContainer } from './container-log.ts';
import { isAuditEvent } from './event.ts';

/** An event, taken out of what it was wrapped in. */
export interface Unwrapped {
  /** `audit`: as the API server wrote it; `cloud-logging`: an entry of Google Cloud Audit Logs about a request. */
  readonly form: 'audit' | 'cloud-logging';
  readonly event: JsonObject;
  /** Its own text, where the envelope kept it as one or there was no envelope; undefined where it was put together anew. */
  readonly text: string | undefined;
  /** The cluster as the envelope calls it; empty where it does not. */
  readonly cluster: string;
}

/**
 * Lists of events: EventList and List (`items`), CloudWatch Logs (`events` of FilterLogEvents and GetLogEvents, `logEvents` of a
 * subscription), Azure Event Hubs and Data Firehose (`records`), Cloud Logging (`entries`), OTLP (`resourceLogs`).
 */
export const LISTS: readonly string[] = [
  'items',
  'events',
  'logEvents',
  'records',
  'entries',
  'resourceLogs',
  'scopeLogs',
  'logRecords',
  'hits',
];

/**
 * Fields in which collectors and exports put the event, as text or as an object: CloudWatch Logs Insights and EKS (`@message`, `message`),
 * container runtimes and Fluent Bit (`log`), AKS (`properties.log`, `log_s`), Cloud Logging (`textPayload`, `jsonPayload`),
 * Elasticsearch (`_source`, `hits`), OTLP (`body.stringValue`), Elastic Agent (`kubernetes.audit`), rsyslog (`msg`).
 */
const FIELDS: readonly string[] = [
  '@message',
  'message',
  'log',
  'properties',
  'log_s',
  'textPayload',
  'jsonPayload',
  '_source',
  'event',
  'body',
  'stringValue',
  'hits',
  'msg',
];

/** Envelopes around envelopes that are opened: a list, its entry, the entry's fields, and the text in one; three lists in OTLP. */
const DEEPEST = 9;
/** Of a compressed payload; CloudWatch Logs sends at most 1 MiB, a record of Kinesis at most 10 MiB. */
const LONGEST_PAYLOAD = 64 << 20;

export interface UnwrapHandler {
  readonly found: (unwrapped: Unwrapped) => void;
  /** An entry of a list without an event, where others have one. */
  readonly missed?: (entry: Json) => void;
}

/**
 * Hands on each audit event in a JSON value, out of whatever it is wrapped in but the output of a container, which may look like one.
 * @param text the value's own text, where there is one
 * @returns whether there was one
 */
export function unwrap(
  value: Json,
  text: string | undefined,
  handler: UnwrapHandler,
  around = '',
  depth = 0,
): boolean {
  if (!isObject(value) || depth > DEEPEST || isOfContainer(value)) return false;
  const cluster = clusterOf(value) ?? around;
  if (isAuditEvent(value)) {
    handler.found({ form: 'audit', event: value, text, cluster });
    return true;
  }
  if (isCloudAuditEntry(value)) {
    handler.found({ form: 'cloud-logging', event: value, text, cluster });
    return true;
  }
  const row = aksRow(value);
  if (row !== undefined) {
    handler.found({ form: 'audit', event: row, text: undefined, cluster });
    return true;
  }
  const open = (inner: Json | undefined): boolean => {
    const [opened, own] = opening(inner);
    return unwrap(opened, own, handler, cluster, depth + 1);
  };
  let any = false;
  const missed: Json[] = [];
  const openEach = (entry: Json, inner = entry): void => {
    if (open(inner)) any = true;
    else missed.push(entry);
  };
  for (const field of LISTS) for (const entry of asArray(value[field]) ?? []) openEach(entry);
  for (const entry of asArray(value['results']) ?? []) openEach(entry, insightsRow(entry));
  if (any) for (const entry of missed) handler.missed?.(entry);
  if (any) return true;
  if (FIELDS.some((field) => open(value[field]))) return true;
  const audit = asObject(asObject(value['kubernetes'])?.['audit']);
  if (audit !== undefined && open(audit)) return true;
  const values = asObject(value['kvlistValue'])?.['values'];
  if (values !== undefined && open(keyValues(values))) return true;
  return openPayload(value, open);
}

/** Text that is JSON, behind whatever stands in front of it, with the text that it is. */
function opening(value: Json | undefined): [value: Json, text: string | undefined] {
  if (typeof value !== 'string') return [asObject(value) ?? null, undefined];
  const start = value.indexOf('{');
  if (start < 0) return [null, undefined];
  const text = value.slice(start).trimEnd();
  try {
    return [JSON.parse(text) as Json, text];
  } catch {
    return [null, undefined];
  }
}

/** A row of CloudWatch Logs Insights (GetQueryResults): a list of fields and values. */
function insightsRow(row: Json): Json {
  if (!Array.isArray(row)) return row;
  return Object.fromEntries(row.filter(isObject).map(({ field, value }) => [String(field), value ?? null]));
}

/** opentelemetry.proto.common.v1 KeyValueList in its JSON form. */
function keyValues(list: Json): JsonObject {
  const values = (asArray(list) ?? []).filter(isObject);
  return Object.fromEntries(values.map(({ key, value }) => [String(key), anyValue(asObject(value))]));
}

function anyValue(value: JsonObject | undefined): Json {
  if (value === undefined) return null;
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue } = value;
  // 64 bit numbers are texts in the JSON form of Protocol Buffers.
  if (typeof intValue === 'string') return Number(intValue);
  if (arrayValue !== undefined) {
    return (asArray(asObject(arrayValue)?.['values']) ?? []).map((each) => anyValue(asObject(each)));
  }
  if (kvlistValue !== undefined) return keyValues(asObject(kvlistValue)?.['values'] ?? []);
  return stringValue ?? boolValue ?? intValue ?? doubleValue ?? null;
}

/** Compressed payloads in base64: `awslogs.data` of Lambda, `data` of Data Firehose, `kinesis.data`. */
function openPayload(value: JsonObject, open: (inner: Json) => boolean): boolean {
  const data =
    asString(asObject(value['awslogs'])?.['data']) ??
    asString(asObject(value['kinesis'])?.['data']) ??
    asString(value['data']);
  // The start of gzip (RFC 1952) in base64.
  if (data?.startsWith('H4sI') !== true) return false;
  try {
    return open(
      gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: LONGEST_PAYLOAD }).toString('utf8'),
    );
  } catch {
    return false;
  }
}

const EKS_LOG_GROUP = /\/aws\/eks\/([^/]+)\/cluster/;
const AKS_RESOURCE = /\/managedclusters\/([^/]+)|\/connectedclusters\/([^/]+)/i;

/**
 * How an envelope calls the cluster: EKS by the log group `/aws/eks/NAME/cluster`, GKE by `resource.labels.cluster_name`, AKS by the
 * resource's identifier (in small letters, since Azure's own parts disagree about them), others by k8s.cluster.name (OpenTelemetry) or
 * orchestrator.cluster.name (Elastic Common Schema).
 */
function clusterOf(value: JsonObject): string | undefined {
  const group = asString(value['logGroup']) ?? asString(value['@log']) ?? asString(value['logGroupName']);
  const eks = group === undefined ? null : EKS_LOG_GROUP.exec(group);
  if (eks !== null) return eks[1];
  const identifier =
    asString(value['resourceId']) ?? asString(value['_ResourceId']) ?? asString(value['ResourceId']);
  const aks = identifier === undefined ? null : AKS_RESOURCE.exec(identifier);
  if (aks !== null) return (aks[1] ?? aks[2])!.toLowerCase();
  const resource = asObject(value['resource']);
  if (resource !== undefined) {
    const labelled = asString(asObject(resource['labels'])?.['cluster_name']);
    if (labelled !== undefined) return labelled;
    const attributes = resource['attributes'];
    if (attributes !== undefined) {
      const all = Array.isArray(attributes) ? keyValues(attributes) : asObject(attributes);
      const name = asString(all?.['k8s.cluster.name']);
      if (name !== undefined) return name;
    }
  }
  return asString(asObject(asObject(value['orchestrator'])?.['cluster'])?.['name']);
}
