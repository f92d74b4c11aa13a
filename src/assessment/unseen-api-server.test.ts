import { expect, test } from 'vitest';
import type { JsonObject } from '../kubernetes/json.ts';
import { KubernetesObject } from '../kubernetes/object.ts';
import { checks } from '../threats/generated/registry.ts';
import { assess } from './assess.ts';

function report(...raws: JsonObject[]) {
  const origin = { file: { path: 'a' }, document: 0, start: 0, end: 0, line: 1, column: 1, within: '' };
  const objects = raws.map((raw) => new KubernetesObject(raw, { ...origin, format: 'yaml' }));
  const chosen = checks.filter(({ id }) => id === 'authorization-always-allow');
  expect(chosen).toHaveLength(1);
  const evidence = { objects, documents: raws.length, notKubernetes: [], unread: [], isComplete: true };
  return assess(evidence, { checks: chosen });
}

const facts = (spec: JsonObject): JsonObject => ({
  apiVersion: 'kubestride.evidence/v1',
  kind: 'ClusterFacts',
  metadata: { name: 'cluster' },
  spec,
});

test('authorizers of an API server that shows no flags are not assessed, and lower the coverage', () => {
  const { coverage, notAssessed, findings } = report(facts({}));
  expect(findings).toEqual([]);
  expect(coverage).toMatchObject({ applicable: 1, evaluated: 0 });
  expect(notAssessed).toContainEqual(
    expect.objectContaining({ subject: 'kube-apiserver', reason: 'not-seen' }),
  );
});

test('flags that it shows are judged', () => {
  const { coverage } = report(facts({ flags: { 'authorization-mode': '[Node,RBAC]' } }));
  expect(coverage).toMatchObject({ applicable: 1, evaluated: 1 });
});

test('what a provider runs is the provider’s to answer for', () => {
  const { coverage } = report(facts({ version: { gitVersion: 'v1.33.1-eks-1234567' } }));
  expect(coverage).toMatchObject({ applicable: 0, evaluated: 0 });
});
