import { describe, expect, test } from 'vitest';
import type { RequestAttributes } from '../attributes.ts';
import { AbacAuthorizer } from './authorizer.ts';
import { readAbacFile } from './policies.ts';

const AUTHENTICATED = ['system:authenticated'];

function authorizerOf(text: string): AbacAuthorizer {
  const { policies, problems } = readAbacFile(text);
  expect(problems).toEqual([]);
  return new AbacAuthorizer(policies);
}

type Row = readonly [
  user: string,
  verb: string,
  resource: string,
  namespace: string,
  decision: string,
  group?: string,
];

const named = (rows: readonly Row[]) => rows.map((row) => [row.join(' '), row] as const);

function attributesOf([user, verb, resource, namespace, , apiGroup = '']: Row): RequestAttributes {
  return {
    user: { name: user, groups: AUTHENTICATED },
    verb,
    isResourceRequest: !resource.startsWith('/'),
    apiGroup,
    apiVersion: 'v1',
    resource: resource.startsWith('/') ? '' : resource,
    subresource: '',
    namespace,
    name: '',
    path: resource.startsWith('/') ? resource : '',
  };
}

// k8s.io/kubernetes pkg/auth/authorizer/abac/abac_test.go, TestAuthorizeV0
describe('policies without version', () => {
  const authorizer = authorizerOf(`{                    "readonly": true, "resource": "events"   }
{"user":"scheduler", "readonly": true, "resource": "pods"     }
{"user":"scheduler",                   "resource": "bindings" }
{"user":"kubelet",   "readonly": true, "resource": "bindings" }
{"user":"kubelet",                     "resource": "events"   }
{"user":"alice",                                              "namespace": "projectCaribou"}
{"user":"bob",       "readonly": true,                        "namespace": "projectCaribou"}
`);

  test.each(
    named([
      ['scheduler', 'list', 'pods', 'ns1', 'allow'],
      ['scheduler', 'create', 'pods', '', 'no-opinion'],
      ['scheduler', 'get', 'bindings', '', 'allow'],
      ['alice', 'update', 'widgets', 'projectCaribou', 'allow'],
      ['alice', 'update', 'foo', 'projectCaribou', 'allow', 'bar'],
      ['alice', 'get', 'pods', 'ns1', 'no-opinion'],
      ['chuck', 'get', 'events', '', 'allow'],
      ['chuck', 'update', 'events', 'ns1', 'no-opinion'],
      ['chuck', 'get', '/', '', 'no-opinion'],
    ]),
  )('%s', (_, row) => {
    expect(authorizer.authorize(attributesOf(row)).decision).toBe(row[4]);
  });
});

// TestAuthorizeV1beta1
describe('policies of v1beta1', () => {
  const policy = (spec: object) =>
    JSON.stringify({ apiVersion: 'abac.authorization.kubernetes.io/v1beta1', kind: 'Policy', spec });
  const authorizer = authorizerOf(
    [
      '',
      '  # Comment line, after a blank line',
      policy({ user: '*', readonly: true, nonResourcePath: '/api' }),
      policy({ user: '*', nonResourcePath: '/custom' }),
      policy({ user: '*', nonResourcePath: '/root/*' }),
      policy({ user: 'noresource', nonResourcePath: '*' }),
      policy({ user: '*', readonly: true, resource: 'events', namespace: '*' }),
      policy({ user: 'alice', resource: '*', namespace: 'projectCaribou' }),
      policy({ user: 'apigroupuser', resource: '*', namespace: 'projectAnyGroup', apiGroup: '*' }),
      policy({ user: 'apigroupuser', resource: '*', namespace: 'projectXGroup', apiGroup: 'x' }),
      policy({ user: 'both', group: 'elsewhere', resource: '*', namespace: '*' }),
      policy({ resource: '*', namespace: '*', apiGroup: '*', nonResourcePath: '*' }),
    ].join('\n'),
  );

  test.each(
    named([
      ['alice', 'update', 'pods', 'projectCaribou', 'allow'],
      ['alice', 'update', 'pods', 'projectCaribou', 'no-opinion', 'apps'],
      ['chuck', 'get', 'events', 'ns1', 'allow'],
      ['chuck', 'get', '/api', '', 'allow'],
      ['chuck', 'create', '/api', '', 'no-opinion'],
      ['chuck', 'update', '/custom', '', 'allow'],
      ['chuck', 'get', '/root', '', 'no-opinion'],
      ['chuck', 'get', '/root/test/1/2/3', '', 'allow'],
      ['noresource', 'get', '/foo/bar/baz', '', 'allow'],
      ['noresource', 'get', 'foo', 'bar', 'no-opinion'],
      ['apigroupuser', 'get', 'foo', 'projectAnyGroup', 'allow', 'y'],
      ['apigroupuser', 'get', 'foo', 'projectXGroup', 'no-opinion'],
      ['both', 'get', 'pods', 'ns1', 'no-opinion'],
    ]),
  )('%s', (_, row) => {
    expect(authorizer.authorize(attributesOf(row)).decision).toBe(row[4]);
  });

  test('say which line allows', () => {
    expect(authorizer.authorize(attributesOf(['chuck', 'get', '/api', '', 'allow']))).toMatchObject({
      policy: { line: 3 },
    });
  });
});

describe('a policy file', () => {
  test('is refused for each line that the API server does not take', () => {
    const lines = [
      '{"user":"a"}',
      '{"user":5}',
      '{user: a}',
      '{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","spec":{"user":"a"}}',
      '{"apiVersion":"v0","kind":"Policy","user":"a"}',
      '[]',
      'user: a',
      `{"user":"${'a'.repeat(64 * 1024)}"}`,
      `# ${'a'.repeat(64 * 1024)}`,
    ];
    const { policies, problems } = readAbacFile(lines.join('\r\n'));
    expect(problems.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 8, 9]);
    expect(policies).toEqual([
      expect.objectContaining({ user: 'a', line: 1 }),
      expect.objectContaining({ user: 'a', line: 7 }),
    ]);
  });
});
