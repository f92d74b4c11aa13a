import { expect, test } from 'vitest';
import { readPolicies } from './read.ts';

/** kubectl says of the others: "no matches for kind "NetworkPolicy" in version …". */
test.each([
  ['networking.k8s.io/v1', []],
  ['networking.k8s.io/v1beta1', ['apiVersion']],
  ['networking.k8s.io/v2', ['apiVersion']],
  ['extensions/v1beta1', ['apiVersion']],
])('%s', (apiVersion, refused) => {
  const metadata = { name: 'p', namespace: 'shop' };
  const { policies, problems } = readPolicies([{ apiVersion, kind: 'NetworkPolicy', metadata, spec: {} }]);
  expect(problems.map(({ path }) => path)).toEqual(refused);
  expect(policies).toHaveLength(refused.length === 0 ? 1 : 0);
});
