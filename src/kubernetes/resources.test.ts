import { describe, expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { type ComputeResource, type ResourceList, resourceSetting } from './resources.ts';

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

function setting(
  container: JsonObject,
  list: ResourceList,
  resource: ComputeResource,
  more: { pod?: JsonObject; ranges?: JsonObject[]; namespace?: string } = {},
) {
  const pod: JsonObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'shop' },
    spec: { ...more.pod, containers: [{ name: 'app', ...container }] },
  };
  const ranges = (more.ranges ?? []).map((item) => ({
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'r', namespace: more.namespace ?? 'shop' },
    spec: { limits: [item] },
  }));
  const cluster = new Cluster([pod, ...ranges].map((raw) => new KubernetesObject(raw, origin)));
  return resourceSetting(cluster.workloads[0]!.containers[0]!, cluster, list, resource);
}

const path = (list: ResourceList, resource: string) => `spec.containers[0].resources.${list}.${resource}`;

describe("a container's own resources", () => {
  test('a limit is what is written', () => {
    const found = setting({ resources: { limits: { memory: '64Mi' } } }, 'limits', 'memory');
    expect(found).toMatchObject({ state: 'set', from: 'container' });
    expect(found.state === 'set' && found.quantity.toNumber()).toBe(64 * 1024 * 1024);
  });
  test('a limit stands in for a missing request, a request never for a limit', () => {
    expect(setting({ resources: { limits: { cpu: '1' } } }, 'requests', 'cpu')).toMatchObject({
      state: 'set',
    });
    expect(setting({ resources: { requests: { cpu: '1' } } }, 'limits', 'cpu')).toEqual({
      state: 'missing',
      path: path('limits', 'cpu'),
    });
  });
  test.each(['0', 0, '0Mi', '-1', null])('%j bounds nothing', (memory) => {
    expect(setting({ resources: { limits: { memory } } }, 'limits', 'memory')).toEqual({
      state: 'zero',
      path: path('limits', 'memory'),
    });
  });
  test.each([['64 Mi'], ['{{ .limit }}'], [true], [{}]])('%j is refused', (memory) => {
    expect(setting({ resources: { limits: { memory } } }, 'limits', 'memory').state).toBe('refused');
  });
  test.each([[[]], ['none'], [null], [{ limits: 'much' }]])('resources: %j says nothing', (resources) => {
    expect(setting({ resources }, 'limits', 'memory').state).toBe('missing');
  });
});

describe('pod-level resources (KEP-2837)', () => {
  const pod = { resources: { limits: { memory: '1Gi', 'ephemeral-storage': '1Gi' } } };
  test('bound every container of the pod, and stand in for requests', () => {
    expect(setting({}, 'limits', 'memory', { pod })).toMatchObject({
      from: 'pod',
      path: 'spec.resources.limits.memory',
    });
    expect(setting({}, 'requests', 'memory', { pod })).toMatchObject({ from: 'pod' });
  });
  test('exist for cpu and memory alone', () => {
    expect(setting({}, 'limits', 'ephemeral-storage', { pod }).state).toBe('missing');
    expect(setting({}, 'limits', 'cpu', { pod }).state).toBe('missing');
  });
});

/** Expectations: SetDefaults_LimitRangeItem (pkg/apis/core/v1/defaults.go) and the limitranger admission plugin. */
describe('defaults of a LimitRange', () => {
  test.each([
    [{ default: { memory: '1Gi' } }, 'set', 'set'],
    [{ defaultRequest: { memory: '1Gi' } }, 'missing', 'set'],
    [{ max: { memory: '1Gi' } }, 'set', 'set'],
    [{ min: { memory: '1Gi' } }, 'missing', 'set'],
    [{ default: { cpu: '1' } }, 'missing', 'missing'],
    [{ maxLimitRequestRatio: { memory: '2' } }, 'missing', 'missing'],
  ] as const)('%j: limit %s, request %s', (item, limit, request) => {
    const ranges = [{ type: 'Container', ...item } as JsonObject];
    expect(setting({}, 'limits', 'memory', { ranges }).state).toBe(limit);
    expect(setting({}, 'requests', 'memory', { ranges }).state).toBe(request);
  });
  test('a range of type Pod defaults nothing, nor does one of another namespace', () => {
    const item = { default: { memory: '1Gi' }, max: { memory: '1Gi' } };
    expect(setting({}, 'limits', 'memory', { ranges: [{ type: 'Pod', ...item }] }).state).toBe('missing');
    const ranges = [{ type: 'Container', ...item }];
    expect(setting({}, 'limits', 'memory', { ranges, namespace: 'other' }).state).toBe('missing');
  });
  test('what is written is not defaulted, even a zero', () => {
    const ranges = [{ type: 'Container', default: { memory: '1Gi' } }];
    expect(setting({ resources: { limits: { memory: 0 } } }, 'limits', 'memory', { ranges }).state).toBe(
      'zero',
    );
  });
});

test("Tekton's v1 steps spell the field computeResources", () => {
  const task: JsonObject = {
    apiVersion: 'tekton.dev/v1',
    kind: 'Task',
    metadata: { name: 't' },
    spec: { steps: [{ name: 'a', computeResources: { limits: { memory: '1Gi' } } }] },
  };
  const cluster = new Cluster([new KubernetesObject(task, origin)]);
  const [container] = cluster.workloads[0]!.containers;
  expect(resourceSetting(container!, cluster, 'limits', 'memory')).toMatchObject({
    state: 'set',
    path: 'spec.steps[0].computeResources.limits.memory',
  });
});

test('a TaskRun may state resources for all its steps', () => {
  const run: JsonObject = {
    apiVersion: 'tekton.dev/v1',
    kind: 'TaskRun',
    metadata: { name: 'r' },
    spec: { taskSpec: { steps: [{ name: 'a' }] }, computeResources: { limits: { memory: '1Gi' } } },
  };
  const cluster = new Cluster([new KubernetesObject(run, origin)]);
  const [container] = cluster.workloads[0]!.containers;
  expect(resourceSetting(container!, cluster, 'limits', 'memory')).toMatchObject({
    state: 'set',
    path: 'spec.computeResources.limits.memory',
  });
  expect(resourceSetting(container!, cluster, 'limits', 'cpu').state).toBe('missing');
});
