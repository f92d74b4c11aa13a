import { describe, expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { boundBy, clusterScopedReachOf, grantsOf, hasOwnRules, onlyReads, reachOf } from './role-risk.ts';

const GROUP = 'rbac.authorization.k8s.io';
const SECRETS = [{ group: '', resources: ['secrets'], verbs: ['get', 'list'] }];

function cluster(...objects: JsonObject[]): Cluster {
  return new Cluster(
    objects.map((raw, document) => {
      const origin = {
        file: { path: 'rbac.yaml' },
        document,
        start: 0,
        end: 0,
        line: 1,
        column: 1,
        format: 'yaml' as const,
        within: '',
      };
      return new KubernetesObject({ apiVersion: `${GROUP}/v1`, ...raw }, origin);
    }),
  );
}

function clusterRole(...rules: JsonObject[]): JsonObject {
  return { kind: 'ClusterRole', metadata: { name: 'reader' }, rules };
}

function binding(kind: string, namespace?: string, ...names: string[]): JsonObject {
  return {
    kind,
    metadata: { name: 'b', ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { kind: 'ClusterRole', name: 'reader', apiGroup: GROUP },
    subjects: (names.length === 0 ? ['ann'] : names).map((name) => ({ kind: 'User', name })),
  };
}

const only = (...objects: JsonObject[]) => cluster(...objects).roles[0]!;

describe('grantsOf', () => {
  // Verdicts as the RBAC authorizer gives them: pkg/apis/rbac/v1/evaluation_helpers.go.
  test.each<[string, JsonObject, readonly string[] | undefined]>([
    ['a listed verb', { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'delete'] }, ['get']],
    ['every verb', { apiGroups: ['*'], resources: ['secrets'], verbs: ['*'] }, ['get', 'list']],
    ['another group', { apiGroups: ['apps'], resources: ['secrets'], verbs: ['get'] }, undefined],
    ['another verb', { apiGroups: [''], resources: ['secrets'], verbs: ['create'] }, undefined],
    ['a subresource', { apiGroups: [''], resources: ['secrets/status'], verbs: ['get'] }, undefined],
    ['every resource', { apiGroups: [''], resources: ['*'], verbs: ['get'] }, undefined],
    [
      'named resources',
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: ['a'] },
      undefined,
    ],
  ])('%s', (_, rule, verbs) => {
    expect(grantsOf(only(clusterRole(rule)), SECRETS)[0]?.verbs).toEqual(verbs);
  });

  test('keeps named resources where asked to, and says which rule', () => {
    const role = only(
      clusterRole(
        { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
        { apiGroups: [''], resources: ['secrets'], verbs: ['list'], resourceNames: ['a'] },
      ),
    );
    expect(grantsOf(role, SECRETS, { named: true }).map(({ rule }) => rule.path)).toEqual(['rules[1]']);
  });
});

describe('reach', () => {
  const rule = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };

  test('follows the bindings', () => {
    expect(reachOf(only(clusterRole(rule)))).toBe('unbound');
    expect(reachOf(only(clusterRole(rule), binding('RoleBinding', 'shop')))).toBe('namespace');
    expect(reachOf(only(clusterRole(rule), binding('ClusterRoleBinding')))).toBe('cluster');
  });

  test('in kube-system leads to the cluster, but not for cluster-scoped resources', () => {
    const role = only(clusterRole(rule), binding('RoleBinding', 'kube-system'));
    expect(reachOf(role)).toBe('cluster');
    expect(clusterScopedReachOf(role)).toBe('namespace');
  });

  test('a Role gives nothing on cluster-scoped resources', () => {
    const role = only({ kind: 'Role', metadata: { name: 'reader', namespace: 'shop' }, rules: [rule] });
    expect(clusterScopedReachOf(role)).toBe('none');
  });
});

test('boundBy names bindings and subjects, and counts those left out', () => {
  const role = only(clusterRole({}), binding('RoleBinding', 'shop', 'a', 'b', 'c', 'd', 'e'));
  expect(boundBy(role)).toBe('RoleBinding shop/b (User a, User b, User c, +2)');
});

test('hasOwnRules leaves out bootstrap roles and empty ones', () => {
  const bootstrap = { name: 'reader', labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } };
  expect(hasOwnRules(only(clusterRole({ verbs: ['get'] })))).toBe(true);
  expect(hasOwnRules(only({ ...clusterRole({ verbs: ['get'] }), metadata: bootstrap }))).toBe(false);
  expect(hasOwnRules(only({ kind: 'ClusterRole', metadata: { name: 'a' }, rules: 'wrong' }))).toBe(false);
});

test('onlyReads is false for writes, for secrets and for subresources, which may act', () => {
  const reads = (resource: string, verb: string) =>
    onlyReads(only(clusterRole({ apiGroups: [''], resources: [resource], verbs: [verb] })));
  expect(reads('pods', 'list')).toBe(true);
  expect(reads('pods', 'create')).toBe(false);
  expect(reads('secrets', 'get')).toBe(false);
  expect(reads('pods/exec', 'get')).toBe(false);
  expect(reads('*', 'get')).toBe(false);
});
