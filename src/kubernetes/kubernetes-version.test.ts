import { describe, expect, test } from 'vitest';
import { compareKubernetesVersions, parseKubernetesVersion } from './kubernetes-version.ts';

describe('parseKubernetesVersion', () => {
  test.each([
    ['v1.37.2', [1, 37, 2], undefined, ''],
    ['1.30.0', [1, 30, 0], undefined, ''],
    ['v1.38.0-rc.1', [1, 38, 0], [2, 1], ''],
    ['v1.38.0-alpha.2.135+1a2b3c4d5e6f7a', [1, 38, 0], [0, 2], '.135+1a2b3c4d5e6f7a'],
    ['v1.34.4-eks-036c24b', [1, 34, 4], undefined, '-eks-036c24b'],
    ['v1.33.5-gke.1014001', [1, 33, 5], undefined, '-gke.1014001'],
    ['v1.36.1+k3s1', [1, 36, 1], undefined, '+k3s1'],
    ['v1.36.1-rc1+rke2r1', [1, 36, 1], undefined, '-rc1+rke2r1'],
    ['v1.31.6+aba1e8d', [1, 31, 6], undefined, '+aba1e8d'],
  ])('%s', (text, numbers, preRelease, suffix) => {
    const version = parseKubernetesVersion(text);
    expect(version && [version.major, version.minor, version.patch]).toEqual(numbers);
    expect(version?.preRelease).toEqual(preRelease);
    expect(version?.suffix).toBe(suffix);
  });

  test.each(['', 'v1.37', 'kwok-v0.7.0', 'fake', 'v0.0.0-master+$Format:%H$', 'v1.37.2x', 'v1.37.2 \n'])(
    '%j is none',
    (text) => expect(parseKubernetesVersion(text)).toBeUndefined(),
  );
});

test('orders builds as they were released, suffixes aside', () => {
  const ascending = [
    'v1.9.11',
    'v1.30.9',
    'v1.30.10-eks-1',
    'v1.31.0-alpha.1',
    'v1.31.0-alpha.10',
    'v1.31.0-beta.0',
    'v1.31.0-rc.0',
    'v1.31.0+k3s1',
    'v1.31.1',
  ].map((text) => parseKubernetesVersion(text)!);
  for (const [index, version] of ascending.entries()) {
    for (const [other, against] of ascending.entries()) {
      expect(Math.sign(compareKubernetesVersions(version, against))).toBe(Math.sign(index - other));
    }
  }
  const eks = parseKubernetesVersion('v1.34.4-eks-036c24b')!;
  expect(compareKubernetesVersions(eks, parseKubernetesVersion('1.34.4')!)).toBe(0);
});
