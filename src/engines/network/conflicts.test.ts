import { expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/json.ts';
import { conflictsOf, Network } from './index.ts';

const pod = (app: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: app, namespace: 'shop', labels: { app } },
  spec: { containers: [{ name: 'c', image: 'c', ports: [{ name: 'http', containerPort: 80 }] }] },
});
const everybody = { namespaces: {} };
const only = (app: string) => ({ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app } } } });
const admin = (name: string, ingress: JsonObject[], more: JsonObject = {}): JsonObject => ({
  apiVersion: 'policy.networking.k8s.io/v1alpha1',
  kind: 'AdminNetworkPolicy',
  metadata: { name },
  spec: { priority: 10, subject: everybody, ingress, ...more },
});
const port = (number: number) => [{ portNumber: { protocol: 'TCP', port: number } }];

function conflicts(...policies: JsonObject[]): string[] {
  const { model } = Network.of([pod('web'), pod('db'), ...policies]);
  return conflictsOf(model).map(
    ({ policy, rule, other, otherRule }) => `${policy.name} ${rule.path} / ${other.name} ${otherRule.path}`,
  );
}

const allow = (from: JsonObject, more: JsonObject = {}) => ({ action: 'Allow', from: [from], ...more });
const deny = (from: JsonObject, more: JsonObject = {}) => ({ action: 'Deny', from: [from], ...more });

test('policies of one priority that do different things with one packet', () => {
  expect(conflicts(admin('a', [allow(everybody)]), admin('b', [deny(only('db'))]))).toEqual([
    'a spec.ingress[0] / b spec.ingress[0]',
  ]);
  expect(conflicts(admin('a', [allow(everybody)]), admin('b', [allow(only('db'))]))).toEqual([]);
});

test('not of other pods, peers, ports or priorities', () => {
  const a = admin('a', [allow(only('web'), { ports: port(80) })]);
  expect(conflicts(a, admin('b', [deny(only('db'), { ports: port(80) })]))).toEqual([]);
  expect(conflicts(a, admin('b', [deny(everybody, { ports: port(81) })]))).toEqual([]);
  expect(conflicts(a, admin('b', [deny(everybody)], { priority: 11 }))).toEqual([]);
  expect(conflicts(a, admin('b', [deny(everybody)], { subject: only('nobody') }))).toEqual([]);
  // The one pod that it speaks of cannot reach itself through it.
  expect(conflicts(a, admin('b', [deny(everybody)], { subject: only('web') }))).toEqual([]);
});

test('the rule that comes first in its policy decides', () => {
  const first = admin('a', [allow(everybody, { ports: port(80) }), deny(everybody)]);
  expect(conflicts(first, admin('b', [allow(only('db'), { ports: port(80) })]))).toEqual([]);
  expect(conflicts(first, admin('b', [allow(only('db'), { ports: port(81) })]))).toEqual([
    'a spec.ingress[1] / b spec.ingress[0]',
  ]);
});

test('names of ports are those of the pod', () => {
  const named = admin('a', [allow(everybody, { ports: [{ namedPort: 'http' }] })]);
  expect(conflicts(named, admin('b', [deny(everybody, { ports: port(80) })]))).toHaveLength(1);
  expect(conflicts(named, admin('b', [deny(everybody, { ports: port(81) })]))).toEqual([]);
});

test('many policies of one priority are compared in time', () => {
  const rule = (index: number) => [
    index % 2 === 0 ? allow(only(`app-${index}`)) : deny(only(`app-${index}`)),
    allow(only('web'), { ports: port(1000 + index) }),
  ];
  const policies = Array.from({ length: 400 }, (_, index) => admin(`p-${index}`, rule(index)));
  const pods = Array.from({ length: 400 }, (_, index) => pod(`app-${index}`));
  const started = performance.now();
  expect(conflicts(...pods, ...policies)).toEqual([]);
  expect(performance.now() - started).toBeLessThan(20_000);
});
