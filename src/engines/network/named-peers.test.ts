import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/json.ts';
import { NamedPeers } from './named-peers.ts';
import { Network } from './network.ts';

const SEED = 20261123;
const NAMESPACES = ['shop', 'bank', 'lab'];

const labels = fc.record(
  { app: fc.constantFrom('a', 'b', 'c'), tier: fc.constantFrom('x', 'y') },
  { requiredKeys: [] },
);
const selector = fc.oneof(
  labels.map((matchLabels) => ({ matchLabels })),
  fc
    .tuple(fc.constantFrom('app', 'tier'), fc.constantFrom('Exists', 'DoesNotExist'))
    .map(([key, operator]) => ({ matchExpressions: [{ key, operator }] })),
);
const namespaceSelector = fc.constantFrom<JsonObject>(
  {},
  { matchLabels: { 'kubernetes.io/metadata.name': 'bank' } },
  { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['lab'] }] },
);
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector, podSelector: selector }),
  fc.record({ namespaceSelector }),
  fc.constant({ ipBlock: { cidr: '10.0.0.0/8' } }),
);
const policy = fc.record({
  namespace: fc.constantFrom(...NAMESPACES),
  podSelector: selector,
  ingress: fc.array(fc.record({ from: fc.array(peer, { minLength: 0, maxLength: 2 }) }), { maxLength: 2 }),
});
const admin = fc.record({ action: fc.constantFrom('Allow', 'Deny', 'Pass'), namespaces: namespaceSelector });

test('nobody gets in but those who are listed', () => {
  let listed = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...NAMESPACES), labels), { minLength: 2, maxLength: 8 }),
      fc.array(policy, { maxLength: 5 }),
      fc.option(admin),
      (pods, policies, above) => {
        const objects: JsonObject[] = [
          ...pods.map(([namespace, own], index) => ({
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: `p${index}`, namespace, labels: own },
            spec: { containers: [] },
          })),
          ...policies.map(({ namespace, ...spec }, index) => ({
            apiVersion: 'networking.k8s.io/v1',
            kind: 'NetworkPolicy',
            metadata: { name: `n${index}`, namespace },
            spec,
          })),
          ...(above === null
            ? []
            : [
                {
                  apiVersion: 'policy.networking.k8s.io/v1alpha1',
                  kind: 'AdminNetworkPolicy',
                  metadata: { name: 'a' },
                  spec: {
                    priority: 1,
                    subject: { namespaces: {} },
                    ingress: [{ action: above.action, from: [{ namespaces: above.namespaces }] }],
                  },
                },
              ]),
        ] as JsonObject[];
        const { model } = Network.of(objects);
        const peers = new NamedPeers(model);
        for (const to of model.classes) {
          const named = peers.into(to);
          if (named === undefined) continue;
          listed++;
          for (const from of model.classes) {
            if (from === to || named.has(from)) continue;
            const { allowed, unknown } = model.betweenClasses(from, to);
            expect(allowed.isEmpty && unknown.isEmpty).toBe(true);
          }
        }
      },
    ),
    { seed: SEED, numRuns: 300 },
  );
  expect(listed).toBeGreaterThan(100);
});

test('where anybody gets in, nobody is listed', () => {
  const { model } = Network.of([
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'shop' }, spec: { containers: [] } },
  ]);
  expect(new NamedPeers(model).into(model.classes[0]!)).toBeUndefined();
});
