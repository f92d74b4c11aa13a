import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kubernetes/json.ts';
import { auditEvent } from './event.ts';
import { requestsOf } from './requests.ts';
import { rawEvent } from './test-events.ts';

/** Each request as `verb group/resource/subresource namespace/name` with who, why and outcome where they are not the usual. */
function asked(changes: JsonObject): string[] | string {
  const requests = requestsOf(auditEvent(rawEvent(changes)));
  if (typeof requests === 'string') return requests;
  return requests.map(({ attributes, occasion, allowed }) => {
    const { user, verb, apiGroup, resource, subresource, namespace, name, path } = attributes;
    const what = attributes.isResourceRequest
      ? `${apiGroup}/${resource}${subresource && `/${subresource}`} ${namespace}/${name}`
      : path;
    const why = occasion === 'request' ? '' : ` (${occasion})`;
    return `${user.name}: ${verb} ${what}${why}${allowed ? '' : ' refused'}`;
  });
}

const code = (value: number, more: JsonObject = {}): JsonObject => ({
  responseStatus: { code: value, ...more },
});
const NONE: JsonObject = { annotations: {} };

describe('what counts', () => {
  it.each<[string, JsonObject, string[] | string]>([
    ['an answer', {}, ['jane: get /pods shop/web-0']],
    ['a watch that goes on', { stage: 'ResponseStarted', verb: 'watch' }, ['jane: watch /pods shop/web-0']],
    ['a request that was just received', { stage: 'RequestReceived', ...NONE }, 'too-early'],
    [
      'a refusal by the authorizer',
      { annotations: { 'authorization.k8s.io/decision': 'forbid' }, ...code(403) },
      ['jane: get /pods shop/web-0 refused'],
    ],
    ['a refusal by admission: the authorizer had allowed', code(403), ['jane: get /pods shop/web-0']],
    ['what does not exist', code(404), ['jane: get /pods shop/web-0']],
    [
      'a refusal in a log without annotations',
      { ...NONE, ...code(403) },
      ['jane: get /pods shop/web-0 refused'],
    ],
    ['an answer in a log without annotations', NONE, ['jane: get /pods shop/web-0']],
    ['nobody', { ...NONE, ...code(401) }, 'not-authorized-yet'],
    ['too many requests', { ...NONE, ...code(429) }, 'not-authorized-yet'],
    [
      'an impersonation that was refused',
      {
        ...NONE,
        ...code(403, {
          message:
            'users "bob" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
        }),
      },
      'impersonation-refused',
    ],
  ])('%s', (_, changes, expected) => {
    expect(asked(changes)).toEqual(expected);
  });
});

describe('what the authorizer saw', () => {
  const pods = (more: JsonObject): JsonObject => ({
    objectRef: { resource: 'pods', namespace: 'shop', apiVersion: 'v1', ...more },
  });
  it.each<[string, JsonObject, string[]]>([
    [
      'a creation has no name, though the log fills it in',
      {
        verb: 'create',
        requestURI: '/api/v1/namespaces/shop/pods?fieldManager=x',
        ...pods({ name: 'web-1' }),
      },
      ['jane: create /pods shop/'],
    ],
    [
      'nor a namespace that only the object names',
      {
        verb: 'create',
        requestURI: '/api/v1/namespaces',
        objectRef: { resource: 'namespaces', namespace: 'shop', name: 'shop', apiVersion: 'v1' },
      },
      ['jane: create /namespaces /'],
    ],
    [
      'a creation below an object has its name',
      {
        verb: 'create',
        requestURI: '/api/v1/namespaces/shop/pods/web-0/eviction',
        ...pods({ name: 'web-0', subresource: 'eviction' }),
      },
      ['jane: create /pods/eviction shop/web-0'],
    ],
    [
      'a list limited to one name by a field selector has it',
      {
        verb: 'list',
        requestURI: '/api/v1/namespaces/shop/pods?fieldSelector=metadata.name%3Dweb-0',
        ...pods({ name: 'web-0' }),
      },
      ['jane: list /pods shop/web-0'],
    ],
    [
      'a path without resource, without its query',
      { requestURI: '/openapi/v3/apis%2Fapps?hash=1', objectRef: undefined },
      ['jane: get /openapi/v3/apis/apps'],
    ],
    [
      'an apply that creates asks for that too, by name',
      { verb: 'patch', ...code(201) },
      ['jane: patch /pods shop/web-0', 'jane: create /pods shop/web-0 (creation-by-update)'],
    ],
    [
      'a stream that comes in by get',
      {
        requestURI: '/api/v1/namespaces/shop/pods/web-0/exec?command=ls',
        ...pods({ name: 'web-0', subresource: 'exec' }),
        ...code(101),
      },
      ['jane: get /pods/exec shop/web-0', 'jane: create /pods/exec shop/web-0 (websocket)'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(asked(changes)).toEqual(expected);
  });
});

describe('impersonation', () => {
  const as = (username: string, groups: string[], more: JsonObject = {}): JsonObject => ({
    impersonatedUser: { username, groups, ...more },
  });
  const own = ['bob: get /pods shop/web-0'];
  it.each<[string, JsonObject, string[]]>([
    [
      'a user',
      as('bob', ['system:authenticated']),
      [...own, 'jane: impersonate /users /bob (impersonation)'],
    ],
    [
      'with groups, uid and extra',
      as('bob', ['dev', 'ops', 'system:authenticated'], {
        uid: 'u1',
        extra: { 'example.com/scope': ['read'] },
      }),
      [
        ...own,
        'jane: impersonate /users /bob (impersonation)',
        'jane: impersonate authentication.k8s.io/uids /u1 (impersonation)',
        'jane: impersonate /groups /dev (impersonation)',
        'jane: impersonate /groups /ops (impersonation)',
        'jane: impersonate authentication.k8s.io/userextras/example.com/scope /read (impersonation)',
      ],
    ],
    [
      'a service account with its own groups',
      as('system:serviceaccount:shop:web', [
        'system:serviceaccounts',
        'system:serviceaccounts:shop',
        'system:authenticated',
      ]),
      [
        'system:serviceaccount:shop:web: get /pods shop/web-0',
        'jane: impersonate /serviceaccounts shop/web (impersonation)',
      ],
    ],
    [
      'constrained to a mode',
      {
        ...as('bob', ['dev', 'system:authenticated']),
        authenticationMetadata: { impersonationConstraint: 'impersonate:user-info' },
      },
      [
        ...own,
        'jane: impersonate-on:user-info:get /pods shop/web-0 (impersonation)',
        'jane: impersonate:user-info authentication.k8s.io/users /bob (impersonation)',
        'jane: impersonate:user-info authentication.k8s.io/groups /dev (impersonation)',
      ],
    ],
    [
      'a node by who runs on it',
      {
        ...as('system:node:n1', ['system:nodes', 'system:authenticated']),
        authenticationMetadata: { impersonationConstraint: 'impersonate:associated-node' },
      },
      [
        'system:node:n1: get /pods shop/web-0',
        'jane: impersonate-on:associated-node:get /pods shop/web-0 (impersonation)',
        'jane: impersonate:associated-node authentication.k8s.io/nodes /* (impersonation)',
      ],
    ],
  ])('%s', (_, changes, expected) => {
    expect(asked(changes)).toEqual(expected);
  });
});
