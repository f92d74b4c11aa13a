import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { RbacWorld } from './world.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const READ = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };

function clusterRole(name: string, parts: JsonObject = {}): JsonObject {
  return { apiVersion, kind: 'ClusterRole', metadata: { name }, rules: [READ], ...parts };
}

function bind(kind: string, role: string, subjects: JsonObject[], metadata: JsonObject = {}): JsonObject {
  const [roleKind = '', name = ''] = role.split('/');
  return {
    apiVersion,
    kind,
    metadata: { name: 'b', ...metadata },
    roleRef: { kind: roleKind, name },
    subjects,
  };
}

const ALICE = { kind: 'User', name: 'alice' };

function worldOf(...objects: JsonObject[]): RbacWorld {
  return RbacWorld.of(objects, { bootstrap: false });
}

function problemsOf(...objects: JsonObject[]): string[] {
  return worldOf(...objects).problems.map(({ kind, path, name }) => `${kind} ${path} ${name}`);
}

describe('grants', () => {
  test('keep the objects that were given, and name the place of the subject', () => {
    const role = clusterRole('r');
    const binding = bind('ClusterRoleBinding', 'ClusterRole/r', [{ kind: 'Group', name: 'g' }, ALICE]);
    const { grants, problems } = worldOf(binding, role);
    expect(grants.map(({ subject, subjectIndex }) => [subject.name, subjectIndex])).toEqual([
      ['g', 0],
      ['alice', 1],
    ]);
    expect(grants[1]!.binding).toBe(binding);
    expect(grants[1]!.role).toBe(role);
    expect(grants[1]!.namespace).toBeUndefined();
    expect(problems).toEqual([]);
  });

  test('a RoleBinding and its accounts are of the namespace default where they name none', () => {
    const binding = bind('RoleBinding', 'ClusterRole/r', [{ kind: 'ServiceAccount', name: 'a' }]);
    const [grant] = worldOf(clusterRole('r'), binding).grants;
    expect(grant).toMatchObject({
      namespace: 'default',
      subject: { kind: 'ServiceAccount', namespace: 'default', name: 'a' },
    });
  });

  test('kinds of the same name in other API groups are passed over', () => {
    const role = { ...clusterRole('r'), apiVersion: 'iam.services.k8s.aws/v1alpha1', kind: 'Role' };
    expect(worldOf(role)).toMatchObject({ roles: [], problems: [] });
  });

  test('what is stated twice counts twice, and is named where it says something else', () => {
    const other = clusterRole('r', { rules: [{ ...READ, resources: ['secrets'] }] });
    const binding = bind('ClusterRoleBinding', 'ClusterRole/r', [ALICE]);
    const { grants, problems } = worldOf(clusterRole('r'), other, clusterRole('r'), binding);
    expect(grants.map(({ rules }) => rules[0]!.resources[0])).toEqual(['pods', 'secrets', 'pods']);
    expect(problems).toEqual([{ kind: 'stated-twice', object: other, path: 'metadata.name', name: 'r' }]);
  });
});

describe('the roles of every API server', () => {
  const binding = bind('ClusterRoleBinding', 'ClusterRole/view', [ALICE]);

  test('are there, with the rules that their aggregation gives them', () => {
    const grant = RbacWorld.of([binding]).grants.find(({ subject }) => subject.name === 'alice')!;
    const pods = grant.rules.find(({ resources }) => resources.includes('pods/log'))!;
    expect(pods.from?.role).toMatchObject({ metadata: { name: 'system:aggregate-to-view' } });
    expect(RbacWorld.of([]).problems).toEqual([]);
  });

  test('are left out where asked', () => {
    expect(worldOf().roles).toEqual([]);
    expect(worldOf(binding).problems).toMatchObject([{ kind: 'missing-role', name: 'ClusterRole view' }]);
  });

  test('give way to what the objects say themselves', () => {
    const own = clusterRole('cluster-admin', { rules: [] });
    const admins = RbacWorld.of([own]).grants.filter(({ subject }) => subject.name === 'system:masters');
    expect(admins).toMatchObject([{ role: own, rules: [] }]);
  });

  test('grow with the roles that aim at them', () => {
    const widgets = { apiGroups: ['example.com'], resources: ['widgets'], verbs: ['list'] };
    const labels = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
    const own = clusterRole('widgets', { metadata: { name: 'widgets', labels }, rules: [READ, widgets] });
    const rulesOf = (name: string) =>
      RbacWorld.of([own]).roles.find(({ object }) => (object['metadata'] as JsonObject)['name'] === name)!
        .rules;
    // edit takes what view has, and admin what edit has.
    for (const name of ['view', 'edit', 'admin']) {
      const rule = rulesOf(name).find(({ resources }) => resources.includes('widgets'))!;
      expect(rule.from).toEqual({ role: own, index: 1 });
      expect(rule.path).toBe('rules[1]');
    }
  });
});

