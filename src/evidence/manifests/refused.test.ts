import { expect, test } from 'vitest';
import { configMap, summary, TestFolder, unread } from './test-folder.ts';

/** Messages as `kubectl apply` prints them, after "Error from server (BadRequest): … cannot be handled as a …:". */
test.each([
  [
    'metadata:\n  name: a\n  namespace: n\n',
    5,
    'cannot unmarshal bool into Go struct field ObjectMeta.metadata.namespace of type string',
  ],
  [
    'metadata:\n  name: a\n  labels:\n    version: 1.10\n',
    6,
    'cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
  ],
  [
    'metadata:\n  name: a\nspec:\n  hostNetwork: "true"\n',
    6,
    'cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool',
  ],
])('a field of the wrong type is refused at its line: %j', async (body, line, message) => {
  const evidence = await new TestFolder({
    'x.yaml': `apiVersion: v1\nkind: Pod\n${body}---\n${configMap('good')}`,
  }).read();
  expect(summary(evidence)).toEqual(['x.yaml#1 ConfigMap good']);
  expect(unread(evidence)).toEqual([`x.yaml:${line} refused`]);
  expect(evidence.unread[0]?.detail).toContain(message);
  expect(evidence.unread[0]?.subject).toBe('Pod a');
  expect(evidence.documents).toBe(2);
});

/** `kubectl apply`: no matches for kind "…" in version "…". */
test.each([
  ['v1', 'Deployment', true],
  ['apps/v1', 'Pod', true],
  ['v1', 'pod', true],
  ['batch/v1', 'cronjob', true],
  ['apps/v1', 'Deployment', false],
  ['example.com/v1', 'Deployment', false],
  ['v1', 'Template', false],
  ['v1', 'DeploymentConfig', false],
  ['policy/v1beta1', 'PodSecurityPolicy', false],
  ['resource.k8s.io/v1alpha3', 'ResourceClaim', false],
])('%s %s is refused: %s', async (apiVersion, kind, refused) => {
  const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: a\n`;
  const evidence = await new TestFolder({ 'x.yaml': text }).read();
  expect(unread(evidence)).toEqual(refused ? ['x.yaml:2 refused'] : []);
  if (refused)
    expect(evidence.unread[0]?.detail).toBe(`no matches for kind "${kind}" in version "${apiVersion}"`);
});

test('items of a JSON List are refused one by one', async () => {
  const evidence = await new TestFolder({
    'x.json':
      '{"apiVersion":"v1","kind":"List","items":[\n{"apiVersion":"v1","kind":"Pod","metadata":{"name":1}},\n{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}\n]}',
  }).read();
  expect(summary(evidence)).toEqual(['x.json#1 Pod b']);
  expect(unread(evidence)).toEqual(['x.json:2 refused']);
});

test('custom resources have no schema here and are taken as they are', async () => {
  const evidence = await new TestFolder({
    'x.yaml': 'apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: a}\nspec: {open: 1}\n',
  }).read();
  expect(summary(evidence)).toEqual(['x.yaml#0 Shop a']);
});
