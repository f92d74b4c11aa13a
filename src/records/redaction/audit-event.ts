import { asObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { DEEPEST, type JsonContext, redactJson } from './json.ts';
import { REDACTED, type Redactions, TOO_DEEP } from './tally.ts';
import { hasHint, redactText } from './text.ts';
import { redactUri } from './uri.ts';

/** Fields that the API server fills by itself, with values of its own making: k8s.io/apiserver pkg/apis/audit/v1 Event. */
const PLAIN = new Set([
  'kind',
  'apiVersion',
  'level',
  'auditID',
  'stage',
  'verb',
  'sourceIPs',
  'objectRef',
  'requestReceivedTimestamp',
  'stageTimestamp',
  'timestamp',
  'metadata',
]);

/** What authenticators tell of a user by themselves: k8s.io/apiserver pkg/authentication. Who it was has to stay. */
const PLAIN_OF_USER = new Set(['username', 'uid', 'groups']);
const PLAIN_EXTRA = 'authentication.kubernetes.io/';

/**
 * Takes secrets out of an audit event, in place. Who, what and when stay as they were. Events without bodies, which are most, cost a
 * look at their few free texts. What nests too deep is cut off.
 */
export function redactAuditEvent(event: JsonObject, tally: Redactions): void {
  for (const key in event) {
    if (PLAIN.has(key)) continue;
    const value = event[key];
    if (typeof value === 'string') event[key] = freeText(key, value, event, tally);
    else if (typeof value !== 'object' || value === null) continue;
    else if (key === 'user' || key === 'impersonatedUser') redactUser(value as JsonObject, tally);
    else if (key === 'annotations' || key === 'responseStatus') redactLeaves(value, tally, event);
    else event[key] = redactJson(value, tally, contextOf(event));
  }
}

function freeText(key: string, value: string, event: JsonObject, tally: Redactions): string {
  if (key === 'requestURI') return redactUri(value, tally);
  if (isSecretBody(key, event)) return hideText(value, tally);
  return hasHint(value) ? redactText(value, tally) : value;
}

function redactUser(user: JsonObject, tally: Redactions): void {
  for (const key in user) {
    const value = user[key];
    if (PLAIN_OF_USER.has(key) || typeof value !== 'object' || value === null) continue;
    const extra = value as JsonObject;
    for (const name in extra) {
      const each = extra[name];
      if (!name.startsWith(PLAIN_EXTRA) && each !== undefined)
        extra[name] = redactJson(each, tally, { isCut: true });
    }
  }
}

/** A body that is a text by itself, YAML perhaps, of a request for Secrets: nothing in it can be told apart. */
function isSecretBody(key: string, event: JsonObject): boolean {
  return (key === 'requestObject' || key === 'responseObject') && contextOf(event).isSecret === true;
}

function hideText(text: string, tally: Redactions): string {
  if (text !== '' && text !== REDACTED) tally.add('secret-data');
  return text === '' ? text : REDACTED;
}

/** Only texts with a hint are looked through: names of annotations are no fields of secrets. */
function redactLeaves(value: Json | undefined, tally: Redactions, event: JsonObject, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  const fields = value as JsonObject;
  for (const key in fields) {
    const each = fields[key];
    if (typeof each === 'object' && depth === DEEPEST) {
      fields[key] = TOO_DEEP;
      tally.add('too-deep');
    } else if (typeof each !== 'string') redactLeaves(each, tally, event, depth + 1);
    else if (each.length > 7 && (hasHint(each) || each.startsWith('{'))) {
      fields[key] = redactJson(each, tally, contextOf(event));
    }
  }
}

function contextOf(event: JsonObject): JsonContext {
  const reference = asObject(event['objectRef']);
  const resource = reference?.['resource'];
  const group = reference?.['apiGroup'];
  const isCore = group === undefined || group === '';
  return {
    isCut: true,
    isSecret: resource === 'secrets' && isCore,
    isToken:
      resource === 'tokenreviews' ||
      (resource === 'serviceaccounts' && reference?.['subresource'] === 'token'),
  };
}
