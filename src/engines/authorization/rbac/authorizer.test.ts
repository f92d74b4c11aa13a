import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { RequestAttributes, UserInfo } from '../attributes.ts';
import { groupsOf } from '../identity.ts';
import { RbacAuthorizer } from './authorizer.ts';
import { RbacWorld } from './world.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';

interface Rule {
  verbs: string[];
  apiGroups: string[];
  resources: string[];
  resourceNames: string[];
  nonResourceURLs: string[];
}

interface Bound {
  namespace: string | undefined;
  rules: Rule[];
  subjects: { kind: string; name: string; namespace?: string }[];
}

/** One role for each binding, all bindings of the whole cluster first. */
function objectsOf(bounds: readonly Bound[]): JsonObject[] {
  return bounds.flatMap(({ namespace, rules, subjects }, index) => {
    const [role, binding] =
      namespace === undefined ? ['ClusterRole', 'ClusterRoleBinding'] : ['Role', 'RoleBinding'];
    const metadata = { name: `x${index}`, ...(namespace !== undefined && { namespace }) };
    return [
      { apiVersion, kind: role!, metadata, rules: rules as unknown as JsonObject[] },
      { apiVersion, kind: binding!, metadata, roleRef: { kind: role!, name: `x${index}` }, subjects },
    ];
  });
}

function authorizerOf(bounds: readonly Bound[]): RbacAuthorizer {
  return new RbacAuthorizer(RbacWorld.of(objectsOf(bounds), { bootstrap: false }));
}

/**
 * The same decision as k8s.io/kubernetes states it, rule by rule and without any index: VisitRulesFor and RuleAllows. The index of
 * the first binding that allows; -1 where none does.
 */
function firstThatAllows(bounds: readonly Bound[], asked: RequestAttributes): number {
  const wide = bounds
    .map(({ namespace }, index) => (namespace === undefined ? index : -1))
    .filter((i) => i >= 0);
  const narrow = bounds.map(({ namespace }, index) =>
    asked.namespace !== '' && namespace === asked.namespace ? index : -1,
  );
  const visited = [...wide, ...narrow.filter((index) => index >= 0)];
  return (
    visited.find(
      (index) => appliesTo(bounds[index]!, asked.user) && bounds[index]!.rules.some(allows(asked)),
    ) ?? -1
  );
}

function appliesTo({ subjects, namespace: own }: Bound, user: UserInfo): boolean {
  return subjects.some(({ kind, name, namespace = own ?? '' }) => {
    if (kind === 'User') return user.name === name;
    if (kind === 'Group') return user.groups.includes(name);
    return namespace !== '' && user.name === `system:serviceaccount:${namespace}:${name}`;
  });
}

function allows(asked: RequestAttributes) {
  const { verb, apiGroup, resource, subresource, name, path } = asked;
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  return (rule: Rule): boolean => {
    if (!rule.verbs.some((each) => each === '*' || each === verb)) return false;
    if (!asked.isResourceRequest) {
      return rule.nonResourceURLs.some(
        (url) =>
          url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, ''))),
      );
    }
    return (
      rule.apiGroups.some((each) => each === '*' || each === apiGroup) &&
      rule.resources.some(
        (each) => each === '*' || each === combined || (subresource !== '' && each === `*/${subresource}`),
      ) &&
      (rule.resourceNames.length === 0 || rule.resourceNames.includes(name))
    );
  };
}

const anyOf = (...values: string[]) => fc.constantFrom(...values);
const some = (...values: string[]) => fc.array(anyOf(...values), { maxLength: 4 });
const VERBS = ['get', 'list', 'deletecollection', 'GET', ''];
const GROUPS = ['', 'apps', 'Apps'];
const RESOURCES = ['pods', 'Pods', 'scale', 'pods/log', 'a/b', '', '*'];
const SUBRESOURCES = ['', '', 'log', 'scale', 'b', 'c', 'b/c', '*'];
const NAMES = ['', 'a', 'b', '*'];
const NAMESPACES = ['n', 'm', 'a:b'];
const PATHS = ['', '/', '/healthz', '/healthz/', '/healthz/a', 'healthz', '/healthz*'];
const USERS = [
  'u',
  'v',
  'system:serviceaccount:n:s',
  'system:serviceaccount:a:b:s',
  'system:serviceaccount:a:b',
  '',
];

