import { expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/json.ts';
import { parseAddress } from './addresses.ts';
import { explain } from './explain.ts';
import { Network } from './network.ts';

const POD: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { containers: [] },
};

test('where the only rule that may speak would deny, it is the isolation that stops the packet', () => {
  const policy: JsonObject = {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name: 'p', namespace: 'shop' },
    spec: { endpointSelector: {}, egressDeny: [{ toGroups: [{ aws: { region: 'r' } }] }] },
  };
  const { model, pods } = Network.of([POD, policy]);
  const packet = { protocol: 'TCP', port: 443 } as const;
  const { allowed, because } = explain(model, pods.get('shop/web')!, parseAddress('1.1.1.1')!, packet);
  expect(allowed).toBe(false);
  expect(because.map(({ effect }) => effect)).toEqual(['undecided', 'no-rule']);
});
