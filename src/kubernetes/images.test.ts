import { describe, expect, it } from 'vitest';
import { parseImage } from './images.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

// Expected answers are those of reference.ParseNormalizedNamed; the differential tests ask 40,000 more.
describe('parseImage', () => {
  it.each([
    ['nginx', { registry: 'docker.io', repository: 'library/nginx' }],
    ['a/b:1.2', { registry: 'docker.io', repository: 'a/b', tag: '1.2' }],
    ['index.docker.io/nginx', { registry: 'docker.io', repository: 'library/nginx' }],
    ['localhost/a', { registry: 'localhost', repository: 'a' }],
    ['registry.example:5000/a/b', { registry: 'registry.example:5000', repository: 'a/b' }],
    [
      `registry.example:5000/a:v1@${DIGEST}`,
      { registry: 'registry.example:5000', repository: 'a', tag: 'v1', digest: DIGEST },
    ],
    ['[::1]:5000/a', { registry: '[::1]:5000', repository: 'a' }],
  ])('reads %s', (text, expected) => expect(parseImage(text)).toEqual(expected));

  it.each([
    '',
    'Nginx',
    'a/B',
    'a:',
    'a@sha256:12',
    `a@md5:${'a'.repeat(32)}`,
    'a'.repeat(64),
    'a//b',
    ' a',
    'a:b:c',
    '-a',
  ])('refuses %j', (text) => expect(parseImage(text)).toBeUndefined());
});
