import { expect, test } from 'vitest';
import { parseFieldSelector } from './field-selector.ts';

// k8s.io/apimachinery pkg/fields/selector_test.go: TestSplitTerms, TestSplitTerm, TestSelectorParse; terms come out sorted.
test.each([
  ['', []],
  ['x=a,y=b,z=c', ['x=a', 'y=b', 'z=c']],
  ['x!=a,y=b', ['x!=a', 'y=b']],
  ['a==v', ['a=v']],
  ['a=a,', ['a=a']],
  [',a=a', ['a=a']],
  ['x=a||y\\=b', ['x=a||y=b']],
  ['x=a\\=\\=b', ['x=a==b']],
  ['k=\\,,k2=v2', ['k2=v2', 'k=,']],
  ['k=\\\\,k2=v2', ['k2=v2', 'k=\\']],
  ['k=\\\\\\,,k2=v2', ['k2=v2', 'k=\\,']],
  ['함=수,목=록', ['목=록', '함=수']],
])('%s', (text, terms) => {
  const parsed = parseFieldSelector(text);
  expect(
    'terms' in parsed && parsed.terms.map(({ field, operator, value }) => `${field}${operator}${value}`),
  ).toEqual(terms);
});

test.each(['a', 'x=a||y=b', 'x==a==b', 'x=a,b', 'x in (a)', 'x=\\', 'x=\\\\\\', 'x=\\a', 'k=\\a\\b\\'])(
  '%s is refused',
  (text) => {
    expect(parseFieldSelector(text)).toHaveProperty('refused');
  },
);
