import { expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/json.ts';
import { formatBlocks } from './addresses.ts';
import { compareNetworks } from './compare.ts';
import { Network } from './network.ts';

const POD: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { containers: [] },
};
const egress = (...cidrs: string[]): JsonObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'out', namespace: 'shop' },
  spec: {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: cidrs.map((cidr) => ({ to: [{ ipBlock: { cidr } }] })),
  },
});

function changes(before: readonly JsonObject[], after: readonly JsonObject[]) {
  const network = (policies: readonly JsonObject[]) => Network.of([POD, ...policies]);
  return [...compareNetworks(network(before), network(after))].map(({ to, granted, revoked }) => ({
    to: 'addresses' in to ? formatBlocks(to.addresses) : [],
    granted: !granted.isEmpty,
    revoked: !revoked.isEmpty,
  }));
}

const EVERYWHERE = ['0.0.0.0/0', '::/0'];

test('addresses of IPv6 of which one state alone speaks are open in the other, unless something stops them', () => {
  expect(changes([], [egress(...EVERYWHERE)])).toEqual([]);
  expect(changes([egress(...EVERYWHERE)], [])).toEqual([]);
  // Without policies, everything is open: what the policy for fd00::/8 let through is, too.
  expect(changes([egress('0.0.0.0/0', 'fd00::/8')], [])).toEqual([
    {
      to: ['::-fcff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe00::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
      granted: true,
      revoked: false,
    },
  ]);
  // A policy for IPv4 alone stops all of IPv6.
  expect(changes([egress('0.0.0.0/0')], [egress(...EVERYWHERE)])).toEqual([
    { to: ['::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'], granted: true, revoked: false },
  ]);
});
