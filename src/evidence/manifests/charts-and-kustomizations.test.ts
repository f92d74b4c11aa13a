import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configMap, summary, TestFolder, unread } from './test-folder.ts';

describe('a Helm chart', () => {
  const files = {
    'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
    'app/values.yaml': 'kind: Deployment\nreplicas: 1\n',
    'app/templates/deployment.yaml': `{{- if .Values.x }}\n${configMap('t')}{{- end }}\n`,
    'app/templates/plain.yaml': configMap('plain'),
    'app/crds/crd.yaml': configMap('crd'),
    'app/charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
    'app/charts/sub/templates/a.yaml': configMap('sub'),
    'app/charts/sub/crds/b.yaml': configMap('sub-crd'),
    'app/examples/use.yaml': configMap('example'),
    'other/templates/x.yaml': configMap('other'),
  };

  test('is one entry; its CRDs and what Helm would not render are read', async () => {
    const evidence = await new TestFolder(files).read();
    expect(unread(evidence)).toEqual(['app/Chart.yaml helm-chart-not-rendered']);
    expect(summary(evidence)).toEqual([
      'app/charts/sub/crds/b.yaml#0 ConfigMap sub-crd',
      'app/crds/crd.yaml#0 ConfigMap crd',
      'app/examples/use.yaml#0 ConfigMap example',
      'other/templates/x.yaml#0 ConfigMap other',
    ]);
    expect(evidence.notKubernetes).toEqual([{ file: 'app/values.yaml', documents: 1 }]);
    expect(evidence.documents).toBe(6);
  });

  test('whose template is named has it read', async () => {
    const evidence = await new TestFolder(files).read([
      'app/templates/deployment.yaml',
      'app/templates/plain.yaml',
    ]);
    expect(unread(evidence)).toEqual(['app/templates/deployment.yaml:1 template-not-rendered']);
    expect(summary(evidence)).toEqual(['app/templates/plain.yaml#0 ConfigMap plain']);
  });
});

describe('a kustomization', () => {
  const kustomization = `
resources: [base.yaml, https://example.com/x.yaml, both.yaml]
patches:
- path: patch.yaml
- patch: |-
    - op: remove
patchesStrategicMerge: [../shared/merge.yaml, both.yaml, "kind: Inline\\nmetadata: {}"]
patchesJson6902: [{path: json.json, target: {kind: Pod}}]
replacements: [{path: replacement.yaml}]
transformers: [labels.yaml]
components: [../component]
`;
  const files = {
    'app/kustomization.yaml': kustomization,
    'app/base.yaml': configMap('base'),
    'app/both.yaml': configMap('both'),
    'app/patch.yaml': configMap('patch'),
    'app/json.json': '[{"op":"remove","path":"/a"}]',
    'app/replacement.yaml': 'source: {}\n',
    'app/labels.yaml': 'apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: l}\n',
    'app/unlisted.yaml': configMap('unlisted'),
    'shared/merge.yaml': configMap('merge'),
    'component/Kustomization':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: p.yaml}]\n',
    'component/p.yaml': configMap('p'),
  };

  test('is an entry, its patches are parts and not objects', async () => {
    const evidence = await new TestFolder(files).read();
    expect(summary(evidence)).toEqual([
      'app/base.yaml#0 ConfigMap base',
      'app/both.yaml#0 ConfigMap both',
      'app/unlisted.yaml#0 ConfigMap unlisted',
    ]);
    expect(unread(evidence)).toEqual([
      'app/json.json kustomize-patch',
      'app/kustomization.yaml kustomization-not-rendered',
      'app/labels.yaml kustomize-patch',
      'app/patch.yaml kustomize-patch',
      'app/replacement.yaml kustomize-patch',
      'component/Kustomization kustomization-not-rendered',
      'component/p.yaml kustomize-patch',
      'shared/merge.yaml kustomize-patch',
    ]);
    expect(evidence.documents).toBe(11);
  });

  test('that cannot be read says why', async () => {
    const evidence = await new TestFolder({
      'kustomization.yml': 'resources: [\n',
      'a.yaml': configMap('a'),
    }).read();
    expect(evidence.unread).toMatchObject(
      [{ reason: 'kustomization-not-rendered', detail: /yaml/ }].map((e) => ({ reason: e.reason })),
    );
    expect(evidence.unread[0]?.detail).toMatch(/^yaml: line/);
    expect(evidence.objects).toHaveLength(1);
  });

  test.skipIf(process.getuid?.() === 0)('that may not be read costs only itself', async () => {
    const folder = new TestFolder({ 'kustomization.yaml': 'resources: []\n', 'a.yaml': configMap('a') });
    chmodSync(join(folder.path, 'kustomization.yaml'), 0);
    const evidence = await folder.read();
    expect(unread(evidence)).toEqual(['kustomization.yaml kustomization-not-rendered']);
    expect(evidence.unread[0]?.detail).toBe('EACCES');
    expect(summary(evidence)).toEqual(['a.yaml#0 ConfigMap a']);
  });

  test("is told from Flux's object of the same kind, and found under any name", async () => {
    const flux =
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux}\n';
    const evidence = await new TestFolder({
      'kustomization.yaml': flux,
      'k.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n',
    }).read();
    expect(summary(evidence)).toEqual(['kustomization.yaml#0 Kustomization flux/apps']);
    expect(unread(evidence)).toEqual(['k.yaml:1 kustomization-not-rendered']);
  });
});
