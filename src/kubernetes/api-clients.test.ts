import { expect, test } from 'vitest';
import { apiUse } from './api-clients.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { Workload } from './workload.ts';

function useOf(...containers: JsonObject[]) {
  const origin = { file: { path: 'a' }, document: 0, start: 0, end: 0, line: 1, column: 1, within: '' };
  const raw = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers } };
  return apiUse(Workload.of(new KubernetesObject(raw, { ...origin, format: 'yaml' }))[0]!);
}

test.each<[string, JsonObject, string]>([
  ['client-go', { image: 'example.com/a', args: ['--kubeconfig=/etc/k'] }, '--kubeconfig=/etc/k'],
  ['an election', { image: 'example.com/a', args: ['-leader-elect'] }, '-leader-elect'],
  ['its lease', { image: 'a', args: ['--leader-election-id=x'] }, '--leader-election-id=x'],
  ['kubectl', { image: 'example.com/tools', command: ['/usr/bin/kubectl', 'get'] }, 'kubectl'],
  ['an image', { image: 'quay.io/brancz/kube-rbac-proxy:v0.18.0' }, 'quay.io/brancz/kube-rbac-proxy:v0.18.0'],
  ['a name', { image: 'example.com/pg/postgres-operator:1' }, 'example.com/pg/postgres-operator:1'],
])('%s shows that the API is called', (_, container, evidence) => {
  expect(useOf({ name: 'web', image: 'nginx' }, { name: 'c', ...container })).toEqual({
    kind: 'calls',
    container: 'c',
    evidence,
  });
});

test('programs without a client do not call it', () => {
  const cache = { name: 'cache', image: 'docker.io/library/redis:7' };
  expect(useOf({ name: 'web', image: 'nginx:1.29' }, cache, { ...cache, name: 'again' })).toEqual({
    kind: 'never',
    images: ['nginx:1.29', 'docker.io/library/redis:7'],
  });
});

test.each<[string, JsonObject]>([
  ['an image of somebody', { image: 'example.com/nginx' }],
  ['an election that is off', { image: 'example.com/a', args: ['--leader-elect=false'] }],
  [
    'a script that reads the token',
    { image: 'nginx', command: ['sh', '-c', 'cat /var/run/secrets/kubernetes.io/x'] },
  ],
  ['a flag of other programs', { image: 'example.com/a', args: ['--leader', '--config=a'] }],
  ['a name that only resembles', { image: 'example.com/flow-controllers' }],
])('%s leaves it unclear', (_, container) => {
  expect(useOf({ name: 'a', ...container })).toEqual({ kind: 'unclear' });
});

test('no container says nothing', () => {
  expect(useOf()).toEqual({ kind: 'unclear' });
});
