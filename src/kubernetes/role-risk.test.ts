import { describe, expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { grantOf, isFilledByController, onlyReads } from './role-risk.ts';

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

const only = (...objects: JsonObject[]) => cluster(...objects).roles[0]!;

describe('grantOf', () => {
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
    expect(grantOf(only(clusterRole(rule)).rules[0]!, SECRETS)?.verbs).toEqual(verbs);
  });

  test('asks whether named resources matter', () => {
    const rule = { apiGroups: [''], resources: ['secrets'], verbs: ['list'], resourceNames: ['a'] };
    const of = (names: string) =>
      grantOf(only(clusterRole(rule)).rules[0]!, SECRETS, (given) => given.includes(names));
    expect(of('a')).toEqual({ verbs: ['list'], resources: ['secrets'] });
    expect(of('b')).toBeUndefined();
  });
});

test('isFilledByController tells aggregated roles', () => {
  expect(isFilledByController(only(clusterRole({ verbs: ['get'] })))).toBe(false);
  const aggregated = { ...clusterRole({ verbs: ['get'] }), aggregationRule: { clusterRoleSelectors: [{}] } };
  expect(isFilledByController(only(aggregated))).toBe(true);
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
