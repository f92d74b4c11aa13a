import { expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/json.ts';
import { formatBlocks } from './addresses.ts';
import { connectionsOf } from './connections.ts';
import { Network } from './network.ts';
import { unmatchedOf } from './unmatched.ts';
import { unusedOf } from './unused.ts';

const POD: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
  spec: { containers: [] },
};
const NODE: JsonObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'near' },
  status: { addresses: [{ type: 'InternalIP', address: '10.0.0.5' }] },
};
const cilium = (spec: JsonObject): JsonObject => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNetworkPolicy',
  metadata: { name: 'p', namespace: 'shop' },
  spec,
});
const ALL: JsonObject = { protocol: 'TCP', from: 1, to: 65_535 };

test('the addresses that follow a block of a policy are not all taken for those of a node among them', () => {
  const policy = cilium({
    endpointSelector: {},
    egress: [
      { toCIDR: ['10.0.0.4/32'], toPorts: [{ ports: [{ port: '80' }] }] },
      { toEntities: ['world'], toPorts: [{ ports: [{ port: '0' }] }] },
    ],
  });
  const { model, groups, entries } = Network.of([POD, NODE, policy]);
  const out = [...connectionsOf(model, groups, entries)].flatMap(({ from, to, allowed }) =>
    'group' in from && 'addresses' in to
      ? [[formatBlocks(to.addresses).filter((block) => !block.includes(':')), allowed.ranges[0]]]
      : [],
  );
  // "world" is what is outside of the cluster: each address but those of nodes.
  expect(out).toEqual([[['0.0.0.0-255.255.255.255'], ALL]]);
});

test('rules about nodes are not said to be without effect: which nodes there are may not be known', () => {
  const deny: JsonObject = {
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name: 'p' },
    spec: {
      tier: 'Admin',
      priority: 1,
      subject: { namespaces: {} },
      egress: [{ action: 'Deny', to: [{ nodes: {} }] }],
    },
  };
  for (const nodes of [[], [NODE]])
    expect([...unusedOf(Network.of([POD, ...nodes, deny]).model)]).toEqual([]);
});

test('a policy of which it is not known whether it selects a pod is not said to select nothing', () => {
  // What the cluster is called, its pods do not say.
  const matchLabels = { 'k8s:io.cilium.k8s.policy.cluster': 'west' };
  const { model } = Network.of([POD, cilium({ endpointSelector: { matchLabels }, ingress: [{}] })]);
  expect([...unusedOf(model)]).toEqual([]);
  expect([...unmatchedOf(model)]).toEqual([]);
});
