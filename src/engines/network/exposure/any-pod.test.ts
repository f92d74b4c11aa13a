import { expect, test } from 'vitest';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { Network } from '../network.ts';
import { AnyPod } from './any-pod.ts';

const WORLD: readonly JsonObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'db', namespace: 'shop', labels: { app: 'db' } },
    spec: { containers: [{ name: 'db', image: 'example.com/db:1' }] },
  },
];

/** Whether pods that are not known reach TCP 80 of the pod. */
function reached(...policies: JsonObject[]): string {
  const { model, pods } = Network.of([...WORLD, ...policies]);
  const { every, some, unknown } = new AnyPod(model).into(pods.get('shop/db')!);
  const sets = { every, some, unknown };
  return Object.entries(sets)
    .filter(([, ports]) => ports.has('TCP', 80))
    .map(([name]) => name)
    .join();
}

const calico = (...ingress: JsonObject[]): JsonObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'GlobalNetworkPolicy',
  metadata: { name: 'policy' },
  spec: { selector: "app == 'db'", types: ['Ingress'], ingress },
});

test('whom one selector excludes of those that another means, others are not', () => {
  const excluding = { selector: "app == 'web'", notSelector: "stage == 'test'" };
  expect(reached(calico({ action: 'Allow', source: excluding }))).toBe('unknown');
  const [deny, allow] = [
    { action: 'Deny', source: { selector: "stage == 'test'" } },
    { action: 'Allow', source: { namespaceSelector: "team == 'sales'" } },
  ];
  expect(reached(calico(deny, allow))).toBe('unknown');
  expect(reached(calico(allow))).toBe('some');
  expect(reached(calico(deny, { action: 'Allow' }))).toBe('some');
  expect(reached(calico({ action: 'Allow' }))).toBe('every,some');
});

test('who may be passed on to others is decided by these', () => {
  const isolation: JsonObject = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'isolation', namespace: 'shop' },
    spec: { podSelector: {} },
  };
  const tier = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'Tier',
    metadata: { name: 'platform' },
    spec: { order: 1 },
  };
  const passing = (source: JsonObject) => {
    const policy = calico({ action: 'Pass', source }, { action: 'Deny' });
    return { ...policy, spec: { ...(policy['spec'] as JsonObject), tier: 'platform' } };
  };
  const all = { namespaceSelector: 'all()' };
  expect(reached(tier, passing(all))).toBe('every,some');
  expect(reached(tier, passing(all), isolation)).toBe('');
  expect(reached(tier, passing({ selector: "app == 'web'" }))).toBe('some');
  expect(reached(tier, passing({ selector: "app == 'web'" }), isolation)).toBe('');
});

test('a selector that no pod fails is everybody, one that only names what is missing is not', () => {
  expect(reached(calico({ action: 'Allow', source: { selector: 'all()' } }))).toBe('every,some');
  expect(reached(calico({ action: 'Allow', source: { selector: "app != 'x'" } }))).toBe('some');
});