describe('bad input is named and stops nothing', () => {
  test.each<[string, JsonObject, string[]]>([
    [
      'no such role',
      bind('ClusterRoleBinding', 'ClusterRole/x', [ALICE]),
      ['missing-role roleRef ClusterRole x'],
    ],
    [
      'a role elsewhere',
      bind('RoleBinding', 'Role/r', [ALICE], { namespace: 'n' }),
      ['missing-role roleRef Role r'],
    ],
    [
      'a Role for the whole cluster',
      bind('ClusterRoleBinding', 'Role/r', [ALICE]),
      ['unusable-role-reference roleRef Role r'],
    ],
    [
      'no reference',
      { apiVersion, kind: 'RoleBinding', subjects: [ALICE] },
      ['unusable-role-reference roleRef  '],
    ],
    [
      'an account without namespace',
      bind('ClusterRoleBinding', 'ClusterRole/r', [ALICE, { kind: 'ServiceAccount', name: 'a' }]),
      ['subject-without-namespace subjects[1] a'],
    ],
    [
      'a kind that is no subject',
      bind('ClusterRoleBinding', 'ClusterRole/r', [{ kind: 'Pod', name: 'a' }]),
      ['unusable-subject subjects[0] Pod'],
    ],
    [
      'a subject without name',
      bind('ClusterRoleBinding', 'ClusterRole/r', [{ kind: 'User' }]),
      ['unusable-subject subjects[0] User'],
    ],
    ['no rules', clusterRole('x', { rules: null }), ['no-rules rules x']],
    [
      'rules for nothing',
      clusterRole('x', { rules: [READ, { ...READ, verbs: [] }, { verbs: ['get'], resources: ['pods'] }] }),
      ['empty-rule rules[1] x', 'empty-rule rules[2] x'],
    ],
    [
      'an unknown group',
      clusterRole('x', {
        rules: [
          { ...READ, apiGroups: ['v1', 'metrics.k8s.io'] },
          { ...READ, apiGroups: ['v1'] },
        ],
      }),
      ['unknown-api-group rules[0].apiGroups[0] v1'],
    ],
    [
      'a selector that is refused',
      clusterRole('x', {
        aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'in' }] }] },
      }),
      ['invalid-selector aggregationRule.clusterRoleSelectors[0] x'],
    ],
    [
      'no object to speak of',
      { apiVersion, kind: 'ClusterRole', metadata: 'x', rules: 7 },
      ['no-rules rules '],
    ],
  ])('%s', (_, object, expected) => {
    const good = [clusterRole('r'), bind('ClusterRoleBinding', 'ClusterRole/r', [ALICE], { name: 'good' })];
    expect(problemsOf(...good, object)).toEqual(expected);
    expect(worldOf(...good, object).grants.some(({ subject }) => subject.name === 'alice')).toBe(true);
  });

  test('groups that a definition or an API service among the objects brings are known', () => {
    const role = clusterRole('x', { rules: [{ ...READ, apiGroups: ['a.io', 'b.io', 'c.io'] }] });
    const crd = { kind: 'CustomResourceDefinition', spec: { group: 'a.io' } };
    const service = { kind: 'APIService', spec: { group: 'b.io' } };
    expect(problemsOf(role, crd, service)).toEqual(['unknown-api-group rules[0].apiGroups[2] c.io']);
  });
});