const rule: fc.Arbitrary<Rule> = fc.record({
  verbs: some(...VERBS, '*', '*'),
  apiGroups: some(...GROUPS, '*', '*'),
  resources: some(
    '*',
    '*/log',
    '*/b/c',
    '*/',
    'pods',
    'Pods',
    'pods/log',
    'pods/scale',
    'a/b/c',
    '/b',
    'pods/',
    '*/*',
  ),
  resourceNames: fc.oneof(fc.constant<string[]>([]), some(...NAMES)),
  nonResourceURLs: some('*', '/*', '/healthz', '/healthz/*', '/healthz*', '/healthz**', 'h*', '/h*z'),
});
const bound: fc.Arbitrary<Bound> = fc.record({
  namespace: fc.option(anyOf(...NAMESPACES), { nil: undefined }),
  rules: fc.array(rule, { maxLength: 4 }),
  subjects: fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('User'), name: anyOf(...USERS) }),
      fc.record({ kind: fc.constant('Group'), name: anyOf('g', 'h', 'u') }),
      fc.record({ kind: fc.constant('ServiceAccount'), name: anyOf('s', 'b', 'b:s') }),
      fc.record({
        kind: fc.constant('ServiceAccount'),
        name: anyOf('s', 'b:s'),
        namespace: anyOf(...NAMESPACES, 'a'),
      }),
    ),
    { maxLength: 4 },
  ),
});
const request: fc.Arbitrary<RequestAttributes> = fc.record({
  user: fc.record({ name: anyOf(...USERS), groups: some('g', 'h', 'unheard-of') }),
  verb: anyOf(...VERBS, 'unheard-of', '*'),
  isResourceRequest: fc.boolean(),
  apiGroup: anyOf(...GROUPS, 'unheard-of', '*'),
  apiVersion: fc.constant('v1'),
  resource: anyOf(...RESOURCES, 'unheard-of'),
  subresource: anyOf(...SUBRESOURCES, 'unheard-of'),
  namespace: anyOf(...NAMESPACES, '', 'unheard-of'),
  name: anyOf(...NAMES, 'unheard-of'),
  path: anyOf(...PATHS),
});

