import { expect, test } from 'vitest';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { spreadRules } from './spreading.ts';
import { Workload } from './workload.ts';

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

function rules(spec: JsonObject, namespace = 'shop') {
  const template = { metadata: { labels: { app: 'web' } }, spec };
  const raw = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace }, spec: { template } };
  return spreadRules(Workload.of(new KubernetesObject(raw, origin))[0]!);
}

const required = (term: JsonObject): JsonObject => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
});
const itself = { labelSelector: { matchLabels: { app: 'web' } } };

/** Expectations: the comments of PodAffinityTerm and TopologySpreadConstraint in k8s.io/api core/v1. */
test.each<[string, JsonObject, number, number]>([
  ['nothing', {}, 0, 0],
  ['a term for itself', required(itself), 1, 1],
  ['a term for others', required({ labelSelector: { matchLabels: { app: 'db' } } }), 1, 0],
  ['a term without selector', required({ topologyKey: 'kubernetes.io/hostname' }), 1, 0],
  ['a term for all pods', required({ labelSelector: {} }), 1, 1],
  ['a term for another namespace', required({ ...itself, namespaces: ['bank'] }), 1, 0],
  ['a term for its namespace, too', required({ ...itself, namespaces: ['bank', 'shop'] }), 1, 1],
  [
    'a term for selected namespaces',
    required({ ...itself, namespaces: ['bank'], namespaceSelector: {} }),
    1,
    1,
  ],
  ['a term for other tenants', required({ ...itself, mismatchLabelKeys: ['tenant'] }), 1, 0],
  [
    'a preferred term',
    {
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: itself }],
        },
      },
    },
    1,
    1,
  ],
  [
    'affinity to itself',
    { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [itself] } } },
    0,
    0,
  ],
  ['a constraint', { topologySpreadConstraints: [itself] }, 1, 1],
  ['a constraint for others', { topologySpreadConstraints: [{ maxSkew: 1 }] }, 1, 0],
  ['something else', { topologySpreadConstraints: 'yes', affinity: { podAntiAffinity: [3] } }, 0, 0],
])('%s', (_, spec, stated, own) => {
  expect(rules(spec)).toEqual({ stated, own });
});
