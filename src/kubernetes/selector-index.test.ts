import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SelectorIndex } from './selector-index.ts';
import { compileLabelSelector } from './selectors.ts';

const SEED = 20261123;
const label = fc.record({ key: fc.constantFrom('a', 'b', 'c'), value: fc.constantFrom('1', '2', '3') });
const labels = fc
  .array(label, { maxLength: 3 })
  .map((list) => Object.fromEntries(list.map(({ key, value }) => [key, value])));
const selector = fc.record({
  matchLabels: labels,
  matchExpressions: fc.array(
    fc.oneof(
      fc.record({ key: fc.constantFrom('a', 'b', 'c'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
      fc.record({
        key: fc.constantFrom('a', 'b', 'c'),
        operator: fc.constantFrom('In', 'NotIn'),
        values: fc.array(fc.constantFrom('1', '2', '3'), { minLength: 1, maxLength: 2 }),
      }),
    ),
    { maxLength: 2 },
  ),
});

test('hands out every selector that matches, in order, as trying them all would', () => {
  fc.assert(
    fc.property(fc.array(selector, { maxLength: 8 }), labels, (selectors, pod) => {
      const index = new SelectorIndex<number>();
      const compiled = selectors.map((each) => compileLabelSelector(each));
      compiled.forEach((each, i) => {
        if ('refused' in each) return;
        index.add(i, each.requirements === 'nothing' ? [] : each.requirements);
      });
      const matches = (i: number) => {
        const each = compiled[i]!;
        return !('refused' in each) && each.matches(pod);
      };
      const all = compiled.map((_, i) => i).filter(matches);
      expect(index.around(pod).filter(matches)).toEqual(all);
    }),
    { seed: SEED, numRuns: 2000 },
  );
});

test('does not hand out selectors that demand another label', () => {
  const index = new SelectorIndex<string>();
  index.add('web', [{ key: 'app', operator: '=', values: ['web'] }]);
  index.add('db', [{ key: 'app', operator: '=', values: ['db'] }]);
  index.add('all', []);
  index.add('unknown', undefined);
  expect(index.around({ app: 'web' })).toEqual(['web', 'all', 'unknown']);
  expect(index.around(undefined)).toEqual(['all', 'unknown']);
});
