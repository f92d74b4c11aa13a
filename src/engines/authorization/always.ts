import type { Answer, Authorizer, RequestAttributes } from './attributes.ts';
import { PRIVILEGED_GROUP } from './identity.ts';

const ALLOW: Answer = Object.freeze({ decision: 'allow', reason: '' });
const NO_OPINION: Answer = Object.freeze({ decision: 'no-opinion', reason: '' });
const EVERYTHING_FORBIDDEN: Answer = Object.freeze({
  decision: 'no-opinion',
  reason: 'Everything is forbidden.',
});

/** k8s.io/apiserver pkg/authorization/authorizerfactory. */
export const ALWAYS_ALLOW: Authorizer = Object.freeze({ mode: 'AlwaysAllow', authorize: () => ALLOW });

/** Has no opinion, whatever its name says: an authorizer after it may still allow. */
export const ALWAYS_DENY: Authorizer = Object.freeze({
  mode: 'AlwaysDeny',
  authorize: () => EVERYTHING_FORBIDDEN,
});

/** Allows everything to system:masters; no API server can be configured without it, and it is asked first. */
export const PRIVILEGED_GROUPS = Object.freeze({
  authorize: ({ user }: RequestAttributes): Answer =>
    user.groups.includes(PRIVILEGED_GROUP) ? ALLOW : NO_OPINION,
});
