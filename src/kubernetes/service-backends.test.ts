import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { destinationOf, podsBehind } from './service-backends.ts';

function object(raw: JsonObject): KubernetesObject {
  const origin = { file: { path: 'a' }, document: 0, start: 0, end: 0, line: 1, column: 1, within: '' };
  return new KubernetesObject(raw, { ...origin, format: 'yaml' });
}

const SERVICE = object({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'opa', namespace: 'policy' },
  spec: { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7', 'fd00::7'], selector: { app: 'opa' } },
});

function workload(kind: string, spec: JsonObject, labels: JsonObject = { app: 'opa' }): KubernetesObject {
  const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'opa' }] } };
  const metadata = { name: kind.toLowerCase(), namespace: 'policy' };
  return object({ apiVersion: 'apps/v1', kind, metadata, spec: { ...spec, template } });
}

test.each([
  ['https://opa.policy.svc:8443/v1', 'service'],
  ['https://opa.policy.svc.cluster.local/', 'service'],
  ['https://10.96.0.7', 'service'],
  ['https://[fd00::7]:443', 'service'],
  ['https://127.0.0.1:8181/authorize', 'self'],
  ['https://localhost', 'self'],
  ['https://[::1]:1', 'self'],
  ['https://other.policy.svc', 'elsewhere'],
  ['https://opa.example.com', 'elsewhere'],
  ['10.96.0.7', 'elsewhere'],
  ['', 'elsewhere'],
])('%s leads to: %s', (url, kind) => {
  expect(destinationOf(url, new Cluster([SERVICE])).kind).toBe(kind);
});

test('pods behind a service are those that its workloads keep', () => {
  const count = (...objects: KubernetesObject[]) => podsBehind(SERVICE, new Cluster([SERVICE, ...objects]));
  expect(count()).toBeUndefined();
  expect(count(workload('Deployment', { replicas: 3 }, { app: 'web' }))).toBeUndefined();
  expect(count(workload('Deployment', {}))).toBe(1);
  expect(count(workload('Deployment', { replicas: 3 }))).toBe(3);
  expect(count(workload('DaemonSet', {}))).toBe(2);
  expect(count(workload('Deployment', {}), workload('StatefulSet', { replicas: 1 }))).toBe(2);
});
