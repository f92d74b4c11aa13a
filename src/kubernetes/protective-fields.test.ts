import { expect, test } from 'vitest';
import { protectiveField } from './protective-fields.ts';

test.each([
  ['runAsNonRoot', 'runAsNonRoot'],
  ['runasnonroot', 'runAsNonRoot'],
  ['runAsNonroot', 'runAsNonRoot'],
  ['securitycontext', 'securityContext'],
  ['allowPriviledgeEscalation', 'allowPrivilegeEscalation'],
  ['readOnlyRootFileSystem', 'readOnlyRootFilesystem'],
  ['seccompProfiles', 'seccompProfile'],
  ['limit', undefined],
  ['limits', 'limits'],
  ['image', undefined],
  ['replica', undefined],
  ['hostname', undefined],
  ['x'.repeat(10_000), undefined],
])('%s', (name, expected) => {
  expect(protectiveField(name)).toBe(expected);
});
