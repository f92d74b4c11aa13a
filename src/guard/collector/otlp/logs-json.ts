import {
  asArray,
  asObject,
  isObject,
  type Json,
  type JsonObject,
  objectsIn,
} from '../../../kubernetes/json.ts';
import { DEEPEST } from '../documents/redact-document.ts';
import { LogList } from './log-list.ts';
import type { LogDocument } from './logs.ts';

/** Fields of a log record that are taken as they are; the rest has a form of its own. */
const PLAIN = [
  'severityNumber',
  'severityText',
  'droppedAttributesCount',
  'flags',
  'traceId',
  'spanId',
  'eventName',
];

/**
 * The log records of an ExportLogsServiceRequest in JSON (OTLP 1.x, "JSON Protobuf encoding"): names in lowerCamelCase, 64-bit integers as
 * text or number, ids in hex, unknown names skipped. Undefined for JSON of another kind. Throws Refusal (too-large).
 */
export function logsOfJson(request: Json): LogDocument[] | undefined {
  if (!isObject(request)) return undefined;
  const resources = request['resourceLogs'];
  if (resources === undefined) return Object.keys(request).length === 0 ? [] : undefined;
  if (!Array.isArray(resources)) return undefined;
  const logs = new LogList();
  for (const each of objectsIn(resources)) {
    const resource = attributesOf(asObject(each['resource'])?.['attributes']);
    for (const scoped of objectsIn(each['scopeLogs'])) {
      logs.count();
      const scope = asObject(scoped['scope']);
      for (const log of objectsIn(scoped['logRecords'])) {
        logs.count();
        logs.push({
          resource,
          ...(scope === undefined
            ? {}
            : {
                scope: {
                  ...scope,
                  ...(scope['attributes'] === undefined
                    ? {}
                    : { attributes: attributesOf(scope['attributes']) }),
                },
              }),
          ...plainOf(log),
          ...(log['body'] === undefined ? {} : { body: anyValue(log['body'], 0) }),
          attributes: attributesOf(log['attributes']),
        });
      }
    }
  }
  return logs.list;
}

function plainOf(log: JsonObject): JsonObject {
  const plain: JsonObject = {};
  for (const name of ['timeUnixNano', 'observedTimeUnixNano']) {
    const value = log[name];
    if ((typeof value === 'string' || typeof value === 'number') && Number(value) !== 0)
      plain[name] = String(value);
  }
  for (const name of PLAIN) if (log[name] !== undefined) plain[name] = log[name];
  return plain;
}

function attributesOf(value: Json | undefined, depth = 0): JsonObject {
  const entries = objectsIn(value).map(({ key, value: of }): [string, Json] => [
    typeof key === 'string' ? key : '',
    anyValue(of, depth),
  ]);
  return Object.fromEntries(entries);
}

function anyValue(value: Json | undefined, depth: number): Json {
  if (!isObject(value) || depth > DEEPEST) return null;
  const { stringValue, boolValue, intValue, doubleValue, bytesValue } = value;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  if (intValue !== undefined)
    return Number.isSafeInteger(Number(intValue)) ? Number(intValue) : String(intValue);
  if (doubleValue !== undefined) return doubleValue;
  if (typeof bytesValue === 'string') return bytesValue;
  const list = asObject(value['arrayValue']);
  if (list !== undefined) return (asArray(list['values']) ?? []).map((item) => anyValue(item, depth + 1));
  const map = asObject(value['kvlistValue']);
  return map === undefined ? null : attributesOf(map['values'], depth + 1);
}
