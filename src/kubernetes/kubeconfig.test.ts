import { expect, test } from 'vitest';
import type { Json, JsonObject } from './json.ts';
import { isEmptyKubeconfig, kubeconfigFile, kubeconfigs } from './kubeconfig.ts';
import { KubernetesObject } from './object.ts';

/** Made with `openssl req -x509 -subj /O=system:masters/CN=kubernetes-super-admin`; base64 of its PEM. */
const CERTIFICATE =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJ5akNDQVhHZ0F3SUJBZ0lVTE5aZ0pIeXBhTWhTTDJRNHhsQ3ZkWmFKaUY4d0NnWUlLb1pJemowRUF3SXcKT2pFWE1CVUdBMVVFQ2d3T2MzbHpkR1Z0T20xaGMzUmxjbk14SHpBZEJnTlZCQU1NRm10MVltVnlibVYwWlhNdApjM1Z3WlhJdFlXUnRhVzR3SUJjTk1qWXhNVEl6TVRNME1qQXdXaGdQTWpFeU5qRXdNekF4TXpReU1EQmFNRG94CkZ6QVZCZ05WQkFvTURuTjVjM1JsYlRwdFlYTjBaWEp6TVI4d0hRWURWUVFEREJacmRXSmxjbTVsZEdWekxYTjEKY0dWeUxXRmtiV2x1TUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFTlV5bi8xWUg5SlRtNEZ5OQpoekFuSU5aRnZaa0c5OUNaWGpyK1AxblBPR2E4UWZoWXQrUnRGNFVNVEpaa1pvS21RVzFZSnR3Zkw5Q2cySml5CkhVTk5xYU5UTUZFd0hRWURWUjBPQkJZRUZPUWNxQ2kzVTFLL1dTV3Q4SytpUndrN1djdUpNQjhHQTFVZEl3UVkKTUJhQUZPUWNxQ2kzVTFLL1dTV3Q4SytpUndrN1djdUpNQThHQTFVZEV3RUIvd1FGTUFNQkFmOHdDZ1lJS29aSQp6ajBFQXdJRFJ3QXdSQUlnTnhLSU9rZ1JCZkhqZnFDOERIcGNibHR2WXg5a0lYVzBXY2ErOFh5ZitEUUNJQmU1Cmk2TGhBdEJ2VUpHRjlmZkZBSXR5OW9MQk81UmRrdzFlTm5FbzhJYmcKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=';

const CONFIG = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    { name: 'prod', cluster: { server: 'https://10.0.0.1:6443', 'insecure-skip-tls-verify': true } },
  ],
  users: [
    { name: 'admin', user: { 'client-certificate-data': CERTIFICATE, 'client-key-data': 'a2V5' } },
    { name: 'robot', user: { token: 'abc' } },
  ],
};

function objectOf(raw: JsonObject): KubernetesObject {
  const origin = { file: { path: 'a.yaml' }, document: 0, start: 0, end: 0, line: 1, column: 1, within: '' };
  return new KubernetesObject(raw, { ...origin, format: 'yaml' });
}

const secret = (more: JsonObject) =>
  objectOf({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, ...more });

test('a document says whom it logs in, and where to', () => {
  const [found] = kubeconfigs(objectOf(CONFIG));
  expect(found).toMatchObject({ path: '', isHidden: false });
  expect(found?.users[0]).toMatchObject({
    name: 'admin',
    hasKey: true,
    path: 'users[0].user.client-certificate-data',
    certificate: { commonName: 'kubernetes-super-admin', organizations: ['system:masters'] },
  });
  expect(found?.users[1]).toMatchObject({ name: 'robot', hasKey: false, certificate: undefined });
  expect(found?.clusters).toEqual([
    { name: 'prod', server: 'https://10.0.0.1:6443', skipsVerification: true, path: 'clusters[0].cluster' },
  ]);
});

test.each([
  [
    'a ConfigMap',
    { kind: 'ConfigMap', data: { 'admin.conf': JSON.stringify(CONFIG) } },
    'data["admin.conf"]',
  ],
  ['a Secret', { kind: 'Secret', data: { value: btoa(JSON.stringify(CONFIG)) } }, 'data.value'],
  ['a Secret as text', { kind: 'Secret', stringData: { k: JSON.stringify(CONFIG) } }, 'stringData.k'],
])('text in %s is one as well, and stands where the text does', (_, raw, path) => {
  const [found] = kubeconfigs(objectOf({ apiVersion: 'v1', metadata: { name: 'a' }, ...raw } as JsonObject));
  expect(found?.path).toBe(path);
  expect(found && kubeconfigFile(found)).toBe(path.includes('admin') ? 'admin.conf' : path.split('.')[1]);
  expect(found?.users[0]).toMatchObject({ path, certificate: { organizations: ['system:masters'] } });
});

test('a Secret whose values were not kept tells by its keys that something is there', () => {
  expect(kubeconfigs(secret({ data: { kubeconfig: '', other: '' } }))).toMatchObject([
    { path: 'data.kubeconfig', isHidden: true, users: [] },
  ]);
  expect(kubeconfigs(secret({ type: 'cluster.x-k8s.io/secret', data: { value: '' } }))).toEqual([]);
  const ofClusterApi = { type: 'cluster.x-k8s.io/secret', metadata: { name: 'prod-kubeconfig' } };
  expect(kubeconfigs(secret({ ...ofClusterApi, data: { value: '' } }))).toHaveLength(1);
});

test.each<[string, Json]>([
  ['words about it', 'see kind: Config in the manual'],
  ['another Config', 'apiVersion: v1\nkind: Config\nitems: []\n'],
  ['broken text', 'kind: Config\n  - : ['],
  ['a number', 7],
])('%s is none', (_, text) => {
  expect(kubeconfigs(objectOf({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: text } }))).toEqual([]);
});

test('values of the wrong type and damaged certificates stop nothing', () => {
  const odd = { ...CONFIG, users: [null, 7, { user: { 'client-certificate-data': '%%' } }], clusters: [[]] };
  const [found] = kubeconfigs(objectOf(odd as JsonObject));
  expect(found?.users.map(({ certificate }) => certificate)).toEqual([undefined, undefined, undefined]);
});

test('one that says nothing is empty', () => {
  expect(isEmptyKubeconfig({ apiVersion: 'v1', kind: 'Config', clusters: [], users: [] })).toBe(true);
  expect(isEmptyKubeconfig(CONFIG)).toBe(false);
  expect(isEmptyKubeconfig({ apiVersion: 'v1', kind: 'Config' })).toBe(false);
});
