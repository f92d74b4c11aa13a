import type { Subject } from './rbac/grant.ts';

const PREFIX = 'system:serviceaccount:';
const ACCOUNTS = 'system:serviceaccounts';
const AUTHENTICATED = 'system:authenticated';
const UNAUTHENTICATED = 'system:unauthenticated';

/** The group that an API server lets through before any authorizer is asked (pkg/kubeapiserver/authorizer, `--authorization-mode` says nothing of it). */
export const PRIVILEGED_GROUP = 'system:masters';

/** The user name of a service account (k8s.io/apiserver/pkg/authentication/serviceaccount MakeUsername). */
export function serviceAccountUser(namespace: string, name: string): string {
  return `${PREFIX}${namespace}:${name}`;
}

/** Namespace and name of the service account that a user name stands for (SplitUsername); undefined for other users. */
export function serviceAccountOf(user: string): { namespace: string; name: string } | undefined {
  if (!user.startsWith(PREFIX)) return undefined;
  const [namespace = '', name = '', ...rest] = user.slice(PREFIX.length).split(':');
  return namespace === '' || name === '' || rest.length > 0 ? undefined : { namespace, name };
}

/**
 * The groups of a user as authentication fills them in: those of a service account by its name, and `system:authenticated`, or
 * `system:unauthenticated` for `system:anonymous` (k8s.io/apiserver/pkg/authentication/group, serviceaccount.MakeGroupNames).
 * Groups that are given come first; `system:unauthenticated` among them keeps the user unauthenticated.
 */
export function groupsOf(user: string, groups: readonly string[] = []): string[] {
  const account = serviceAccountOf(user);
  const all = new Set(groups);
  if (account !== undefined) all.add(ACCOUNTS).add(`${ACCOUNTS}:${account.namespace}`);
  if (user === 'system:anonymous') all.add(UNAUTHENTICATED);
  if (!all.has(UNAUTHENTICATED)) all.add(AUTHENTICATED);
  return [...all];
}

/** The user name that a subject of a binding stands for; undefined for a group. */
export function userOf({ kind, namespace, name }: Subject): string | undefined {
  if (kind === 'Group') return undefined;
  return kind === 'User' ? name : serviceAccountUser(namespace ?? '', name);
}
