import { expect, test } from 'vitest';
import { objectOf } from '../../tests/owners.ts';
import { ApiResources } from './api-resources.ts';

const definition = (plural: string, shortNames: string[], more = {}) =>
  objectOf({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.shop.example` },
    spec: {
      group: 'shop.example',
      scope: 'Cluster',
      names: { plural, kind: 'Order', shortNames },
      versions: [{ name: 'v1', subresources: { status: {} } }],
      ...more,
    },
  });

// As kubectl answers on a cluster of v1.37 (`kubectl api-resources`, `kubectl explain`).
test.each([
  ['pods', undefined, '', 'pods'],
  ['po', undefined, '', 'pods'],
  ['Pod', undefined, '', 'pods'],
  ['deploy', undefined, 'apps', 'deployments'],
  ['ing', undefined, 'networking.k8s.io', 'ingresses'],
  ['netpol', undefined, 'networking.k8s.io', 'networkpolicies'],
  ['ingress', 'networking', 'networking.k8s.io', 'ingresses'],
  ['events', undefined, '', 'events'],
  ['events', 'events.k8s.io', 'events.k8s.io', 'events'],
  ['csr', undefined, 'certificates.k8s.io', 'certificatesigningrequests'],
  ['sc', undefined, 'storage.k8s.io', 'storageclasses'],
  ['pdb', 'policy', 'policy', 'poddisruptionbudgets'],
])('%s of group %s', (name, group, expectedGroup, resource) => {
  expect(new ApiResources().find(name, group)).toMatchObject({ group: expectedGroup, resource });
});

test('what no API has is not found', () => {
  expect(new ApiResources().find('podz')).toBeUndefined();
  expect(new ApiResources().find('pods', 'apps')).toBeUndefined();
});

test('custom resources by all their names, behind those of Kubernetes', () => {
  const resources = new ApiResources([definition('orders', ['ord', 'po'])]);
  const orders = {
    group: 'shop.example',
    resource: 'orders',
    singular: 'order',
    namespaced: false,
    subresources: ['status'],
  };
  for (const name of ['orders', 'order', 'ord']) expect(resources.find(name)).toMatchObject(orders);
  expect(resources.find('po')).toMatchObject({ resource: 'pods' });
  expect(resources.find('po', 'shop.example')).toMatchObject(orders);
});

test('a definition that is no definition adds nothing', () => {
  expect(new ApiResources([definition('orders', [], { names: 3 })]).find('orders')).toBeUndefined();
});
