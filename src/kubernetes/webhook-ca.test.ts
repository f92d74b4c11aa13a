import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { webhooks } from './webhook.ts';
import { caBundle, injectorOf } from './webhook-ca.ts';

const origin = {
  file: { path: 'test.yaml' },
  document: 0,
  start: 0,
  end: 0,
  line: 1,
  column: 1,
  format: 'yaml' as const,
  within: '',
};
const object = (raw: JsonObject) => new KubernetesObject(raw, origin);

const registration = object({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'hook' },
  webhooks: [{ name: 'a.b.c', clientConfig: { service: { namespace: 'tools', name: 's' } } }],
});
const webhook = webhooks(registration)[0]!;

const rbac = (kind: string, name: string, fields: JsonObject, labels: JsonObject = {}) =>
  object({ apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name, labels }, ...fields });

const rule = (fields: JsonObject = {}): JsonObject => ({
  apiGroups: ['admissionregistration.k8s.io'],
  resources: ['mutatingwebhookconfigurations'],
  verbs: ['update'],
  ...fields,
});

const bound = (name: string, namespace = 'tools') =>
  rbac('ClusterRoleBinding', 'b', {
    roleRef: { kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name: 's', namespace }],
  });

test.each([
  ['a role for the kind', rule(), 'tools', 'ClusterRole/r'],
  ['a role for this registration', rule({ resourceNames: ['hook'] }), 'tools', 'ClusterRole/r'],
  ['a role for another registration', rule({ resourceNames: ['other'] }), 'tools', undefined],
  ['a role that reads', rule({ verbs: ['get'] }), 'tools', undefined],
  ['a role for everything', rule({ resources: ['*'], verbs: ['*'] }), 'tools', undefined],
  ['a role of another namespace', rule(), 'other', undefined],
])('%s', (_, item, namespace, by) => {
  const cluster = new Cluster([
    registration,
    rbac('ClusterRole', 'r', { rules: [item] }),
    bound('r', namespace),
  ]);
  expect(injectorOf(webhook, cluster)).toBe(by);
});

test('a role that the control plane aggregates from others', () => {
  const cluster = new Cluster([
    registration,
    rbac('ClusterRole', 'all', {
      rules: [],
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }] },
    }),
    rbac('ClusterRole', 'part', { rules: [rule()] }, { part: 'yes' }),
    bound('all'),
  ]);
  expect(injectorOf(webhook, cluster)).toBe('ClusterRole/all');
});

test.each([
  [undefined, 'absent'],
  ['', 'absent'],
  ['Cg==', 'absent'],
  [`\${CA}`, 'unreadable'],
  [btoa('no certificate'), 'unreadable'],
  [7, 'absent'],
  [btoa('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'), 'present'],
])('a bundle of %j is %s', (value, state) => {
  const clientConfig = value === undefined ? {} : { caBundle: value };
  expect(caBundle({ ...webhook, clientConfig }).state).toBe(state);
});
