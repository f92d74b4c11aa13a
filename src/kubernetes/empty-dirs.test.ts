import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import { emptyDirPath, emptyDirs, hasMemoryBound, hasStorageBound } from './empty-dirs.ts';
import type { Json, JsonObject } from './json.ts';
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

function cluster(spec: JsonObject): Cluster {
  return new Cluster([
    new KubernetesObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec }, origin),
  ]);
}

const workload = (volumes: Json[]) => cluster({ containers: [{ name: 'app' }], volumes }).workloads[0]!;
const names = (volumes: readonly { name: string }[]) => volumes.map(({ name }) => name);

test('volumes are told apart by medium and by whether their size is limited', () => {
  const pod = workload([
    { name: 'disk', emptyDir: {} },
    { name: 'null', emptyDir: null },
    { name: 'limited', emptyDir: { sizeLimit: '1Gi' } },
    { name: 'zero', emptyDir: { sizeLimit: 0 } },
    { name: 'tmpfs', emptyDir: { medium: 'Memory' } },
    { name: 'small', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
    { name: 'huge', emptyDir: { medium: 'HugePages-2Mi' } },
    { name: 'config', configMap: { name: 'c' } },
    { name: 'bare' },
  ]);
  expect(names(emptyDirs(pod, 'disk').all)).toEqual(['disk', 'null', 'limited', 'zero', 'bare']);
  expect(names(emptyDirs(pod, 'disk').unlimited)).toEqual(['disk', 'null', 'zero', 'bare']);
  expect(names(emptyDirs(pod, 'memory').all)).toEqual(['tmpfs', 'small']);
  expect(names(emptyDirs(pod, 'memory').unlimited)).toEqual(['tmpfs']);
  expect(emptyDirs(pod, 'disk').all.map(emptyDirPath)).toEqual([
    'spec.volumes[0].emptyDir',
    'spec.volumes[1].emptyDir',
    'spec.volumes[2].emptyDir',
    'spec.volumes[3].emptyDir',
    'spec.volumes[8]',
  ]);
});

const limits = (limits: JsonObject): JsonObject => ({ resources: { limits } });

/** Expectations: ResourceConfigForPod and podEphemeralStorageLimitEviction of the kubelet. */
test.each<[string, JsonObject, boolean, boolean]>([
  ['no limit', {}, false, false],
  ['every limit', limits({ memory: '1Gi', 'ephemeral-storage': '1Gi' }), true, true],
  ['memory alone', limits({ memory: '1Gi' }), true, false],
])('one container with %s', (_, container, memory, storage) => {
  const all = cluster({ containers: [{ name: 'a', ...container }] });
  expect(hasMemoryBound(all.workloads[0]!, all)).toBe(memory);
  expect(hasStorageBound(all.workloads[0]!, all)).toBe(storage);
});

test('memory needs a limit on every container, storage on any', () => {
  const limited = { name: 'a', ...limits({ memory: '1Gi', 'ephemeral-storage': '1Gi' }) };
  for (const spec of [
    { containers: [limited, { name: 'b' }] },
    { containers: [limited], initContainers: [{ name: 'i' }] },
  ]) {
    const all = cluster(spec);
    expect(hasMemoryBound(all.workloads[0]!, all)).toBe(false);
    expect(hasStorageBound(all.workloads[0]!, all)).toBe(true);
  }
});

test('ephemeral containers may not have limits and change nothing', () => {
  const all = cluster({
    containers: [{ name: 'a', ...limits({ memory: '1Gi' }) }],
    ephemeralContainers: [{ name: 'e', ...limits({ 'ephemeral-storage': '1Gi' }) }],
  });
  expect(hasMemoryBound(all.workloads[0]!, all)).toBe(true);
  expect(hasStorageBound(all.workloads[0]!, all)).toBe(false);
});
