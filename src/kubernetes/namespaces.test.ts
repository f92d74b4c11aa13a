import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import { governedScope, governingScopes } from './namespaces.ts';
import { KubernetesObject } from './object.ts';

const at = (path: string, namespace?: string) =>
  new KubernetesObject(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', ...(namespace === undefined ? {} : { namespace }) },
    },
    { file: { path }, document: 0, start: 0, end: 0, line: 1, column: 1, format: 'yaml', within: '' },
  );
const cluster = new Cluster([]);
const governs = (governor: KubernetesObject, subject: KubernetesObject) =>
  governingScopes(subject, cluster).includes(governedScope(governor));

test.each([
  ['shop/range.yaml', 'shop/web.yaml', true],
  ['shop/range.yaml', 'shop/api/web.yaml', true],
  ['range.yaml', 'shop/api/web.yaml', true],
  ['shop/limits/range.yaml', 'shop/web.yaml', false],
  ['shop/range.yaml', 'shopping/web.yaml', false],
  ['/a/range.yaml', '/a/b/web.yaml', true],
  ['a\\range.yaml', 'a\\b\\web.yaml', true],
  ['-', '-', true],
])('without namespaces, %s governs %s: %s', (governor, subject, expected) => {
  expect(governs(at(governor), at(subject))).toBe(expected);
});

test('a namespace that is named governs wherever its objects lie, and nothing without a name', () => {
  expect(governs(at('a/range.yaml', 'shop'), at('b/web.yaml', 'shop'))).toBe(true);
  expect(governs(at('a/range.yaml', 'shop'), at('a/web.yaml', 'bank'))).toBe(false);
  expect(governs(at('a/range.yaml', 'default'), at('a/web.yaml'))).toBe(false);
  expect(governs(at('a/range.yaml'), at('a/web.yaml', 'default'))).toBe(false);
});
