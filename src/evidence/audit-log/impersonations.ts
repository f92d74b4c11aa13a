import type { RequestAttributes, UserInfo } from '../../engines/authorization/attributes.ts';
import { serviceAccountOf } from '../../engines/authorization/identity.ts';
import type { AuditEvent } from './event.ts';

const AUTHENTICATION = 'authentication.k8s.io';
const NODE = 'system:node:';

/** What the API server adds to the groups of an impersonated user by itself, always as the last one. */
const ADDED: ReadonlySet<string> = new Set(['system:authenticated', 'system:unauthenticated']);

/**
 * What the authorizer was asked about the user who impersonated another: k8s.io/apiserver pkg/endpoints/filters/impersonation. The
 * event tells the user that came of it: a last group `system:authenticated` is taken for added, and exactly the groups of a service
 * account for filled in.
 */
export function impersonations(event: AuditEvent, request: RequestAttributes): RequestAttributes[] {
  const { user, impersonatedUser, impersonationConstraint: constraint } = event;
  if (impersonatedUser === undefined) return [];
  const isConstrained = constraint !== '';
  const group = isConstrained ? AUTHENTICATION : '';
  const ask = (apiGroup: string, resource: string, name: string, more: Partial<RequestAttributes> = {}) => ({
    user,
    verb: isConstrained ? constraint : 'impersonate',
    isResourceRequest: true,
    apiGroup,
    apiVersion: 'v1',
    resource,
    subresource: '',
    namespace: '',
    name,
    path: '',
    ...more,
  });
  const mode = constraint.slice('impersonate:'.length);
  const asked: RequestAttributes[] = [];
  if (isConstrained) asked.push({ ...request, user, verb: `impersonate-on:${mode}:${request.verb}` });
  const account = serviceAccountOf(impersonatedUser.name);
  if (account !== undefined)
    asked.push(ask(group, 'serviceaccounts', account.name, { namespace: account.namespace }));
  else if (isConstrained && impersonatedUser.name.startsWith(NODE)) {
    // Whoever sits on a node asks for all of them: only its own can be meant.
    const name = mode === 'associated-node' ? '*' : impersonatedUser.name.slice(NODE.length);
    asked.push(ask(group, 'nodes', name));
  } else asked.push(ask(group, 'users', impersonatedUser.name));
  if (impersonatedUser.uid !== undefined) asked.push(ask(AUTHENTICATION, 'uids', impersonatedUser.uid));
  if (!isConstrained || mode === 'user-info') {
    for (const name of askedGroups(impersonatedUser)) asked.push(ask(group, 'groups', name));
  }
  for (const [key, values] of Object.entries(impersonatedUser.extra ?? {})) {
    for (const value of values) asked.push(ask(AUTHENTICATION, 'userextras', value, { subresource: key }));
  }
  return asked;
}

function askedGroups({ name, groups }: UserInfo): readonly string[] {
  const last = groups.at(-1);
  const asked = last !== undefined && ADDED.has(last) ? groups.slice(0, -1) : groups;
  const account = serviceAccountOf(name);
  const own = ['system:serviceaccounts', `system:serviceaccounts:${account?.namespace}`];
  const isFilledIn =
    account !== undefined && asked.length === own.length && own.every((each) => asked.includes(each));
  return isFilledIn ? [] : asked;
}
