import { asArray, asObject, asString, type Json, type JsonObject } from '../../kubernetes/json.ts';
import type { AuditedRequest } from './decide.ts';

/** A question that is none: `field` has another type than it must have; empty for the question itself. */
export class RefusedRequest extends Error {
  readonly field: string;

  constructor(field: string) {
    super(field);
    this.name = 'RefusedRequest';
    this.field = field;
  }
}

const TEXTS = ['verb', 'apiGroup', 'resource', 'subresource', 'namespace', 'name', 'path'] as const;

/**
 * A question as a line of JSON states it: `user`, `groups`, `verb`, `resourceRequest`, `apiGroup`, `resource`, `subresource`,
 * `namespace`, `name`, `path`; what is left out is empty. Without `resourceRequest`, one that names a resource is for it.
 *
 * @throws RefusedRequest
 */
export function readAuditedRequest(question: Json): AuditedRequest {
  const request = asObject(question);
  if (request === undefined) throw new RefusedRequest('');
  const texts = Object.fromEntries(TEXTS.map((field) => [field, text(request, field) ?? '']));
  const { resourceRequest } = request;
  if (!isAbsent(resourceRequest) && typeof resourceRequest !== 'boolean') {
    throw new RefusedRequest('resourceRequest');
  }
  return {
    ...(texts as Record<(typeof TEXTS)[number], string>),
    user: text(request, 'user'),
    groups: groupsOf(request['groups']),
    isResourceRequest: typeof resourceRequest === 'boolean' ? resourceRequest : texts['resource'] !== '',
  };
}

function text(request: JsonObject, field: string): string | undefined {
  const value = request[field];
  if (isAbsent(value)) return undefined;
  const found = asString(value);
  if (found === undefined) throw new RefusedRequest(field);
  return found;
}

function groupsOf(value: Json | undefined): readonly string[] {
  if (isAbsent(value)) return [];
  const groups = asArray(value);
  if (groups === undefined || !groups.every((group) => typeof group === 'string')) {
    throw new RefusedRequest('groups');
  }
  return groups;
}

function isAbsent(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}
