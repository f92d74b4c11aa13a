import { expect, test } from 'vitest';
import type { Json, JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { hasProbe, isProbed } from './probes.ts';
import { type Container, Workload } from './workload.ts';

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

function containers(kind: string, pod: JsonObject): readonly Container[] {
  const raw: JsonObject =
    kind === 'Pod'
      ? { apiVersion: 'v1', kind, metadata: { name: 'x' }, spec: pod }
      : { apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1', kind, spec: { template: { spec: pod } } };
  return Workload.of(new KubernetesObject(raw, origin))[0]!.containers;
}

test.each<[Json | undefined, boolean]>([
  [{ exec: { command: ['true'] } }, true],
  [{}, false],
  [null, false],
  ['yes', false],
  [undefined, false],
])('livenessProbe: %j counts: %s', (probe, expected) => {
  const container: JsonObject = { name: 'app' };
  if (probe !== undefined) container['livenessProbe'] = probe;
  expect(hasProbe(containers('Pod', { containers: [container] })[0]!, 'livenessProbe')).toBe(expected);
});

test('regular containers of pods that run for ever are probed', () => {
  const all = {
    initContainers: [{ name: 'init' }, { name: 'sidecar', restartPolicy: 'Always' }],
    containers: [{ name: 'app' }],
    ephemeralContainers: [{ name: 'debug' }],
  };
  const probed = containers('Deployment', all).filter(isProbed);
  expect(probed.map(({ name }) => name)).toEqual(['app']);
  expect(containers('Job', all).some(isProbed)).toBe(false);
  expect(containers('Pod', { ...all, restartPolicy: 'OnFailure' }).some(isProbed)).toBe(false);
});
