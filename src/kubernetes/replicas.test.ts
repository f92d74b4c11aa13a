import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import type { Json, JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { replicaFloor } from './replicas.ts';

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

function floor(spec: JsonObject, more: { kind?: string; metadata?: JsonObject; scaler?: JsonObject } = {}) {
  const owner: JsonObject = {
    apiVersion: 'apps/v1',
    kind: more.kind ?? 'Deployment',
    metadata: { name: 'web', ...more.metadata },
    spec: { ...spec, template: { spec: { containers: [{ name: 'app' }] } } },
  };
  const objects = more.scaler === undefined ? [owner] : [owner, more.scaler];
  const cluster = new Cluster(objects.map((raw) => new KubernetesObject(raw, origin)));
  return replicaFloor(cluster.workloads[0]!, cluster)?.count;
}

const scaler = (kind: string, spec: JsonObject): JsonObject => ({
  apiVersion: 'autoscaling/v2',
  kind,
  metadata: { name: 's' },
  spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, ...spec },
});

test.each<[Json | undefined, number | undefined]>([
  [undefined, 1],
  [null, 1],
  [0, 0],
  [3, 3],
  ['3', undefined],
  [1.5, undefined],
])('replicas: %j keeps %s', (replicas, expected) => {
  expect(floor(replicas === undefined ? {} : { replicas })).toBe(expected);
});

test("an autoscaler's minimum takes the place of replicas", () => {
  expect(floor({ replicas: 5 }, { scaler: scaler('HorizontalPodAutoscaler', { minReplicas: 2 }) })).toBe(2);
  expect(floor({ replicas: 5 }, { scaler: scaler('HorizontalPodAutoscaler', { maxReplicas: 9 }) })).toBe(1);
  expect(floor({}, { scaler: scaler('ScaledObject', {}) })).toBe(0);
  expect(floor({}, { scaler: scaler('ScaledObject', { minReplicaCount: 2 }) })).toBe(2);
});

test('owners without a count, and objects that a controller keeps, have none', () => {
  expect(floor({}, { kind: 'DaemonSet' })).toBeUndefined();
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', controller: true }];
  expect(floor({ replicas: 1 }, { kind: 'ReplicaSet', metadata: { ownerReferences } })).toBeUndefined();
});
