import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditPolicyDocument, BREADTHS, generateAuditPolicy } from './generate.ts';
import { auditGaps, lintAuditPolicy } from './lint.ts';
import { NEEDS } from './needs.ts';
import { readAuditPolicy } from './policy.ts';

test('every choice of goals gives a policy that answers them and hides no other fault (seed 20261123)', () => {
  fc.assert(
    fc.property(fc.subarray([...NEEDS], { minLength: 1 }), fc.constantFrom(...BREADTHS), (needs, breadth) => {
      const { policy, errors, warnings } = readAuditPolicy(
        auditPolicyDocument(generateAuditPolicy(needs, breadth)),
      );
      expect([...errors, ...warnings]).toEqual([]);
      expect(auditGaps(policy!, needs)).toEqual([]);
      expect(lintAuditPolicy(policy!).filter(({ kind }) => kind !== 'gap')).toEqual([]);
    }),
    { seed: 20261123, numRuns: 100 },
  );
});

test('a narrower policy leaves out what nobody asked for', () => {
  const gaps = (...of: Parameters<typeof generateAuditPolicy>) =>
    auditGaps(readAuditPolicy(auditPolicyDocument(generateAuditPolicy(...of))).policy!).map(
      ({ need }) => need,
    );
  expect(gaps(['secrets-read'], 'needs')).toContain('commands-in-pods');
  expect(gaps(['secrets-read'], 'needs')).not.toContain('secrets-read');
  expect(gaps([...NEEDS], 'needs')).toEqual([]);
});
