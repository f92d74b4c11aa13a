import { objectOfPath, pathOf } from '../../evidence/audit-log/request-path.ts';
import type { Json, JsonObject } from '../../kubernetes/json.ts';
import type { Origin, Refusal } from '../decoded.ts';
import type { EventRecord } from '../record.ts';
import { commandOf, Redactions, redactAuditEvent } from '../redaction/index.ts';
import { DRY_RUN, isDryRun } from './dry-run.ts';
import { keyOf } from './key.ts';
import { hidesKeys, oneLine } from './original.ts';
import { microseconds } from './time.ts';

const CREDENTIAL = 'authentication.kubernetes.io/credential-id';
/** EKS tells the IAM identity behind a user, which its name often hides (sigs.k8s.io/aws-iam-authenticator). */
const AWS_IDENTITY = 'arn';
const POD = 'authentication.kubernetes.io/pod-name';
const NODE = 'authentication.kubernetes.io/node-name';
const DECISION = 'authorization.k8s.io/decision';
const REASON = 'authorization.k8s.io/reason';

/**
 * The record of one audit event (audit.k8s.io/v1, v1beta1, v1alpha1), from which secrets are taken out; it changes the event.
 * @param text the event's own JSON; undefined where an export took it apart
 * @param tally counts what was taken out, by kind
 */
export function auditRecord(
  event: JsonObject,
  text: string | undefined,
  origin: Origin,
  tally: Redactions = new Redactions(),
): EventRecord | Refusal {
  const ended = microseconds(event['stageTimestamp']);
  const time = microseconds(event['requestReceivedTimestamp']) ?? microseconds(event['timestamp']) ?? ended;
  const end = ended ?? time;
  const auditId = textOf(event['auditID']);
  const stage = textOf(event['stage']);
  if (time === undefined || end === undefined || auditId === '' || stage === '') return 'missing-fields';
  const before = tally.total;
  const hasBody = event['requestObject'] !== undefined || event['responseObject'] !== undefined;
  let raw: string;
  try {
    redactAuditEvent(event, tally);
    raw = originalOf(event, text, tally.total > before, hasBody);
  } catch (error) {
    // Fields that only the API server itself writes are not looked through: no API server nests them.
    if (error instanceof RangeError) return 'too-deep';
    throw error;
  }
  const user = objectOf(event['user']);
  const extra = objectOf(user['extra']);
  const impersonated = textOf(objectOf(event['impersonatedUser'])['username']);
  const status = objectOf(event['responseStatus']);
  const annotations = objectOf(event['annotations']);
  const verb = textOf(event['verb']);
  const uri = textOf(event['requestURI']);
  const username = textOf(user['username']);
  const code = numberOf(status['code']);
  const sources = event['sourceIPs'];
  const object = objectColumns(event, verb, uri);
  const level = textOf(event['level']);
  const isTrial = isDryRun(verb, object.subresource, uri, level, event['requestObject']);
  return {
    key: keyOf(auditId, stage, time, end, verb, uri, username, impersonated),
    time,
    end,
    source: 'audit',
    cluster: origin.cluster,
    inlet: origin.inlet,
    audit_id: auditId,
    stage,
    level,
    verb,
    user: username,
    groups: linesOf(user['groups']),
    impersonated,
    user_agent: textOf(event['userAgent']),
    source_ip: Array.isArray(sources) ? textOf(sources[0]) : '',
    source_ips: linesOf(sources),
    uri,
    ...object,
    code,
    decision: textOf(annotations[DECISION]),
    reason: textOf(annotations[REASON]),
    credential: credentialOf(firstOf(extra[CREDENTIAL]), firstOf(extra[AWS_IDENTITY])),
    pod: firstOf(extra[POD]),
    node: firstOf(extra[NODE]),
    // The words of a command may have line breaks.
    message:
      code >= 400 ? singleLine(textOf(status['message'])) : isTrial ? DRY_RUN : singleLine(commandOf(uri)),
    container: '',
    redactions: tally.total - before,
    raw,
  };
}

/** The text as it came, unless something was taken out of it, or could not be seen by what takes out. */
function originalOf(
  event: JsonObject,
  text: string | undefined,
  isChanged: boolean,
  hasBody: boolean,
): string {
  if (text === undefined || isChanged) return JSON.stringify(event);
  if (hasBody && hidesKeys(text, event)) return JSON.stringify(event);
  return oneLine(text);
}

type ObjectColumns = Pick<
  EventRecord,
  'api_group' | 'api_version' | 'resource' | 'subresource' | 'namespace' | 'name' | 'uid'
>;

/**
 * What the request was for. The name of what is created with a generated name stands in the answer alone, and so does its UID. Without
 * a reference to an object the path tells, which lists and refused requests of old servers have not.
 */
function objectColumns(event: JsonObject, verb: string, uri: string): ObjectColumns {
  const reference = event['objectRef'];
  if (typeof reference !== 'object' || reference === null || Array.isArray(reference)) {
    const named = objectOfPath(pathOf(uri));
    return {
      api_group: named?.apiGroup ?? '',
      api_version: named?.apiVersion ?? '',
      resource: named?.resource ?? '',
      subresource: named?.subresource ?? '',
      namespace: named?.namespace ?? '',
      name: named?.name ?? '',
      uid: '',
    };
  }
  const version = textOf(reference['apiVersion']);
  // v1alpha1 has group and version in one field.
  const slash = version.indexOf('/');
  let name = textOf(reference['name']);
  let uid = textOf(reference['uid']);
  if (verb === 'create' && textOf(reference['subresource']) === '' && (name === '' || uid === '')) {
    const created = objectOf(objectOf(event['responseObject'])['metadata']);
    if (name === '') name = textOf(created['name']);
    if (uid === '') uid = textOf(created['uid']);
  }
  return {
    api_group: textOf(reference['apiGroup']) || version.slice(0, Math.max(0, slash)),
    api_version: version.slice(slash + 1),
    resource: textOf(reference['resource']),
    subresource: textOf(reference['subresource']),
    namespace: textOf(reference['namespace']),
    name,
    uid,
  };
}

/** `JTI=…` of tokens, `X509SHA256=…` of certificates: k8s.io/apiserver pkg/authentication; else the identity of a cloud. */
function credentialOf(id: string, arn: string): string {
  if (id === '') return arn.startsWith('arn:') ? `aws ${singleLine(arn)}` : '';
  if (id.startsWith('JTI=')) return `token ${id}`;
  return id.startsWith('X509SHA256=') ? `certificate ${id}` : id;
}

const NONE: JsonObject = {};

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : NONE;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: Json | undefined): number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : -1;
}

function firstOf(value: Json | undefined): string {
  return Array.isArray(value) ? textOf(value[0]) : '';
}

/** One a line; a line break in one of them would make two of it. */
function linesOf(value: Json | undefined): string {
  if (!Array.isArray(value)) return '';
  if (value.length === 1) return singleLine(textOf(value[0]));
  return value.map((each) => singleLine(textOf(each))).join('\n');
}

function singleLine(text: string): string {
  return text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]+/g, ' ') : text;
}
