import { expect, test } from 'vitest';
import { fileName } from './authorization-setup.ts';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';

function object(raw: JsonObject, path = 'a.yaml'): KubernetesObject {
  const origin = { file: { path }, document: 0, start: 0, end: 0, line: 1, column: 1, within: '' };
  return new KubernetesObject(raw, { ...origin, format: 'yaml' });
}

function apiServer(...flags: string[]): KubernetesObject {
  const command = ['kube-apiserver', ...flags];
  return object({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'kube-apiserver', namespace: 'kube-system' },
    spec: { containers: [{ name: 'a', image: 'kube-apiserver:v1.37.2', command }] },
  });
}

function setups(...objects: KubernetesObject[]) {
  return new Cluster(objects).subjects('authorization');
}

const CONFIGURATION = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthorizationConfiguration' };

test('flags and documents state authorizers, other objects and programs do not', () => {
  const server = apiServer('--authorization-mode=Node,RBAC');
  expect(setups(server)).toMatchObject([{ path: 'spec.containers[0]', hidden: undefined }]);
  expect(setups(object(CONFIGURATION))).toMatchObject([
    { path: '', component: undefined, hidden: undefined },
  ]);
  expect(setups(object({ ...CONFIGURATION, apiVersion: 'example.com/v1' }))).toEqual([]);
  expect(setups(object({ ...CONFIGURATION, kind: 'EncryptionConfiguration' }))).toEqual([]);
});

test('a file that is at hand speaks for the API server that names it', () => {
  const server = apiServer('--authorization-config=/etc/kubernetes/authz.yaml');
  const hidden = { reason: 'configured-in-file', file: '/etc/kubernetes/authz.yaml' };
  expect(setups(server)).toMatchObject([{ hidden }]);
  const at = (path: string) =>
    setups(server, object(CONFIGURATION, path)).map(({ object: { kind } }) => kind);
  expect(at('files/authz.yaml')).toEqual(['AuthorizationConfiguration']);
  expect(at('node-1:/etc/kubernetes/authz.yaml')).toEqual(['AuthorizationConfiguration']);
  expect(at('files/other-authz.yaml')).toEqual(['Pod', 'AuthorizationConfiguration']);
});

test('a mode that comes from the environment is not known', () => {
  expect(setups(apiServer('--authorization-mode=$(MODES)'))).toMatchObject([
    { hidden: { reason: 'hidden' } },
  ]);
});

test.each([
  ['/etc/kubernetes/a.yaml', 'a.yaml'],
  ['a.yaml', 'a.yaml'],
  ['node:a.yaml', 'a.yaml'],
  ['C:\\k\\a.yaml', 'a.yaml'],
  ['', ''],
])('the name of file %j is %j', (path, name) => {
  expect(fileName(path)).toBe(name);
});
