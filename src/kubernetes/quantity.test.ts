import { describe, expect, it } from 'vitest';
import { parseQuantity, quantityRefusal } from './quantity.ts';

// Expected values are those of resource.ParseQuantity; tests/differential/primitives.test.ts asks it about 40,000 more.
describe('parseQuantity', () => {
  it.each([
    ['100m', 0.1, '100m'],
    ['128Mi', 134217728, '128Mi'],
    ['1.5Gi', 1610612736, '1536Mi'],
    ['0.5', 0.5, '500m'],
    ['1e3', 1000, '1e3'],
    ['12E', 12e18, '12E'],
    ['.5', 0.5, '500m'],
    ['0.1n', 1e-9, '1n'],
    [2, 2, '2'],
    ['-1.5k', -1500, '-1500'],
    ['9Ei', 2 ** 63, '9223372036854775807'],
    [null, 0, '0'],
  ])('reads %j', (value, number, text) => {
    const quantity = parseQuantity(value);
    expect([quantity?.toNumber(), quantity?.toString()]).toEqual([number, text]);
  });

  it.each(['1GB', '1 Gi', '', 'abc', '1.2.3', '1e', '128mi', true, {}])('refuses %j', (value) => {
    expect(parseQuantity(value)).toBeUndefined();
    expect(quantityRefusal(value)).toBeTypeOf('string');
  });

  it('compares exactly, across units and beyond doubles', () => {
    const compare = (a: string, b: string) => parseQuantity(a)!.compare(parseQuantity(b)!);
    expect(compare('1Gi', '1G')).toBe(1);
    expect(compare('1000m', '1')).toBe(0);
    expect(compare('9007199254740993', '9007199254740992')).toBe(1);
    expect(compare('-1', '0')).toBe(-1);
    expect(compare('1e999999999', '1e1000000000')).toBe(-1);
    expect(parseQuantity('0Ki')!.isZero()).toBe(true);
  });

  it('has nothing to say of an absent value', () => {
    expect(parseQuantity(undefined)).toBeUndefined();
  });
});
