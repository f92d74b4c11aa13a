import { describe, expect, test } from 'vitest';
import { apiObject } from '../evidence/snapshot-evidence.ts';
import { choosesNodes, toleratesReservedNodes } from './dedicated-nodes.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { Workload } from './workload.ts';

function pod(spec: JsonObject): Workload {
  const origin = {
    file: { path: 'pod.yaml' },
    document: 0,
    start: 0,
    end: 0,
    line: 1,
    column: 1,
    format: 'yaml' as const,
    within: '',
  };
  const raw = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec };
  return Workload.of(new KubernetesObject(raw, origin))[0]!;
}

function affinity(...terms: JsonObject[]): JsonObject {
  const required = { nodeSelectorTerms: terms };
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } };
}

const expression = (key: string, operator: string) => ({
  matchExpressions: [{ key, operator, values: ['a'] }],
});

describe('choosesNodes', () => {
  // Terms are ORed, expressions of a term ANDed: k8s.io/component-helpers/scheduling/corev1/nodeaffinity.
  test.each<[string, JsonObject, boolean]>([
    ['nothing stated', {}, false],
    ['a node by name', { nodeName: 'node-1' }, true],
    ['a label', { nodeSelector: { pool: 'agents' } }, true],
    ['the operating system alone', { nodeSelector: { 'kubernetes.io/os': 'linux' } }, false],
    ['a required affinity', affinity(expression('pool', 'In')), true],
    ['an affinity that only avoids', affinity(expression('pool', 'NotIn')), false],
    [
      'one term of two that lets in all',
      affinity(expression('pool', 'In'), expression('kubernetes.io/os', 'In')),
      false,
    ],
    ['a field of the node', affinity({ matchFields: [{ key: 'metadata.name', operator: 'In' }] }), true],
    ['no terms', affinity(), false],
    ['wrong types', { nodeSelector: 'pool', affinity: [1], nodeName: 3 }, false],
  ])('%s', (_, spec, expected) => {
    expect(choosesNodes(pod(spec))).toBe(expected);
  });
});

describe('a node by name in the API', () => {
  const spec = { nodeName: 'node-1', containers: [{ name: 'app', image: 'nginx' }] };

  function stored(resource: string, kind: string, body: JsonObject): Workload {
    const [group, version] = kind === 'Pod' ? ['', 'v1'] : ['apps', 'v1'];
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const raw = { apiVersion, kind, metadata: { name: 'a', namespace: 'shop' }, ...body };
    return Workload.of(apiObject({ group, version, resource, kind, namespaced: true }, raw))[0]!;
  }

  test('is no choice where the scheduler bound the pod', () => {
    expect(choosesNodes(stored('pods', 'Pod', { spec }))).toBe(false);
    expect(choosesNodes(stored('pods', 'Pod', { spec: { ...spec, nodeSelector: { pool: 'a' } } }))).toBe(
      true,
    );
  });

  test('is one in a template, and for a static pod', () => {
    expect(choosesNodes(stored('deployments', 'Deployment', { spec: { template: { spec } } }))).toBe(true);
    const metadata = { name: 'a', namespace: 'shop', annotations: { 'kubernetes.io/config.mirror': 'abc' } };
    expect(choosesNodes(stored('pods', 'Pod', { metadata, spec }))).toBe(true);
  });
});

describe('toleratesReservedNodes', () => {
  test.each<[string, JsonObject[], boolean]>([
    ['none', [], false],
    ['a taint of its own', [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }], true],
    ['every taint', [{ operator: 'Exists' }], true],
    ['a node in trouble', [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }], false],
    ['a taint that does not keep pods away', [{ key: 'dedicated', effect: 'PreferNoSchedule' }], false],
  ])('%s', (_, tolerations, expected) => {
    expect(toleratesReservedNodes(pod({ tolerations }))).toBe(expected);
  });
});
