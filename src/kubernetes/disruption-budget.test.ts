import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import { allowedDisruptions } from './disruption-budget.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';

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

const labels = { app: 'web' };

function owner(kind: string, name: string, spec: JsonObject): JsonObject {
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app' }] } };
  return { apiVersion: 'apps/v1', kind, metadata: { name }, spec: { ...spec, template } };
}

function disruptions(spec: JsonObject, ...owners: JsonObject[]) {
  const budget = new KubernetesObject(
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b' },
      spec: { selector: { matchLabels: labels }, ...spec },
    },
    origin,
  );
  const cluster = new Cluster([budget, ...owners.map((raw) => new KubernetesObject(raw, origin))]);
  const found = allowedDisruptions(budget, cluster);
  return 'undecided' in found ? found.undecided : found.allowed;
}

const three = owner('Deployment', 'web', { replicas: 3 });

/** Expectations: getExpectedPodCount of the disruption controller; allowed = healthy - desiredHealthy. */
test.each<[JsonObject, number | string]>([
  [{ maxUnavailable: 0 }, 0],
  [{ maxUnavailable: '0%' }, 0],
  [{ maxUnavailable: '1%' }, 1],
  [{ maxUnavailable: 2 }, 2],
  [{ minAvailable: 2 }, 1],
  [{ minAvailable: 3 }, 0],
  [{ minAvailable: 9 }, 0],
  [{ minAvailable: '100%' }, 0],
  [{ minAvailable: '67%' }, 0],
  [{ minAvailable: '66%' }, 1],
  [{ minAvailable: 0 }, Number.POSITIVE_INFINITY],
  [{}, Number.POSITIVE_INFINITY],
  [{ maxUnavailable: null, minAvailable: 3 }, 0],
  [{ minAvailable: 'most' }, 'no-number'],
  [{ minAvailable: [3] }, 'no-number'],
])('%j over three replicas allows %s', (spec, allowed) => {
  expect(disruptions(spec, three)).toBe(allowed);
});

test('the pods of all selected workloads count together', () => {
  expect(disruptions({ minAvailable: 3 }, three, owner('StatefulSet', 'db', { replicas: 2 }))).toBe(2);
});

test("an autoscaler's minimum counts instead of replicas", () => {
  const scaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 's' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 9 },
  };
  expect(disruptions({ minAvailable: 2 }, three, scaler)).toBe(0);
});

test('a number of pods that is not known leaves a minimum undecided, not a plain refusal', () => {
  expect(disruptions({ minAvailable: 1 })).toBe('no-pods-seen');
  expect(disruptions({ minAvailable: 1 }, owner('DaemonSet', 'agent', {}))).toBe('replicas-not-known');
  expect(disruptions({ maxUnavailable: 0 })).toBe(0);
});
