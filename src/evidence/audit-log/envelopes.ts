import { asArray, asObject, isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { cloudAuditEvent } from './cloud-entry.ts';
import { type AuditEvent, auditEvent, isAuditEvent } from './event.ts';

/**
 * Lists of events: EventList and List (`items`), CloudWatch Logs (`events` of FilterLogEvents, `logEvents` of a subscription),
 * Azure Event Hubs (`records`), Cloud Logging (`entries`).
 */
export const LISTS: readonly string[] = ['items', 'events', 'logEvents', 'records', 'entries'];

/**
 * Fields in which collectors and exports put the event, as text or as an object: CloudWatch Logs Insights and EKS (`@message`, `message`),
 * container runtimes and Fluent Bit (`log`), AKS (`properties.log`, `log_s`), Cloud Logging (`textPayload`, `jsonPayload`), Elasticsearch (`_source`).
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
];

/** Envelopes around envelopes that are opened: a list, its entry, the entry's fields, and the text in one. */
const DEEPEST = 5;

/** Hands on each audit event in a JSON value, out of whatever it is wrapped in. @returns whether there was one */
export function openEnvelope(
  value: Json,
  found: (event: AuditEvent, raw: JsonObject | undefined) => void,
  depth = 0,
): boolean {
  if (!isObject(value) || depth > DEEPEST) return false;
  if (isAuditEvent(value)) {
    found(auditEvent(value), value);
    return true;
  }
  const entry = cloudAuditEvent(value);
  if (entry !== undefined) {
    found(entry, undefined);
    return true;
  }
  let any = false;
  for (const field of LISTS) {
    for (const item of asArray(value[field]) ?? []) any = openEnvelope(item, found, depth + 1) || any;
  }
  return any || FIELDS.some((field) => openEnvelope(parsed(value[field]), found, depth + 1));
}

function parsed(value: Json | undefined): Json {
  if (typeof value !== 'string') return asObject(value) ?? null;
  const start = value.indexOf('{');
  if (start < 0) return null;
  try {
    return JSON.parse(value.slice(start)) as JsonObject;
  } catch {
    return null;
  }
}
