import { expect, test } from 'vitest';
import type { ManifestEvidence } from './evidence.ts';
import { configMap, summary, TestFolder, unread } from './test-folder.ts';

/** What every reading of documents must add up to. */
function accountedFor({ objects, notKubernetes, unread: missed }: ManifestEvidence): number {
  return objects.length + notKubernetes.reduce((sum, { documents }) => sum + documents, 0) + missed.length;
}

test.each([
  [
    'an OpenShift Template',
    'apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: {name: t}\nobjects:\n' +
      '- apiVersion: v1\n  kind: Pod\n  metadata: {name: one}\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: two}\n',
    ['x.yaml:5 embedded-object', 'x.yaml:8 embedded-object'],
    ['Pod one', 'Secret two'],
  ],
  [
    'a ManifestWork',
    'apiVersion: work.open-cluster-management.io/v1\nkind: ManifestWork\nmetadata: {name: w}\nspec:\n  workload:\n' +
      '    manifests:\n    - apiVersion: v1\n      kind: Pod\n      metadata: {name: one, namespace: shop}\n',
    ['x.yaml:7 embedded-object'],
    ['Pod shop/one'],
  ],
])('objects inside %s are said not to be assessed', async (_, text, entries, subjects) => {
  const evidence = await new TestFolder({ 'x.yaml': text }).read();
  expect(unread(evidence)).toEqual(entries);
  expect(evidence.unread.map(({ subject }) => subject)).toEqual(subjects);
  expect(evidence.objects).toHaveLength(1);
  expect(accountedFor(evidence)).toBe(evidence.documents);
});

test('references, pod templates and volume claim templates are no embedded objects', async () => {
  const evidence = await new TestFolder({
    'x.yaml':
      'apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: s}\nspec:\n' +
      '  ref: {apiVersion: v1, kind: Secret, name: a}\n' +
      '  template: {metadata: {labels: {a: b}}, spec: {containers: []}}\n' +
      '  claims:\n  - {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c}}\n',
  }).read();
  expect(unread(evidence)).toEqual([]);
});

test.each([
  ['a comment of JavaScript before JSON', '// pod\n{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"}}'],
  ['no blank behind the colons', 'apiVersion:v1\nkind:Pod\n'],
])('text that was meant as an object is unread for %s', async (_, text) => {
  const evidence = await new TestFolder({ 'x.yaml': text }).read();
  expect(unread(evidence)).toEqual(['x.yaml:1 not-an-object']);
  expect(evidence.notKubernetes).toEqual([]);
});

test('manifests under the name of a template or packed are stated', async () => {
  const names = ['a.yaml.j2', 'b.yml.tpl', 'c.json.erb', 'd.yaml.gz', 'e.json.age', 'f.yaml.orig', 'g.tpl'];
  const folder = new TestFolder(Object.fromEntries(names.map((name) => [name, configMap('x')])));
  const evidence = await folder.read();
  expect(unread(evidence)).toEqual([
    'a.yaml.j2 template-not-rendered',
    'b.yml.tpl template-not-rendered',
    'c.json.erb template-not-rendered',
    'd.yaml.gz packed-file',
    'e.json.age packed-file',
  ]);
  expect(accountedFor(evidence)).toBe(evidence.documents);
  expect(summary(await folder.read(['a.yaml.j2']))).toEqual(['a.yaml.j2#0 ConfigMap x']);
});

test('what .gitignore leaves out is counted, but for files that are named', async () => {
  const folder = new TestFolder({
    '.git/HEAD': '',
    '.gitignore': 'secret.yaml\nout/\n*.txt\n',
    'secret.yaml': configMap('secret'),
    'out/a.yaml': configMap('a'),
    'notes.txt': '',
    'b.yaml': configMap('b'),
  });
  expect((await folder.read()).ignored).toBe(2);
  expect((await folder.read(['.', 'secret.yaml'])).ignored).toBe(1);
  expect((await folder.read(['b.yaml'])).ignored).toBe(0);
});

test('every document is an object, not Kubernetes or unread', async () => {
  const evidence = await new TestFolder({
    'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
    'values.yaml': 'a: 1\n---\nb: 2\n',
    'kustomization.yaml': 'resources: [a.yaml]\npatches: [{path: patch.yaml}]\n',
    'patch.yaml': 'a: 1\n---\nb: 1\n',
    'kind.yaml': 'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n',
    'a.yaml': `${configMap('a')}---\napiVersion: v1\nkind: Pod\nmetadata: {namespace: n}\n---\nx\n---\n- y\n---\n{`,
    'list.yaml': `apiVersion: v1\nkind: Other\nmetadata: {}\nitems:\n- {}\n- 1\n- {apiVersion: v1, kind: Pod}\n`,
    'items.json': '{"items":[{"apiVersion":"v1","kind":"Pod"},{"kind":"Pod"}]}',
    'array.json': '[{"apiVersion":"v1","kind":"Pod"}]',
    'cut.json': '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod"},{"api',
    'log.jsonl': '{"a":1}\n{"b":2}\n',
    'empty.yaml': '---\n# nothing\n---\n',
    'utf16.yaml': Buffer.from(configMap('u'), 'utf16le'),
  }).read();
  expect(evidence.documents).toBeGreaterThan(18);
  expect(accountedFor(evidence)).toBe(evidence.documents);
});
