import { cloudAuditEvent } from '../../evidence/audit-log/cloud-entry.ts';
import { asArray, asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import type { Origin, Refusal } from '../decoded.ts';
import { type EventRecord, record } from '../record.ts';
import { Redactions, redactJson, redactText } from '../redaction/index.ts';
import { keyOf } from './key.ts';
import { microseconds } from './time.ts';

/**
 * The record of an entry of Google Cloud Audit Logs about a request to a GKE cluster (google.cloud.audit.AuditLog). It tells one time, no
 * groups, no URI and no stage's time; the address and the user agent stand in requestMetadata, what was decided in authorizationInfo.
 */
export function cloudRecord(
  entry: JsonObject,
  origin: Origin,
  tally: Redactions = new Redactions(),
): EventRecord | Refusal {
  const event = cloudAuditEvent(entry);
  const time = microseconds(entry['timestamp']);
  if (event === undefined || time === undefined) return 'missing-fields';
  const payload = asObject(entry['protoPayload']) ?? {};
  const isSecret = event.object?.resource === 'secrets' && event.object.apiGroup === '';
  const isToken = event.object?.resource === 'tokenreviews' || event.object?.subresource === 'token';
  const before = tally.total;
  let raw: string;
  try {
    for (const body of ['request', 'response']) {
      const value = payload[body];
      if (value !== undefined) payload[body] = redactJson(value, tally, { isSecret, isToken, isCut: true });
    }
    raw = JSON.stringify(redactJson(entry, tally, { isCut: true }));
  } catch (error) {
    if (error instanceof RangeError) return 'too-deep';
    throw error;
  }
  const metadata = asObject(payload['requestMetadata']);
  const authorization = asObject(asArray(payload['authorizationInfo'])?.[0]);
  const granted = authorization?.['granted'];
  const address = asString(metadata?.['callerIp']) ?? '';
  const labels = asObject(entry['labels']);
  const user = asString(asObject(payload['authenticationInfo'])?.['principalEmail']) ?? '';
  const uri = redactText(event.requestURI, tally);
  return record({
    key: keyOf(
      'gke',
      text(entry['logName']),
      text(entry['insertId']),
      time,
      event.auditID,
      event.stage,
      event.verb,
      text(payload['resourceName']),
      user,
    ),
    time,
    source: 'audit',
    cluster: origin.cluster,
    inlet: origin.inlet,
    audit_id: event.auditID,
    stage: event.stage,
    verb: event.verb,
    user,
    user_agent: asString(metadata?.['callerSuppliedUserAgent']) ?? '',
    source_ip: address,
    source_ips: address,
    uri,
    api_group: event.object?.apiGroup ?? '',
    api_version: event.object?.apiVersion ?? '',
    resource: event.object?.resource ?? '',
    subresource: event.object?.subresource ?? '',
    namespace: event.object?.namespace ?? '',
    name: event.object?.name ?? '',
    code: event.code ?? -1,
    decision: event.decision ?? (typeof granted === 'boolean' ? (granted ? 'allow' : 'forbid') : ''),
    reason: asString(labels?.['authorization.k8s.io/reason']) ?? '',
    message:
      (event.code ?? 0) >= 400 ? redactText(event.message, new Redactions()).replace(/[\r\n]+/g, ' ') : '',
    redactions: tally.total - before,
    raw,
  });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
