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
  const event = parse(raw);
  if (event === undefined) return undefined;
  // Cloud Logging of GKE calls things otherwise; other exports hold the event itself, which is what is kept.
  const payload = asObject(event['protoPayload']);
  if (payload !== undefined)
    return {
      request: asObject(payload['request']),
      response: asObject(payload['response']),
      annotations: texts(asObject(event['labels'])),
      extra: {},
    };
  if (typeof event['auditID'] !== 'string') return undefined;
  return {
    request: asObject(event['requestObject']),
    response: asObject(event['responseObject']),
    annotations: texts(asObject(event['annotations'])),
    extra: lists(asObject(asObject(event['user'])?.['extra'])),
  };
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
