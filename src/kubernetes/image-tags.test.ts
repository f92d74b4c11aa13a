import { describe, expect, test } from 'vitest';
import { statedImage, tagStability } from './image-tags.ts';
import { KubernetesObject } from './object.ts';
import { Workload } from './workload.ts';

describe('tagStability', () => {
  test.each([
    ['latest', 'latest'],
    ['stable', 'channel'],
    ['stable-alpine', 'channel'],
    ['stable-alpine3.18', 'channel'],
    ['lts-alpine3.20', 'channel'],
    ['latest-debug', 'channel'],
    ['master-head', 'channel'],
    ['3.12-nightly', 'channel'],
    ['alpine', 'channel'],
    ['alpine3.20', 'channel'],
    ['xenial', 'channel'],
    ['1', 'major'],
    ['v2', 'major'],
    ['16-bookworm', 'major'],
    ['3-alpine3.18', 'major'],
    ['1.27', 'release'],
    ['1.27.3-alpine', 'release'],
    ['v1.7.0-beta.1', 'release'],
    ['2.0.0-rc1', 'release'],
    ['main-1a2b3c4', 'release'],
    ['master-20240131', 'release'],
    ['nightly-2024-01-31', 'release'],
    ['20240131', 'release'],
    ['30a4ce1a', 'release'],
    ['RELEASE.2022-02-01T18-00-14Z', 'release'],
    ['25.10-py3', 'release'],
    ['1.20.0-dev-abc1234', 'release'],
  ])('%s is %s', (tag, expected) => {
    expect(tagStability(tag)).toBe(expected);
  });
});

describe('statedImage', () => {
  function state(image: unknown, owner = { apiVersion: 'v1', kind: 'Pod' }) {
    const containers = [{ name: 'a', image }] as never;
    const spec = owner.kind === 'Task' ? { steps: containers } : { containers };
    const raw = { ...owner, metadata: { name: 'p' }, spec };
    const origin = {
      file: { path: 'x' },
      document: 0,
      start: 0,
      end: 0,
      line: 1,
      column: 1,
      format: 'yaml' as const,
      within: '',
    };
    return statedImage(Workload.of(new KubernetesObject(raw, origin))[0]!.containers[0]!);
  }

  test.each([
    '{{ .Values.image }}',
    'example.com/app:$(TAG)',
    '$IMAGE',
    '<image_url>',
    'ko://example.com/cmd/app',
    'app:%TAG%',
  ])('%s is a placeholder', (image) => {
    expect(state(image)).toEqual({ state: 'invalid', placeholder: true });
  });

  test('what is wrong without a placeholder', () => {
    expect(state('Example/App:1')).toEqual({ state: 'invalid', placeholder: false });
    expect(state('app:1.0 ')).toEqual({ state: 'invalid', placeholder: false });
  });

  test('a parameter is substituted by the owners that do so, and a leftover elsewhere', () => {
    expect(state('$(params.image)', { apiVersion: 'tekton.dev/v1', kind: 'Task' })).toEqual({
      state: 'substituted',
    });
    expect(state('$(params.image)')).toEqual({ state: 'invalid', placeholder: true });
  });

  test('absent where it is missing or no text', () => {
    expect(state(undefined)).toEqual({ state: 'absent' });
    expect(state(7)).toEqual({ state: 'absent' });
  });
});
