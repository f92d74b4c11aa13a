import { asArray, asObject, asString, type JsonObject } from '../../kubernetes/json.ts';

/** What an audit event tells beyond its columns. */
export interface AuditBody {
  readonly request: JsonObject | undefined;
  readonly response: JsonObject | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  /** user.extra, such as `authentication.kubernetes.io/pod-uid`. */
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Bodies out of the original of a record; undefined where it is none of an audit event. */
export function auditBody(raw: string): AuditBody | undefined {
  const event = eventIn(parse(raw));
  if (event === undefined) return undefined;
  // Cloud Logging of GKE calls things otherwise.
  const payload = asObject(event['protoPayload']);
  if (payload !== undefined)
    return {
      request: asObject(payload['request']),
      response: asObject(payload['response']),
      annotations: texts(asObject(event['labels'])),
      extra: {},
    };
  return {
    request: asObject(event['requestObject']),
    response: asObject(event['responseObject']),
    annotations: texts(asObject(event['annotations'])),
    extra: lists(asObject(asObject(event['user'])?.['extra'])),
  };
}

/** The event itself, or what an export keeps it in: CloudWatch and container runtimes as text, Azure Monitor in `properties.log`. */
function eventIn(value: JsonObject | undefined): JsonObject | undefined {
  if (value === undefined || 'auditID' in value || 'protoPayload' in value) return value;
  const properties = asObject(value['properties']);
  for (const held of [value['message'], value['log'], properties?.['log']]) {
    const inner = asObject(held) ?? (typeof held === 'string' ? parse(held) : undefined);
    if (inner !== undefined && 'auditID' in inner) return inner;
  }
  return undefined;
}

function parse(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function texts(map: JsonObject | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map ?? {}).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

function lists(map: JsonObject | undefined): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(map ?? {}).map(([key, value]) => [
      key,
      (asArray(value) ?? []).flatMap((item) => asString(item) ?? []),
    ]),
  );
}
