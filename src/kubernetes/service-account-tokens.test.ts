import { describe, expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import {
  isApiServerAudience,
  isStaticPod,
  mountsToken,
  projectedTokens,
  rolesOfAccount,
} from './service-account-tokens.ts';

const origin = {
  file: { path: 'test.yaml' },
  document: 0,
  start: 0,
  end: 0,
  line: 1,
  column: 1,
  format: 'yaml' as const,
  within: '',
};

function cluster(...objects: JsonObject[]): Cluster {
  return new Cluster(objects.map((raw) => new KubernetesObject(raw, origin)));
}

const pod = (spec: JsonObject, metadata: JsonObject = { name: 'p', namespace: 'shop' }): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata,
  spec,
});
const account = (name: string, fields: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace: 'shop' },
  ...fields,
});
const binding = (subject: JsonObject): JsonObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'b' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
  subjects: [subject],
});

/** Expectations from shouldAutomount in k8s.io/kubernetes plugin/pkg/admission/serviceaccount/admission.go. */
describe('whether a token is mounted', () => {
  const off = { automountServiceAccountToken: false };
  const on = { automountServiceAccountToken: true };
  test.each([
    ['the pod comes first', { ...off, serviceAccountName: 'a' }, account('a', on), false],
    ['and the other way round', { ...on, serviceAccountName: 'a' }, account('a', off), true],
    ['then the account', { serviceAccountName: 'a' }, account('a', off), false],
    ['the default is yes', { serviceAccountName: 'a' }, account('a'), true],
    ['an account that is not seen', { serviceAccountName: 'b' }, account('a'), undefined],
    ['the default account as it is created', {}, account('a'), true],
    ['the default account as it was changed', {}, account('default', off), false],
    ['the old spelling', { serviceAccount: 'a' }, account('a', off), false],
    ['a wrong type says nothing', { automountServiceAccountToken: 'no' }, account('a'), true],
  ])('%s', (_, spec, other, mounted) => {
    const seen = cluster(pod(spec), other);
    expect(mountsToken(seen.workloads[0]!, seen)).toBe(mounted);
  });
});

describe('the roles of an account', () => {
  test.each([
    ['by its own name', { kind: 'ServiceAccount', name: 'a', namespace: 'shop' }, 1],
    ['as a user', { kind: 'User', name: 'system:serviceaccount:shop:a' }, 1],
    ['by the group of its namespace', { kind: 'Group', name: 'system:serviceaccounts:shop' }, 1],
    ['not of its namesake', { kind: 'ServiceAccount', name: 'a', namespace: 'other' }, 0],
    ['not of all accounts', { kind: 'Group', name: 'system:serviceaccounts' }, 0],
  ])('%s', (_, subject, count) => {
    const seen = cluster(pod({ serviceAccountName: 'a' }), binding(subject));
    expect(rolesOfAccount(seen.workloads[0]!, seen)).toHaveLength(count);
  });

  test('count for a namesake where the pod may be applied to that namespace', () => {
    const subject = { kind: 'ServiceAccount', name: 'a', namespace: 'other' };
    const seen = cluster(pod({ serviceAccountName: 'a' }, { name: 'p' }), binding(subject));
    expect(rolesOfAccount(seen.workloads[0]!, seen)).toEqual(['ClusterRole/view']);
    const byDefault = cluster(pod({}, { name: 'p' }), binding({ ...subject, name: 'default' }));
    expect(rolesOfAccount(byDefault.workloads[0]!, byDefault)).toEqual([]);
  });
});

test('projected tokens', () => {
  const sources = [
    { serviceAccountToken: { path: 'a', audience: 'vault', expirationSeconds: 600 } },
    { configMap: { name: 'kube-root-ca.crt' } },
    null,
    { serviceAccountToken: { path: 'b', expirationSeconds: '600' } },
  ];
  const [workload] = cluster(pod({ volumes: [{ name: 'v', projected: { sources } }] })).workloads;
  expect(projectedTokens(workload!)).toMatchObject([
    {
      path: 'spec.volumes[0].projected.sources[0].serviceAccountToken',
      audience: 'vault',
      expirationSeconds: 600,
    },
    { path: 'spec.volumes[0].projected.sources[3].serviceAccountToken', expirationSeconds: 3600 },
  ]);
  expect(projectedTokens(workload!)[1]).toMatchObject({ audience: undefined, isForApiServer: false });
});

test.each([
  ['api', true],
  ['https://kubernetes.default.svc', true],
  ['https://kubernetes.default.svc.cluster.local', true],
  ['https://kubernetes.default.svc.cluster.local/', true],
  ['https://oidc.eks.eu-west-1.amazonaws.com/id/ABC', true],
  ['https://container.googleapis.com/v1/projects/p/locations/l/clusters/c', true],
  ['sts.amazonaws.com', false],
  ['https://kubernetes.default.evil.example', false],
  ['vault', false],
])('%s is an audience of the API server: %s', (audience, expected) => {
  expect(isApiServerAudience(audience, cluster())).toBe(expected);
});

test.each([
  ['a mirror', { annotations: { 'kubernetes.io/config.mirror': 'x' } }, {}, true],
  ['owned by its node', { ownerReferences: [{ kind: 'Node', name: 'n' }] }, {}, true],
  ['a component', {}, { containers: [{ name: 'e', command: ['/usr/bin/etcd'] }] }, true],
  ['any other', {}, { containers: [{ name: 'e', args: ['--kubelet=a/kubelet'] }] }, false],
])('static pod: %s', (_, metadata, spec, expected) => {
  expect(isStaticPod(cluster(pod(spec, metadata)).workloads[0]!)).toBe(expected);
});
