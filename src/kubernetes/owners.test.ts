import { expect, test } from 'vitest';
import { namesPeople, ownerKey } from './owners.ts';

/** Keys as they occur in public conventions; those of tools name other objects. */
test.each([
  ['owner', true],
  ['team', true],
  ['example.com/owner', true],
  ['app-owner', true],
  ['team-name', true],
  ['example.com/on-call', true],
  ['contact.email', true],
  ['a8r.io/chat', true],
  ['backstage.io/kubernetes-id', true],
  ['email', true],
  ['steam', false],
  ['teamcity', false],
  ['app.kubernetes.io/managed-by', false],
  ['cluster.x-k8s.io/owner-name', false],
  ['cluster.x-k8s.io/owner', false],
  ['olm.owner', false],
  ['objectset.rio.cattle.io/owner', false],
  ['download', false],
])('%s names people: %s', (key, expected) => {
  expect(namesPeople(key)).toBe(expected);
});

test('an empty value names nobody', () => {
  expect(ownerKey({ owner: ' ' }, { app: 'a' })).toBeUndefined();
  expect(ownerKey({ owner: '' }, { team: 'payments' })).toBe('team');
});

test('long keys are judged in linear time', () => {
  const start = Date.now();
  namesPeople(`${'a-'.repeat(150)}x`);
  namesPeople('a-'.repeat(1_000_000));
  expect(Date.now() - start).toBeLessThan(1000);
});
