import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import { emptyDirPath, emptyDirs, hasPodLimit } from './empty-dirs.ts';
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

test('a pod has a limit when all containers that keep running have one', () => {
  const limits = (memory: string) => ({ resources: { limits: { memory } } });
  const limited = (spec: JsonObject) => {
    const all = cluster(spec);
    return hasPodLimit(all.workloads[0]!, all, 'memory');
  };
  expect(limited({ containers: [{ name: 'a', ...limits('1Gi') }] })).toBe(true);
  expect(limited({ containers: [{ name: 'a', ...limits('1Gi') }, { name: 'b' }] })).toBe(false);
  expect(limited({ containers: [{ name: 'a', ...limits('1Gi') }], initContainers: [{ name: 'i' }] })).toBe(
    true,
  );
  expect(
    limited({
      containers: [{ name: 'a', ...limits('1Gi') }],
      initContainers: [{ name: 's', restartPolicy: 'Always' }],
    }),
  ).toBe(false);
  expect(limited({ containers: [] })).toBe(false);
});
