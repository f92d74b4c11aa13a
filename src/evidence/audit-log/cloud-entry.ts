import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import { type AuditEvent, decisionOf, timeOf } from './event.ts';
import { objectOfParts } from './request-path.ts';

/** google.rpc.Code as the status that Kubernetes answered with; the codes that decide about authorization. */
const HTTP_STATUS: Readonly<Record<number, number>> = {
  0: 200,
  3: 400,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  10: 409,
  13: 500,
  14: 503,
  16: 401,
};

/** Whether it is an entry of Google Cloud Audit Logs about a request to a Kubernetes API server. */
export function isCloudAuditEntry(entry: JsonObject): boolean {
  const method = asObject(entry['protoPayload'])?.['methodName'];
  return typeof method === 'string' && method.startsWith('io.k8s.');
}

/**
 * An entry of Google Cloud Audit Logs about a request to a GKE cluster (`protoPayload` is a google.cloud.audit.AuditLog whose
 * methodName is `io.k8s.<group>.<version>.<resource>.<verb>`). It tells no groups of the user; undefined for entries of other services.
 */
export function cloudAuditEvent(entry: JsonObject): AuditEvent | undefined {
  const payload = asObject(entry['protoPayload']);
  const method = asString(payload?.['methodName']) ?? '';
  if (payload === undefined || !method.startsWith('io.k8s.')) return undefined;
  const labels = asObject(entry['labels']);
  const operation = asObject(entry['operation']);
  const isOngoing = operation?.['first'] === true && operation['last'] !== true;
  const resourceName = asString(payload['resourceName']) ?? '';
  // `io.k8s.get` is for no resource.
  const isPath = method.split('.').length === 3;
  const [group = '', version = '', ...parts] = isPath ? [] : resourceName.split('/');
  const status = asObject(payload['status']);
  const code = status?.['code'] ?? 0;
  return {
    auditID: asString(operation?.['id']) ?? asString(entry['insertId']) ?? '',
    stage: isOngoing ? 'ResponseStarted' : 'ResponseComplete',
    time: timeOf(entry['timestamp']),
    verb: method.slice(method.lastIndexOf('.') + 1),
    requestURI: isPath ? `/${resourceName}` : '',
    user: { name: asString(asObject(payload['authenticationInfo'])?.['principalEmail']) ?? '', groups: [] },
    impersonatedUser: undefined,
    impersonationConstraint: '',
    object: objectOfParts(group === 'core' ? '' : group, version, parts),
    code: typeof code === 'number' ? (HTTP_STATUS[code] ?? 500) : undefined,
    message: asString(status?.['message']) ?? '',
    decision: decisionOf(labels?.['authorization.k8s.io/decision']),
  };
}
