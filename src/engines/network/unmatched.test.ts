import { expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/json.ts';
import { Network } from './network.ts';
import { unmatchedOf } from './unmatched.ts';

const pod = (namespace: string, labels: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: JSON.stringify(labels).replace(/\W/g, ''), namespace, labels },
  spec: { containers: [] },
});
const policy = (spec: JsonObject, namespace = 'shop'): JsonObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p', namespace },
  spec,
});

function unmatched(...objects: JsonObject[]) {
  const { model } = Network.of([
    pod('shop', { app: 'frontend' }),
    pod('shop', { shard: 'shard-1' }),
    pod('bank', { app: 'db' }),
    ...objects,
  ]);
  return [...unmatchedOf(model)].map(({ kind, path, near, isElsewhere }) => ({
    kind,
    path,
    near,
    isElsewhere,
  }));
}

const selector = (app: string): JsonObject => ({ podSelector: { matchLabels: { app } } });
const subject = { kind: 'subject', path: 'spec.podSelector' };

test.each<[string, JsonObject, unknown[]]>([
  ['the pods that are there', policy(selector('frontend')), []],
  [
    'a slip of the pen',
    policy(selector('frontned')),
    [{ ...subject, near: ['app=frontend'], isElsewhere: false }],
  ],
  [
    'a number that is not there',
    policy({ podSelector: { matchLabels: { shard: 'shard-2' } } }),
    [{ ...subject, near: [], isElsewhere: false }],
  ],
  ['a word of its own', policy(selector('backend')), [{ ...subject, near: [], isElsewhere: false }]],
  ['pods of another namespace', policy(selector('db')), [{ ...subject, near: [], isElsewhere: false }]],
  ['a namespace without pods', policy(selector('db'), 'lab'), [{ ...subject, near: [], isElsewhere: true }]],
  ['all pods of a namespace without any', policy({ podSelector: {} }, 'lab'), []],
  [
    'peers',
    policy({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [selector('frontend'), selector('db')] }],
      egress: [
        { to: [{ namespaceSelector: {}, ...selector('db') }] },
        { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'lab' } } }] },
      ],
    }),
    [
      { kind: 'ingress-peer', path: 'spec.ingress[0].from[1]', near: [], isElsewhere: false },
      { kind: 'egress-peer', path: 'spec.egress[1].to[0]', near: [], isElsewhere: true },
    ],
  ],
  [
    'a direction without effect',
    policy({ podSelector: {}, policyTypes: ['Egress'], ingress: [{ from: [selector('db')] }] }),
    [],
  ],
])('%s', (_, object, expected) => {
  expect(unmatched(object)).toEqual(expected);
});

test('what another word says is no slip of the pen', () => {
  const adapter = { podSelector: { matchLabels: { name: 'prometheus-adapter' } } };
  const found = unmatched(pod('shop', { name: 'prometheus-operator' }), policy(adapter));
  expect(found).toEqual([{ ...subject, near: [], isElsewhere: false }]);
});
