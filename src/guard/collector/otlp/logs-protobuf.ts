import type { Json, JsonObject } from '../../../kubernetes/json.ts';
import { DEEPEST } from '../documents/redact-document.ts';
import { LogList } from './log-list.ts';
import type { LogDocument } from './logs.ts';
import { fieldsIn, ProtobufError } from './protobuf.ts';

const text = (bytes: Buffer): string => bytes.toString('utf8');

/**
 * The log records of an ExportLogsServiceRequest (opentelemetry-proto, opentelemetry/proto/{collector/logs,logs,resource,common}/v1).
 * Throws ProtobufError, and Refusal (too-large).
 */
export function logsOfProtobuf(message: Buffer): LogDocument[] {
  const logs = new LogList();
  for (const { number, bytes } of fieldsIn(message)) if (number === 1) resourceLogs(bytes, logs);
  return logs.list;
}

function resourceLogs(message: Buffer, logs: LogList): void {
  let resource: JsonObject = {};
  const scopes: Buffer[] = [];
  for (const { number, bytes } of fieldsIn(message)) {
    if (number === 1) resource = attributesOf(bytes, 1);
    else if (number === 2) {
      logs.count();
      scopes.push(bytes);
    }
  }
  for (const bytes of scopes) scopeLogs(bytes, resource, logs);
}

function scopeLogs(message: Buffer, resource: JsonObject, logs: LogList): void {
  let scope: JsonObject | undefined;
  const records: Buffer[] = [];
  for (const { number, bytes } of fieldsIn(message)) {
    if (number === 1) scope = scopeOf(bytes);
    else if (number === 2) {
      logs.count();
      records.push(bytes);
    }
  }
  for (const bytes of records) logs.push(logRecord(bytes, resource, scope));
}

function scopeOf(message: Buffer): JsonObject {
  const scope: JsonObject = {};
  for (const { number, bytes } of fieldsIn(message)) {
    if (number === 1) scope['name'] = text(bytes);
    else if (number === 2) scope['version'] = text(bytes);
  }
  const attributes = attributesOf(message, 3);
  return Object.keys(attributes).length === 0 ? scope : { ...scope, attributes };
}

function logRecord(message: Buffer, resource: JsonObject, scope: JsonObject | undefined): LogDocument {
  const log: JsonObject = { resource };
  if (scope !== undefined) log['scope'] = scope;
  for (const { number, integer, bytes } of fieldsIn(message)) {
    switch (number) {
      case 1:
        if (integer !== 0n) log['timeUnixNano'] = String(integer);
        break;
      case 2:
        log['severityNumber'] = Number(integer);
        break;
      case 3:
        log['severityText'] = text(bytes);
        break;
      case 5:
        log['body'] = anyValue(bytes, 0);
        break;
      case 7:
        log['droppedAttributesCount'] = Number(integer);
        break;
      case 8:
        log['flags'] = Number(integer);
        break;
      case 9:
        log['traceId'] = bytes.toString('hex');
        break;
      case 10:
        log['spanId'] = bytes.toString('hex');
        break;
      case 11:
        if (integer !== 0n) log['observedTimeUnixNano'] = String(integer);
        break;
      case 12:
        log['eventName'] = text(bytes);
        break;
      default:
    }
  }
  const attributes = attributesOf(message, 6);
  return { ...log, attributes };
}

/** Repeated KeyValue in one field of a message. */
function attributesOf(message: Buffer, field: number, depth = 0): JsonObject {
  const entries: [string, Json][] = [];
  for (const { number, bytes } of fieldsIn(message)) {
    if (number !== field) continue;
    let key = '';
    let value: Json = null;
    for (const part of fieldsIn(bytes)) {
      if (part.number === 1) key = text(part.bytes);
      else if (part.number === 2) value = anyValue(part.bytes, depth);
    }
    entries.push([key, value]);
  }
  return Object.fromEntries(entries);
}

/** AnyValue: of a oneof the last one counts. */
function anyValue(message: Buffer, depth: number): Json {
  if (depth > DEEPEST) throw new ProtobufError('too deep');
  let value: Json = null;
  for (const { number, integer, bytes } of fieldsIn(message)) {
    switch (number) {
      case 1:
        value = text(bytes);
        break;
      case 2:
        value = integer !== 0n;
        break;
      case 3:
        value = exact(BigInt.asIntN(64, integer));
        break;
      case 4: {
        const double = bytes.length === 8 ? bytes.readDoubleLE() : 0;
        value = Number.isFinite(double) ? double : String(double);
        break;
      }
      case 5: {
        const items: Json[] = [];
        for (const item of fieldsIn(bytes))
          if (item.number === 1) items.push(anyValue(item.bytes, depth + 1));
        value = items;
        break;
      }
      case 6:
        value = attributesOf(bytes, 1, depth + 1);
        break;
      case 7:
        value = bytes.toString('base64');
        break;
      default:
    }
  }
  return value;
}

/** As a number only where that loses nothing. */
const exact = (value: bigint): Json =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : String(value);
