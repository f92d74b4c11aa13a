import { describe, expect, it } from 'vitest';
import { parseSelector } from './selector-syntax.ts';
import { compileLabelSelector, labelSelector } from './selectors.ts';

// Expected answers are those of LabelSelectorAsSelector and labels.Parse; the differential tests ask 50,000 more.
describe('compileLabelSelector', () => {
  it('selects nothing where it is absent, everything where it is empty', () => {
    expect(labelSelector(undefined)?.({})).toBe(false);
    expect(labelSelector(null)?.({ a: 'b' })).toBe(false);
    expect(labelSelector({})?.(undefined)).toBe(true);
    expect(labelSelector({ matchLabels: {}, matchExpressions: [] })?.({})).toBe(true);
  });

  it('wants all of its requirements', () => {
    const matches = labelSelector({
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'NotIn', values: ['db'] },
        { key: 'toString', operator: 'DoesNotExist' },
      ],
    })!;
    expect(matches({ app: 'web' })).toBe(true);
    expect(matches({ app: 'web', tier: 'db' })).toBe(false);
    expect(matches({ tier: 'front' })).toBe(false);
    expect(matches({ app: 'web', toString: 'x' })).toBe(false);
  });

  it("refuses with upstream's reason", () => {
    const refused = (selector: Parameters<typeof compileLabelSelector>[0]) => compileLabelSelector(selector);
    expect(refused({ matchExpressions: [{ key: 'a', operator: 'In' }] })).toEqual({
      refused: "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty",
    });
    expect(refused({ matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] })).toEqual({
      refused: '"Gt" is not a valid label selector operator',
    });
    expect(labelSelector({ matchLabels: { 'not valid': 'a' } })).toBeUndefined();
  });
});

describe('parseSelector', () => {
  const matches = (text: string, labels: Record<string, string>) => {
    const parsed = parseSelector(text);
    if ('refused' in parsed) throw new Error(parsed.refused);
    return parsed.matches(labels);
  };

  it('reads every operator', () => {
    expect(matches('a=b,c in (d,e),!f,g notin (),h>3', { a: 'b', c: 'e', h: '4' })).toBe(true);
    expect(matches('a', {})).toBe(false);
    expect(matches('a!=b', {})).toBe(true);
    expect(matches('h<3', { h: 'x' })).toBe(false);
    expect(matches('in in (in)', { in: 'in' })).toBe(true);
    expect(matches('', {})).toBe(true);
  });

  it.each([
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
  ])('refuses %j', (text, reason) => expect(parseSelector(text)).toEqual({ refused: reason }));
});
