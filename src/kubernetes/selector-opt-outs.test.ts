import { expect, test } from 'vitest';
import { optOuts } from './selector-opt-outs.ts';

test('finds the requirements that a label makes false', () => {
  const selector = {
    matchLabels: { a: 'b' },
    matchExpressions: [
      { key: 'skip', operator: 'DoesNotExist' },
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] },
      { key: 'mode', operator: 'NotIn', values: ['off'] },
      { key: 'team', operator: 'In', values: ['x'] },
      { key: 'any', operator: 'Exists' },
      { operator: 'DoesNotExist' },
      7,
    ],
  };
  expect(optOuts(selector, 's')).toEqual([
    { key: 'skip', operator: 'DoesNotExist', path: 's.matchExpressions[0]' },
    { key: 'mode', operator: 'NotIn', path: 's.matchExpressions[2]' },
  ]);
  expect(optOuts('x', 's')).toEqual([]);
  expect(optOuts({ matchExpressions: {} }, 's')).toEqual([]);
});
