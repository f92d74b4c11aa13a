import type { RequestAttributes, UserInfo } from '../../engines/authorization/attributes.ts';
import type { AuditEvent, AuditedObject } from './event.ts';
import { impersonations } from './impersonations.ts';
import { objectOfPath, pathOf } from './request-path.ts';

/**
 * Why the authorizer was asked: `request`, for what the client asked; or on the way, for the right to impersonate; to create what an
 * update or an apply did not find (handlers/update.go withAuthorization); to create where a WebSocket came in by `get`
 * (AuthorizePodWebsocketUpgradeCreatePermission, on from 1.35).
 */
export type Occasion = 'request' | 'impersonation' | 'creation-by-update' | 'websocket';

export interface AuditedRequest {
  readonly attributes: RequestAttributes;
  readonly occasion: Occasion;
  readonly allowed: boolean;
}

/** Why an event tells nothing of what was asked of the authorizer. */
export type Uncounted =
  /** Of the stage RequestReceived, before anything was decided. */
  | 'too-early'
  /** Refused before the authorizer: no identity, or too many requests. */
  | 'not-authorized-yet'
  /** The client may not impersonate whom it wanted to; which right is missing the event says in prose only. */
  | 'impersonation-refused';

const STREAMS: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward']);

/** Everything that the authorizer was asked for a request, or why the event does not tell. */
export function requestsOf(event: AuditEvent): readonly AuditedRequest[] | Uncounted {
  if (event.stage === 'RequestReceived') return 'too-early';
  const outcome = outcomeOf(event);
  if (typeof outcome === 'string') return outcome;
  const { impersonatedUser, user, verb, code } = event;
  const attributes = attributesOf(event, impersonatedUser ?? user);
  const asked: AuditedRequest[] = [{ attributes, occasion: 'request', allowed: outcome }];
  if (impersonatedUser !== undefined) {
    for (const each of impersonations(event, attributes)) {
      asked.push({ attributes: each, occasion: 'impersonation', allowed: true });
    }
  }
  if (!outcome) return asked;
  if ((verb === 'update' || verb === 'patch') && code === 201) {
    asked.push({
      attributes: { ...attributes, verb: 'create' },
      occasion: 'creation-by-update',
      allowed: true,
    });
  }
  const { apiGroup, resource, subresource } = attributes;
  if (verb === 'get' && apiGroup === '' && resource === 'pods' && STREAMS.has(subresource) && code !== 403) {
    asked.push({ attributes: { ...attributes, verb: 'create' }, occasion: 'websocket', allowed: true });
  }
  return asked;
}

/** A refusal by admission (403 behind `allow`), a conflict or a missing object all came after the authorizer had let the request through. */
function outcomeOf({ decision, code, message }: AuditEvent): boolean | Uncounted {
  if (decision !== undefined) return decision === 'allow';
  if (code === 403) return /\bcannot impersonate/.test(message) ? 'impersonation-refused' : false;
  return code === undefined || code === 401 || code === 429 || code >= 500 ? 'not-authorized-yet' : true;
}

function attributesOf({ verb, object, requestURI }: AuditEvent, user: UserInfo): RequestAttributes {
  // The log fills in name and namespace of what is created from the object; the authorizer sees those of the path alone.
  if (object !== undefined) {
    const seen = verb === 'create' ? (objectOfPath(pathOf(requestURI)) ?? withoutName(object)) : object;
    const { namespace, name } = seen;
    return { ...object, user, verb, isResourceRequest: true, namespace, name, path: '' };
  }
  const path = pathOf(requestURI);
  const named = objectOfPath(path);
  if (named !== undefined) return { ...named, user, verb, isResourceRequest: true, path: '' };
  return { ...NO_OBJECT, user, verb, isResourceRequest: false, path };
}

const NO_OBJECT: AuditedObject = {
  apiGroup: '',
  apiVersion: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
};

/** Of an export that leaves out the path. */
function withoutName(object: AuditedObject): AuditedObject {
  if (object.subresource !== '') return object;
  return { ...object, name: '', ...(object.resource === 'namespaces' ? { namespace: '' } : {}) };
}