describe('aggregation', () => {
  const selects = (...values: string[]) => ({
    aggregationRule: { clusterRoleSelectors: values.map((value) => ({ matchLabels: { to: value } })) },
  });
  const named = (name: string, to: string, parts: JsonObject = {}) =>
    clusterRole(name, { metadata: { name, labels: { to } }, ...parts });
  const rule = (resource: string) => ({ ...READ, resources: [resource] });
  const resourcesOf = (name: string, ...objects: JsonObject[]) =>
    worldOf(...objects)
      .roles.find(({ object }) => (object['metadata'] as JsonObject)['name'] === name)!
      .rules.flatMap(({ resources }) => resources);

  test('replaces what the role states, in the order of selectors and names, each rule once', () => {
    const objects = [
      clusterRole('sum', { ...selects('b', 'a'), rules: [rule('stale')] }),
      named('z', 'a', { rules: [rule('one'), rule('two')] }),
      named('y', 'a', { rules: [rule('three'), rule('one')] }),
      named('x', 'b', { rules: [rule('two')] }),
    ];
    expect(resourcesOf('sum', ...objects)).toEqual(['two', 'three', 'one']);
  });

  test('keeps what an API server stored, as it counts whether or not its sources were read', () => {
    const stored = {
      metadata: { name: 'sum', uid: '1' },
      ...selects('a'),
      rules: [rule('kept'), rule('one')],
    };
    const source = named('x', 'a', { rules: [rule('one'), rule('new')] });
    expect(resourcesOf('sum', clusterRole('sum', stored), source)).toEqual(['kept', 'one', 'new']);
    const [sum] = worldOf(clusterRole('sum', stored), source).roles;
    expect(sum!.rules.map(({ from }) => from?.index)).toEqual([undefined, 0, 1]);
  });

  test('keeps what the role states where a selector is refused', () => {
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { 'not a key': 'x' } }] };
    expect(resourcesOf('sum', clusterRole('sum', { aggregationRule }))).toEqual(['pods']);
  });

  test('names cycles, and gives each role in one all that comes in', () => {
    const objects = [
      named('a', 'a', { ...selects('c'), rules: [rule('of-a')] }),
      named('b', 'b', { ...selects('a'), rules: [rule('of-b')] }),
      named('c', 'c', { ...selects('b', 'd'), rules: [rule('of-c')] }),
      named('d', 'd', { rules: [rule('of-d')] }),
    ];
    expect(problemsOf(...objects)).toEqual(
      [
        ['a', 'c'],
        ['b', 'a'],
        ['c', 'b'],
      ].map(([, first]) => `aggregation-cycle aggregationRule.clusterRoleSelectors ${first}`),
    );
    for (const name of ['a', 'b', 'c']) expect(resourcesOf(name, ...objects)).toContain('of-d');
  });

  test('keeps what the role states where nothing is selected, as the controller takes nothing away', () => {
    const sum = clusterRole('sum', { ...selects('a'), rules: [rule('own')] });
    const above = clusterRole('above', selects('b'));
    const between = named('between', 'b', { ...selects('a'), rules: [rule('between')] });
    expect(resourcesOf('sum', sum)).toEqual(['own']);
    expect(resourcesOf('sum', sum, named('x', 'a', { rules: [] }))).toEqual(['own']);
    expect(resourcesOf('above', above, between)).toEqual(['between']);
    expect(resourcesOf('above', above, between, named('x', 'a', { rules: [rule('new')] }))).toEqual(['new']);
  });

  test('a role that selects itself takes nothing from itself', () => {
    expect(resourcesOf('a', named('a', 'a', { ...selects('a'), rules: [] }))).toEqual([]);
    expect(problemsOf(named('a', 'a', selects('a')))).toEqual([]);
  });
});
