import { expect, test } from 'vitest';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { quotaArea, unboundedAreas } from './quotas.ts';

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

const quota = (spec: JsonObject) =>
  new KubernetesObject({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec }, origin);

/** Names from the Kubernetes documentation, Resource Quotas. */
test.each([
  ['requests.memory', 'memory'],
  ['memory', 'memory'],
  ['limits.cpu', 'cpu'],
  ['requests.storage', 'storage'],
  ['limits.ephemeral-storage', 'storage'],
  ['gold.storageclass.storage.k8s.io/requests.storage', 'storage'],
  ['gold.storageclass.storage.k8s.io/persistentvolumeclaims', undefined],
  ['persistentvolumeclaims', 'objects'],
  ['services.loadbalancers', 'objects'],
  ['count/jobs.batch', 'objects'],
  ['requests.nvidia.com/gpu', undefined],
  ['hugepages-2Mi', undefined],
])('%s bounds %s', (key, area) => {
  expect(quotaArea(key)).toBe(area);
});

test('quotas of one namespace add up', () => {
  expect(unboundedAreas([])).toEqual(['memory', 'cpu', 'storage', 'objects']);
  expect(unboundedAreas([quota({ hard: { 'limits.memory': '1Gi' } }), quota({ hard: { pods: 3 } })])).toEqual(
    ['cpu', 'storage'],
  );
});

test('a quota for some pods bounds nothing alone, and everything together with its other half', () => {
  const hard = { cpu: '4', memory: '8Gi' };
  const some = quota({ hard, scopes: ['Terminating'] });
  const selector = { matchExpressions: [{ scopeName: 'NotTerminating', operator: 'Exists' }] };
  const classes = { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] };
  expect(unboundedAreas([some])).toContain('cpu');
  expect(unboundedAreas([some, quota({ hard, scopeSelector: classes })])).toContain('cpu');
  expect(unboundedAreas([some, quota({ hard, scopeSelector: selector })])).toEqual(['storage', 'objects']);
});

test.each([[{}], [{ hard: 'much' }], [{ hard: null, scopes: 3 }]])('%j bounds nothing', (spec) => {
  expect(unboundedAreas([quota(spec as JsonObject)])).toHaveLength(4);
});
