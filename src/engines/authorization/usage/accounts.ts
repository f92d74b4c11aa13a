import type { RequestAttributes } from '../attributes.ts';
import { serviceAccountOf } from '../identity.ts';
import { RbacAuthorizer } from '../rbac/authorizer.ts';
import { RbacWorld } from '../rbac/world.ts';
import type { Action, UsageLog } from './usage-log.ts';

/** What a service account asked for beyond what every API server lets everybody do who logs in, allowed or refused. */
export interface AccountUse {
  readonly namespace: string;
  readonly name: string;
  readonly requests: number;
  /** Milliseconds since the epoch; undefined where no time was told. */
  readonly last: number | undefined;
}

const EVERYBODY = { name: '', groups: ['system:authenticated'] };
let forEverybody: RbacAuthorizer | undefined;

/** Discovery, health, and questions about oneself: they need no right that somebody gave. */
function isForEverybody(action: Action): boolean {
  forEverybody ??= new RbacAuthorizer(RbacWorld.of([]));
  const asked: RequestAttributes = { ...action, user: EVERYBODY, apiVersion: '', name: '' };
  return forEverybody.authorize(asked).decision === 'allow';
}

/** The service accounts that used the API, in the order in which a log first tells of them. */
export function accountUses(usage: UsageLog): AccountUse[] {
  const found = new Map<
    string,
    { namespace: string; name: string; requests: number; last: number | undefined }
  >();
  for (const { user, uses } of usage.users()) {
    const account = serviceAccountOf(user.name);
    if (account === undefined) continue;
    for (const { action, occasions, count, last } of uses) {
      if (!occasions.has('request') || isForEverybody(action)) continue;
      const known = found.get(user.name) ?? { ...account, requests: 0, last: undefined };
      known.requests += count;
      if (last !== undefined && (known.last === undefined || last > known.last)) known.last = last;
      found.set(user.name, known);
    }
  }
  return [...found.values()];
}
