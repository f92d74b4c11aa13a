import type { UserInfo } from '../../engines/authorization/attributes.ts';
import { asArray, asNumber, asObject, asString, type Json, type JsonObject } from '../../kubernetes/json.ts';

/** What an audit event says about the object of its request: what the authorizer was asked, except for creations (see requests.ts). */
export interface AuditedObject {
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * One audit event, as far as it tells who asked for what and was let through: k8s.io/apiserver pkg/apis/audit/v1 Event, or what an
 * export of a cloud provider keeps of it.
 */
export interface AuditEvent {
  readonly auditID: string;
  readonly stage: string;
  /** Milliseconds since the epoch at which the request was received; undefined where the event does not say. */
  readonly time: number | undefined;
  readonly verb: string;
  /** With the query; empty where the export leaves it out. */
  readonly requestURI: string;
  readonly user: UserInfo;
  readonly impersonatedUser: UserInfo | undefined;
  /** The verb of constrained impersonation (KEP-5284), empty without it. */
  readonly impersonationConstraint: string;
  /** Undefined for a request that is for no resource. */
  readonly object: AuditedObject | undefined;
  /** HTTP status of the answer; undefined where there is none yet. */
  readonly code: number | undefined;
  readonly message: string;
  /** What the authorizer said (annotation `authorization.k8s.io/decision`); servers before 1.10 do not tell. */
  readonly decision: 'allow' | 'forbid' | undefined;
}

/** An object of audit.k8s.io/v1, v1beta1 or v1alpha1; items of an EventList state neither kind nor version. */
export function isAuditEvent({ kind, auditID, stage }: JsonObject): boolean {
  return typeof auditID === 'string' && typeof stage === 'string' && (kind === undefined || kind === 'Event');
}

export function auditEvent(event: JsonObject): AuditEvent {
  const impersonated = asObject(event['impersonatedUser']);
  const status = asObject(event['responseStatus']);
  const annotations = asObject(event['annotations']);
  const reference = asObject(event['objectRef']);
  return {
    auditID: asString(event['auditID']) ?? '',
    stage: asString(event['stage']) ?? '',
    time: timeOf(event['requestReceivedTimestamp'] ?? event['timestamp'] ?? event['stageTimestamp']),
    verb: asString(event['verb']) ?? '',
    requestURI: asString(event['requestURI']) ?? '',
    user: userInfo(asObject(event['user'])),
    impersonatedUser: impersonated === undefined ? undefined : userInfo(impersonated),
    impersonationConstraint:
      asString(asObject(event['authenticationMetadata'])?.['impersonationConstraint']) ?? '',
    object: reference === undefined ? undefined : auditedObject(reference),
    code: asNumber(status?.['code']),
    message: asString(status?.['message']) ?? '',
    decision: decisionOf(annotations?.['authorization.k8s.io/decision']),
  };
}

export function timeOf(value: Json | undefined): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

export function decisionOf(value: Json | undefined): AuditEvent['decision'] {
  return value === 'allow' || value === 'forbid' ? value : undefined;
}

function userInfo(user: JsonObject | undefined): UserInfo {
  const extra = asObject(user?.['extra']);
  const uid = asString(user?.['uid']) ?? '';
  return {
    name: asString(user?.['username']) ?? '',
    groups: texts(user?.['groups']),
    ...(uid === '' ? {} : { uid }),
    ...(extra === undefined
      ? {}
      : { extra: Object.fromEntries(Object.entries(extra).map(([key, value]) => [key, texts(value)])) }),
  };
}

function auditedObject(reference: JsonObject): AuditedObject {
  const version = asString(reference['apiVersion']) ?? '';
  // v1alpha1 has group and version in one field.
  const slash = version.indexOf('/');
  return {
    apiGroup: asString(reference['apiGroup']) ?? version.slice(0, Math.max(0, slash)),
    apiVersion: version.slice(slash + 1),
    resource: asString(reference['resource']) ?? '',
    subresource: asString(reference['subresource']) ?? '',
    namespace: asString(reference['namespace']) ?? '',
    name: asString(reference['name']) ?? '',
  };
}

function texts(value: Json | undefined): string[] {
  return (asArray(value) ?? []).filter((item) => typeof item === 'string');
}
