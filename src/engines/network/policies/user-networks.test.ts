import { expect, test } from 'vitest';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { explain, Network } from '../index.ts';

const pod = (namespace: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace },
  spec: { containers: [{ name: 'web', image: 'web' }] },
});
const network = (kind: string, spec: JsonObject): JsonObject => ({
  apiVersion: 'k8s.ovn.org/v1',
  kind,
  metadata: { name: 'own', namespace: 'green' },
  spec,
});
const labelled: JsonObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'blue', labels: { own: 'yes' } },
};

function reached(...objects: JsonObject[]): Record<string, unknown> {
  const { model, pods } = Network.of([labelled, pod('default'), pod('green'), pod('blue'), ...objects]);
  const from = pods.get('default/web')!;
  const ask = (to: string) =>
    explain(model, from, pods.get(`${to}/web`)!, { protocol: 'TCP', port: 80 }).allowed;
  return { green: ask('green'), blue: ask('blue') };
}

const PRIMARY = { topology: 'Layer2', layer2: { role: 'Primary' } };
const SECONDARY = { topology: 'Layer3', layer3: { role: 'Secondary' } };
const cluster = (selector: JsonObject, inner: JsonObject) =>
  network('ClusterUserDefinedNetwork', { namespaceSelector: selector, network: inner });

test('what reaches pods in a network of their own is not known', () => {
  expect(reached()).toEqual({ green: true, blue: true });
  expect(reached(network('UserDefinedNetwork', PRIMARY))).toEqual({ green: 'unknown', blue: true });
  expect(reached(network('UserDefinedNetwork', SECONDARY))).toEqual({ green: true, blue: true });
});

test('a network of the cluster is one of the namespaces that it selects', () => {
  const byName = {
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['green'] }],
  };
  expect(reached(cluster(byName, PRIMARY))).toEqual({ green: 'unknown', blue: true });
  expect(reached(cluster({ matchLabels: { own: 'yes' } }, PRIMARY))).toEqual({
    green: true,
    blue: 'unknown',
  });
  expect(reached(cluster({}, PRIMARY))).toEqual({ green: 'unknown', blue: 'unknown' });
  expect(reached(cluster({ matchLabels: { own: 'yes' } }, SECONDARY))).toEqual({ green: true, blue: true });
});
