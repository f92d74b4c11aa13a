import { expect, test } from 'vitest';
import { matchesPathGlob } from './path-glob.ts';

const FILE = '/var/log/kubernetes/audit/audit.log';

test.each([
  FILE,
  '/var/log/kubernetes/audit/*.log',
  '/var/log/kubernetes/*/audit*',
  '/var/log/**/*.log',
  '/**/audit.lo?',
  '/var/log/**',
  '**',
])('%s is of it', (pattern) => {
  expect(matchesPathGlob(pattern, FILE)).toBe(true);
});

test.each([
  '/var/log/*.log',
  '/var/log/containers/*.log',
  '/var/log/kubernetes/audit',
  '/var/log/kubernetes/audit/',
  '/var/log/kubernetes/*',
  '/var/log/**/*.json',
  'audit.log',
  '',
])('%s is not', (pattern) => {
  expect(matchesPathGlob(pattern, FILE)).toBe(false);
});

test('a hostile pattern costs no more than its length times that of the path', () => {
  const started = performance.now();
  expect(matchesPathGlob(`/${'*a'.repeat(200)}b`, `/${'a'.repeat(500)}`)).toBe(false);
  expect(matchesPathGlob(`${'/**/a'.repeat(100)}/b`, '/a'.repeat(250))).toBe(false);
  expect(performance.now() - started).toBeLessThan(500);
});
