import { asObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { type JsonContext, redactJson } from './json.ts';
import { REDACTED, type Redactions } from './tally.ts';
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

/**
 * Takes secrets out of an audit event, in place. Who, what and when stay as they were. Events without bodies, which are most, cost a
 * look at their few free texts. @throws TooDeep
 */
export function redactAuditEvent(event: JsonObject, tally: Redactions): void {
  const resource = asObject(event['objectRef']);
  for (const key in event) {
    if (PLAIN.has(key)) continue;
    const value = event[key];
    if (key === 'requestURI' && typeof value === 'string') event[key] = redactUri(value, tally);
    else if (
      key === 'user' ||
      key === 'impersonatedUser' ||
      key === 'annotations' ||
      key === 'responseStatus'
    ) {
      redactLeaves(value, tally, contextOf(resource));
    } else if (typeof value === 'string') {
      if (resourceBody(key, resource)) event[key] = hideText(value, tally);
      else if (hasHint(value)) event[key] = redactText(value, tally);
    } else if (typeof value === 'object' && value !== null) {
      event[key] = redactJson(value, tally, contextOf(resource));
    }
  }
}

/** A body that is a text by itself, YAML perhaps, of a request for Secrets: nothing in it can be told apart. */
function resourceBody(key: string, resource: JsonObject | undefined): boolean {
  return (key === 'requestObject' || key === 'responseObject') && contextOf(resource).isSecret === true;
}

function hideText(text: string, tally: Redactions): string {
  if (text !== '' && text !== REDACTED) tally.add('secret-data');
  return text === '' ? text : REDACTED;
}

/** Only texts with a hint are looked through: names of users and annotations are no fields of secrets. */
function redactLeaves(value: Json | undefined, tally: Redactions, context: JsonContext): void {
  if (typeof value !== 'object' || value === null) return;
  const fields = value as JsonObject;
  for (const key in fields) {
    const each = fields[key];
    if (typeof each === 'string') {
      if (each.length > 3 && (hasHint(each) || (context.isSecret === true && each.startsWith('{'))))
        fields[key] = redactJson(each, tally, context);
    } else redactLeaves(each, tally, context);
  }
}

function contextOf(reference: JsonObject | undefined): JsonContext {
  const resource = reference?.['resource'];
  const group = reference?.['apiGroup'];
  const isCore = group === undefined || group === '';
  return {
    isSecret: resource === 'secrets' && isCore,
    isToken:
      resource === 'tokenreviews' ||
      (resource === 'serviceaccounts' && reference?.['subresource'] === 'token'),
  };
}
