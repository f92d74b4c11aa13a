import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import { KubernetesObject } from './object.ts';
import { tenantsOf } from './tenants.ts';

function tenants(namespaces: Record<string, Record<string, string>>) {
  const place = { start: 0, end: 0, line: 1, column: 1, format: 'yaml', within: '' } as const;
  const objects = Object.entries(namespaces).map(
    ([name, labels], document) =>
      new KubernetesObject(
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } },
        { ...place, file: { path: 'a' }, document },
      ),
  );
  const found = tenantsOf(new Cluster(objects));
  return found === undefined ? undefined : Object.fromEntries(found.byNamespace);
}

test.each<[string, Record<string, Record<string, string>>, Record<string, string> | undefined]>([
  ['no label', { a: {}, b: {} }, undefined],
  ['one tenant alone', { a: { tenant: 'x' }, b: { tenant: 'x' }, c: {} }, undefined],
  ['teams are none', { a: { team: 'x' }, b: { team: 'y' } }, undefined],
  [
    "a label of one's own",
    { a: { 'example.com/tenant-id': '1' }, b: { 'example.com/tenant-id': '2' }, c: {} },
    { a: '1', b: '2' },
  ],
  [
    'Capsule before others',
    {
      a: { 'capsule.clastix.io/tenant': 'oil', tenant: '1' },
      b: { 'capsule.clastix.io/tenant': 'gas', tenant: '1' },
    },
    { a: 'oil', b: 'gas' },
  ],
  [
    'trees of HNC',
    {
      a: { 'acme.tree.hnc.x-k8s.io/depth': '1', 'a.tree.hnc.x-k8s.io/depth': '0' },
      acme: { 'acme.tree.hnc.x-k8s.io/depth': '0' },
      b: { 'b.tree.hnc.x-k8s.io/depth': '0' },
    },
    { a: 'acme', acme: 'acme', b: 'b' },
  ],
  [
    'the project of kube-system is no tenant',
    {
      'kube-system': { 'field.cattle.io/projectId': 'p-sys' },
      tools: { 'field.cattle.io/projectId': 'p-sys' },
      a: { 'field.cattle.io/projectId': 'p-1' },
      b: { 'field.cattle.io/projectId': 'p-2' },
    },
    { a: 'p-1', b: 'p-2' },
  ],
])('%s', (_, namespaces, expected) => {
  expect(tenants(namespaces)).toEqual(expected);
});
