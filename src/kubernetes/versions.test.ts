import { describe, expect, it } from 'vitest';
import { REMOVED_APIS, removedApi } from './removed-apis.ts';
import {
  apiGroup,
  apiVersionOf,
  compareApiVersions,
  compareReleases,
  parseGroupVersion,
  parseRelease,
} from './versions.ts';

describe('versions', () => {
  it('orders API versions as Kubernetes documents it', () => {
    // The example of the CustomResourceDefinition versioning page.
    const documented = 'v10 v2 v1 v11beta2 v10beta3 v3beta1 v12alpha1 v11alpha2 foo1 foo10'.split(' ');
    expect([...documented].sort().sort((a, b) => compareApiVersions(b, a))).toEqual(documented);
  });

  it('reads releases', () => {
    expect(parseRelease('v1.37')).toEqual({ major: 1, minor: 37 });
    expect(parseRelease('1.25.3-gke.100')).toEqual({ major: 1, minor: 25 });
    expect(parseRelease('latest')).toBeUndefined();
    expect(parseRelease('1')).toBeUndefined();
    expect(compareReleases({ major: 1, minor: 9 }, { major: 1, minor: 10 })).toBeLessThan(0);
  });

  it('splits an apiVersion', () => {
    expect([apiGroup('apps/v1'), apiVersionOf('apps/v1'), apiGroup('v1'), apiVersionOf('v1')]).toEqual([
      'apps',
      'v1',
      '',
      'v1',
    ]);
    expect(parseGroupVersion('a/b/c')).toBeUndefined();
  });
});

describe('removed APIs', () => {
  it('knows PodSecurityPolicy, which nothing replaces', () => {
    expect(removedApi('policy/v1beta1', 'PodSecurityPolicy')).toEqual({
      apiVersion: 'policy/v1beta1',
      kind: 'PodSecurityPolicy',
      removedIn: '1.25',
    });
  });

  it('depends on the release', () => {
    expect(removedApi('batch/v1beta1', 'CronJob', { major: 1, minor: 24 })).toBeUndefined();
    expect(removedApi('batch/v1beta1', 'CronJob', { major: 1, minor: 25 })?.replacement).toBe('batch/v1');
    expect(removedApi('batch/v1', 'CronJob')).toBeUndefined();
  });

  it('lists each once, and replaces none by another that is gone', () => {
    const names = REMOVED_APIS.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { replacement, kind } of REMOVED_APIS) {
      if (replacement !== undefined) expect(removedApi(replacement, kind)).toBeUndefined();
    }
  });
});
