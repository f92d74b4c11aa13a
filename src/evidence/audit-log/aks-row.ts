import { asObject, asString, type Json, type JsonObject } from '../../kubernetes/json.ts';

/**
 * The audit event in a row of the tables AKSAudit, AKSAuditAdmin and ArcK8sAudit of Log Analytics, whose columns are its fields
 * (https://learn.microsoft.com/azure/azure-monitor/reference/tables/aksaudit); undefined for other objects. Columns of type dynamic
 * are objects or texts, depending on how they were exported.
 */
export function aksRow(row: JsonObject): JsonObject | undefined {
  const { AuditId: auditID, Stage: stage, RequestReceivedTime: received } = row;
  if (typeof auditID !== 'string' || typeof stage !== 'string' || typeof received !== 'string')
    return undefined;
  const event: JsonObject = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: asString(row['Level']) ?? '',
    auditID,
    stage,
    requestURI: asString(row['RequestUri']) ?? '',
    verb: asString(row['Verb']) ?? '',
    user: asObject(dynamic(row['User'])) ?? {},
    requestReceivedTimestamp: received,
    stageTimestamp: asString(row['StageReceivedTime']) ?? received,
  };
  const optional: Readonly<Record<string, Json | undefined>> = {
    sourceIPs: dynamic(row['SourceIps']),
    userAgent: row['UserAgent'],
    objectRef: dynamic(row['ObjectRef']),
    responseStatus: dynamic(row['ResponseStatus']),
    requestObject: dynamic(row['RequestObject']),
    responseObject: dynamic(row['ResponseObject']),
    annotations: dynamic(row['Annotations']),
  };
  for (const [field, value] of Object.entries(optional)) {
    if (value !== undefined && value !== null && value !== '') event[field] = value;
  }
  return event;
}

function dynamic(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}