describe('the indexes', () => {
  test('decide as upstream does rule by rule, and name the first binding that allows', () => {
    let allowed = 0;
    fc.assert(
      fc.property(
        fc.array(bound, { maxLength: 12 }),
        fc.array(request, { minLength: 40, maxLength: 40 }),
        (bounds, requests) => {
          const authorizer = authorizerOf(bounds);
          for (const asked of requests) {
            const { decision, grant } = authorizer.authorize(asked);
            const expected = firstThatAllows(bounds, asked);
            const name = grant && (grant.grant.binding['metadata'] as JsonObject)['name'];
            // The first binding, and of its role the first rule.
            const found = [decision, name, grant?.ruleIndex];
            const rule = bounds[expected]?.rules.findIndex(allows(asked));
            const right =
              expected < 0 ? ['no-opinion', undefined, undefined] : ['allow', `x${expected}`, rule];
            if (found.some((each, index) => each !== right[index]))
              throw new Error(`${JSON.stringify(asked)}: ${found}, upstream ${right}`);
            if (expected >= 0) allowed++;
          }
        },
      ),
      { seed: 20261123, numRuns: 400 },
    );
    expect(allowed).toBeGreaterThan(1000);
  });

  test('find the same among many grants of one user as among few', () => {
    const subjects = [{ kind: 'User', name: 'u' }];
    const rules = (resource: string, ...resourceNames: string[]): Rule[] => [
      { verbs: ['get'], apiGroups: [''], resources: [resource], resourceNames, nonResourceURLs: [] },
    ];
    const others = Array.from({ length: 500 }, (_, i) => `other${i}`);
    for (const [namespace, elsewhere] of [
      [undefined, []],
      ['n', ['n']],
      ['n', ['a', 'z', 'b', 'y']],
    ] as const) {
      const authorizer = authorizerOf([
        ...others.map((resource, index) => ({
          namespace: elsewhere[index % elsewhere.length],
          subjects,
          rules: [...rules(resource), ...(elsewhere.length > 1 ? rules('pods') : [])],
        })),
        { namespace, subjects, rules: rules('pods', 'a') },
        { namespace, subjects, rules: rules('pods') },
        { namespace, subjects, rules: rules('pods', 'a') },
      ]);
      const asked = {
        user: { name: 'u', groups: [] },
        verb: 'get',
        isResourceRequest: true,
        apiGroup: '',
        apiVersion: 'v1',
      };
      const rest = { resource: 'pods', subresource: '', namespace: 'n', path: '' };
      const bindingFor = (name: string) =>
        authorizer.authorize({ ...asked, ...rest, name }).grant!.grant.binding['metadata'];
      expect(bindingFor('a')).toMatchObject({ name: 'x500' });
      expect(bindingFor('b')).toMatchObject({ name: 'x501' });
    }
  });

  test('say who can exactly of those who are allowed it', () => {
    fc.assert(
      fc.property(
        fc.array(bound, { maxLength: 8 }),
        fc.array(request, { minLength: 20, maxLength: 20 }),
        (bounds, requests) => {
          const authorizer = authorizerOf(bounds);
          for (const asked of requests) {
            const holders = authorizer.whoCan(asked);
            expect(holders[0]!.subject).toEqual({
              kind: 'Group',
              namespace: undefined,
              name: 'system:masters',
            });
            const named = holders.slice(1).map(({ subject }) => subject);
            const has = (kind: string, name: string) =>
              named.some(
                (subject) => subject.kind === kind && subject.name === name && kind !== 'ServiceAccount',
              ) ||
              named.some(
                (subject) =>
                  kind === 'User' &&
                  subject.kind === 'ServiceAccount' &&
                  name === `system:serviceaccount:${subject.namespace}:${subject.name}`,
              );
            for (const name of USERS) {
              const isAllowed = firstThatAllows(bounds, { ...asked, user: { name, groups: [] } }) >= 0;
              if (has('User', name) !== isAllowed) throw new Error(`${name} ${JSON.stringify(asked)}`);
            }
            for (const group of ['g', 'h', 'u']) {
              const isAllowed =
                firstThatAllows(bounds, { ...asked, user: { name: 'nobody', groups: [group] } }) >= 0;
              if (has('Group', group) !== isAllowed) throw new Error(`${group} ${JSON.stringify(asked)}`);
            }
          }
        },
      ),
      { seed: 20261123, numRuns: 200 },
    );
  });
});

const READ = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
const ASKED = {
  isResourceRequest: true,
  apiGroup: '',
  apiVersion: 'v1',
  resource: 'pods',
  subresource: '',
  path: '',
};

// The sentences are those of pkg/registry/rbac/validation/rule.go and of the listers behind it.
describe('reasons', () => {
  const objects: JsonObject[] = [
    { apiVersion, kind: 'ClusterRole', metadata: { name: 'r' }, rules: [READ] },
    ...['ClusterRoleBinding', 'RoleBinding'].map((kind) => ({
      apiVersion,
      kind,
      metadata: { name: 'b', namespace: 'n' },
      roleRef: { kind: 'ClusterRole', name: 'r' },
      subjects: [
        kind === 'RoleBinding' ? { kind: 'ServiceAccount', name: 's' } : { kind: 'Group', name: 'a "g"' },
      ],
    })),
    ...['ClusterRole/gone', 'Role/gone', 'Thing/gone', 'ClusterRole/gone'].map((role, index) => ({
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name: `broken${index}`, namespace: 'n' },
      roleRef: { kind: role.split('/')[0]!, name: 'gone' },
      subjects: [
        { kind: 'User', name: index === 0 ? 'v' : 'u' },
        { kind: 'User', name: 'u' },
      ],
    })),
  ];
  const authorizer = new RbacAuthorizer(RbacWorld.of(objects, { bootstrap: false }));
  const reasonFor = (name: string, groups: string[] = [], namespace = 'n') =>
    authorizer.authorize({ ...ASKED, user: { name, groups }, verb: 'get', namespace, name: '' }).reason;

  test('name the binding, the role and the subject', () => {
    expect(reasonFor('x', ['a "g"'])).toBe(
      'RBAC: allowed by ClusterRoleBinding "b" of ClusterRole "r" to Group "a \\"g\\""',
    );
    expect(reasonFor('system:serviceaccount:n:s')).toBe(
      'RBAC: allowed by RoleBinding "b/n" of ClusterRole "r" to ServiceAccount "s/n"',
    );
    expect(reasonFor('nobody')).toBe('');
  });

  test('tell whoever is refused which of their roles are not there', () => {
    expect(reasonFor('v')).toBe('RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found');
    expect(reasonFor('u')).toBe(
      'RBAC: [clusterrole.rbac.authorization.k8s.io "gone" not found, ' +
        'role.rbac.authorization.k8s.io "gone" not found, unsupported role reference kind: "Thing"]',
    );
    expect(reasonFor('u', [], 'm')).toBe('');
  });
});

