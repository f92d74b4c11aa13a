import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import type { Origin } from '../../kubernetes/object.ts';
import { type EventRecord, record } from '../record.ts';

/** Where objects of a live cluster come from. */
export const API_ORIGIN: Origin = {
  file: { path: 'cluster' },
  document: 0,
  start: 0,
  end: 0,
  line: 1,
  column: 1,
  format: 'json',
  within: '',
  isApi: true,
};

/** An audit event as a record; what a decoder reads of it, without redaction. */
export function recordOf(event: JsonObject, cluster = 'c1'): EventRecord {
  const text = (value: JsonObject[string]) => asString(value) ?? '';
  const user = asObject(event['user']);
  const object = asObject(event['objectRef']);
  const status = asObject(event['responseStatus']);
  const annotations = asObject(event['annotations']);
  const extra = asObject(user?.['extra']);
  const time = Date.parse(text(event['requestReceivedTimestamp'])) * 1000;
  const credential = extra?.['authentication.kubernetes.io/credential-id'];
  return record({
    key: `${event['auditID']} ${event['stage']}`,
    time,
    end: Date.parse(text(event['stageTimestamp'])) * 1000,
    source: 'audit',
    cluster,
    inlet: 'test',
    raw: JSON.stringify(event),
    audit_id: text(event['auditID']),
    stage: text(event['stage']),
    level: text(event['level']),
    verb: text(event['verb']),
    user: text(user?.['username']),
    groups: ((user?.['groups'] as string[] | undefined) ?? []).join('\n'),
    impersonated: text(asObject(event['impersonatedUser'])?.['username']),
    user_agent: text(event['userAgent']),
    source_ip: ((event['sourceIPs'] as string[] | undefined) ?? [])[0] ?? '',
    uri: text(event['requestURI']),
    api_group: text(object?.['apiGroup']),
    api_version: text(object?.['apiVersion']),
    resource: text(object?.['resource']),
    subresource: text(object?.['subresource']),
    namespace: text(object?.['namespace']),
    name: text(object?.['name']),
    code: (status?.['code'] as number | undefined) ?? -1,
    message: text(status?.['message']),
    decision: text(annotations?.['authorization.k8s.io/decision']),
    reason: text(annotations?.['authorization.k8s.io/reason']),
    credential: Array.isArray(credential) ? String(credential[0]) : '',
  });
}
