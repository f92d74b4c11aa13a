import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { canStartControlPlane, findPrograms } from '../testbed/build.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubestride-assets-'));
  vi.stubEnv('KUBEBUILDER_ASSETS', folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const put = (...names: string[]): void => {
  for (const name of names) writeFileSync(join(folder, name), '');
};

it('takes the programs of KUBEBUILDER_ASSETS, and says what is not among them', () => {
  put('etcd', 'kube-apiserver', 'kubectl', 'kwok');
  expect(canStartControlPlane()).toBe(true);
  expect(findPrograms('unused')).toEqual({
    folder,
    present: ['etcd', 'kube-apiserver', 'kubectl'],
    stages: undefined,
    leftOut: [
      'etcdctl: not in KUBEBUILDER_ASSETS',
      'kube-controller-manager: not in KUBEBUILDER_ASSETS',
      'kube-scheduler: not in KUBEBUILDER_ASSETS',
      'kwok: KUBEBUILDER_ASSETS has no kwok-stages.yaml beside it',
    ],
  });
  put('kwok-stages.yaml');
  expect(findPrograms('unused').stages).toBe(join(folder, 'kwok-stages.yaml'));
});

it('refuses KUBEBUILDER_ASSETS without etcd or kube-apiserver', () => {
  put('etcd');
  expect(() => findPrograms('unused')).toThrow(`KUBEBUILDER_ASSETS=${folder} has no kube-apiserver`);
});

it('can do nothing where there is neither Go nor KUBEBUILDER_ASSETS', () => {
  vi.stubEnv('KUBEBUILDER_ASSETS', undefined);
  vi.stubEnv('PATH', folder);
  expect(canStartControlPlane()).toBe(false);
});