test('rules are listed by each binding once, for the first of its subjects that applies', () => {
  const objects: JsonObject[] = [
    { apiVersion, kind: 'ClusterRole', metadata: { name: 'r' }, rules: [READ, { ...READ, verbs: ['list'] }] },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name: 'b', namespace: 'n' },
      roleRef: { kind: 'ClusterRole', name: 'r' },
      subjects: ['w', 'g', 'u'].map((name) => ({ kind: name === 'g' ? 'Group' : 'User', name })),
    },
  ];
  const authorizer = new RbacAuthorizer(RbacWorld.of(objects, { bootstrap: false }));
  const rules = authorizer.rulesFor({ name: 'u', groups: ['g'] }, 'n');
  expect(rules.map(({ grant, ruleIndex }) => [grant.subjectIndex, ruleIndex])).toEqual([
    [1, 0],
    [1, 1],
  ]);
  expect(authorizer.rulesFor({ name: 'u', groups: ['g'] }, '')).toEqual([]);
});

test('a role of a megabyte is decided as quickly as another', () => {
  const rules = Array.from({ length: 5000 }, (_, i) => ({
    ...READ,
    resources: [`resource-${i}`],
    resourceNames: Array.from({ length: 20 }, (_, j) => `name-${j}`),
  }));
  expect(JSON.stringify(rules).length).toBeGreaterThan(1 << 20);
  const objects: JsonObject[] = [
    { apiVersion, kind: 'ClusterRole', metadata: { name: 'r' }, rules },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'b' },
      roleRef: { kind: 'ClusterRole', name: 'r' },
      subjects: [{ kind: 'User', name: 'u' }],
    },
  ];
  const authorizer = new RbacAuthorizer(RbacWorld.of(objects));
  const ask = (resource: string, name: string) =>
    authorizer.authorize({
      ...ASKED,
      user: { name: 'u', groups: groupsOf('u') },
      verb: 'get',
      namespace: '',
      resource,
      name,
    });
  for (let i = 0; i < 20_000; i++) {
    const { decision, grant } = ask(`resource-${i % 6000}`, `name-${i % 25}`);
    const expected = i % 6000 < 5000 && i % 25 < 20 ? i % 6000 : undefined;
    if (grant?.ruleIndex !== expected) throw new Error(`${i}: ${decision} ${grant?.ruleIndex}`);
  }
});

test('forgets what it worked out before that grows without bounds, and answers the same again', () => {
  const verbs = Array.from({ length: 42 }, (_, i) => `verb-${i}`);
  const resourceNames = Array.from({ length: 50_000 }, (_, i) => `name-${i}`);
  const objects: JsonObject[] = [
    { apiVersion, kind: 'ClusterRole', metadata: { name: 'r' }, rules: [{ ...READ, verbs, resourceNames }] },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'b' },
      roleRef: { kind: 'ClusterRole', name: 'r' },
      subjects: [{ kind: 'User', name: 'u' }],
    },
  ];
  const authorizer = new RbacAuthorizer(RbacWorld.of(objects, { bootstrap: false }));
  const decide = (verb: string, name: string) =>
    authorizer.authorize({ ...ASKED, user: { name: 'u', groups: [] }, verb, namespace: '', name }).decision;
  for (const verb of [...verbs, ...verbs.slice(0, 5)]) {
    expect([decide(verb, 'name-49999'), decide(verb, 'name-50000')]).toEqual(['allow', 'no-opinion']);
  }
});
