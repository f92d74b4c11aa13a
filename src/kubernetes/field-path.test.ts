import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { child, formatFieldPath, item, parseFieldPath } from './field-path.ts';

describe('field paths', () => {
  it('reads and writes the notation', () => {
    expect(parseFieldPath('spec.template.spec.containers[0].securityContext')).toEqual([
      'spec',
      'template',
      'spec',
      'containers',
      0,
      'securityContext',
    ]);
    expect(child('metadata.annotations', 'a.b/c')).toBe('metadata.annotations["a.b/c"]');
    expect(child('metadata.labels', 'app/name')).toBe('metadata.labels.app/name');
    expect(child('', 'spec')).toBe('spec');
    expect(child('', 'a b')).toBe('["a b"]');
    expect(child('a', '')).toBe('a[""]');
    expect(item('', 2)).toBe('[2]');
    expect(item(item('a', 1), 2)).toBe('a[1][2]');
    expect(parseFieldPath('')).toEqual([]);
  });

  it('tells keys made of digits from indices', () => {
    expect(formatFieldPath(['data', '0', 0])).toBe('data.0[0]');
    expect(parseFieldPath('data.0[0]')).toEqual(['data', '0', 0]);
  });

  it('refuses what is not a path', () => {
    for (const bad of ['.a', 'a.', 'a..b', 'a[', 'a[x]', 'a[0]b', 'a b', '["a]', "['a']"]) {
      expect(() => parseFieldPath(bad), bad).toThrow(SyntaxError);
    }
  });

  it('is the inverse of formatting', () => {
    const steps = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.nat()));
    fc.assert(
      fc.property(steps, (path) => {
        expect(parseFieldPath(formatFieldPath(path))).toEqual(path);
      }),
      { seed: 3 },
    );
  });
});
