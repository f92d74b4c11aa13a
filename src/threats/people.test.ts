import { expect, test } from 'vitest';
import { administers, isPerson } from './people.ts';

const rule = (apiGroups: string[], resources: string[], verbs: string[], resourceNames: string[] = []) => ({
  apiGroups,
  resources,
  verbs,
  resourceNames,
  nonResourceURLs: [],
});

test.each<[string, ReturnType<typeof rule>, boolean]>([
  ['changing deployments', rule(['apps'], ['deployments'], ['patch']), true],
  ['everything', rule(['*'], ['*'], ['*']), true],
  ['everything of a group', rule(['batch'], ['*'], ['*']), true],
  ['pods among others, in any group', rule(['*'], ['events', 'pods'], ['create']), true],
  ['reading', rule(['*'], ['*'], ['get', 'list', 'watch']), false],
  ['a group that has no such resource', rule(['apps'], ['pods'], ['create']), false],
  ['one object by name', rule([''], ['configmaps'], ['update'], ['settings']), false],
  ['cluster-scoped objects', rule([''], ['namespaces', 'nodes'], ['*']), false],
  ['a subresource', rule([''], ['pods/exec'], ['create']), false],
  ['custom objects', rule(['example.com'], ['databases'], ['*']), false],
])('a rule for %s', (_, given, expected) => {
  expect(administers([given])).toBe(expected);
});

test('people are users and groups that are not of the control plane', () => {
  const is = (kind: string, name: string) => isPerson({ kind, name, namespace: undefined, path: '' });
  expect([is('User', 'ann'), is('Group', 'shop:developers')]).toEqual([true, true]);
  expect([
    is('ServiceAccount', 'ann'),
    is('Group', 'system:masters'),
    is('User', 'system:kube-proxy'),
  ]).toEqual([false, false, false]);
  expect(is('Group', 'kubeadm:cluster-admins')).toBe(false);
});
