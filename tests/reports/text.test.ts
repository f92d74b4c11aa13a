import { describe, expect, test } from 'vitest';
import { escapeText, markdownCode, markdownProse, sarifText } from '../../src/reports/escape.ts';
import { cut, displayWidth, wrap } from '../../src/reports/width.ts';

describe('display width', () => {
  test.each([
    ['kubectl', 7],
    ['提升权限', 8],
    ['ｆｕｌｌ', 8],
    ['한글', 4],
    ['カナ', 4],
    ['e\u0301', 1],
    ['🚢', 2],
    ['“…”—·│', 6],
    ['𠀀', 2],
    ['é ü ß Ж ع', 9],
  ])('%s takes %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('wrapping', () => {
  test('breaks at spaces, and between Chinese characters but not before their punctuation', () => {
    expect(wrap('set it to false now', 10)).toEqual(['set it to', 'false now']);
    expect(wrap('一二三四，五六', 8)).toEqual(['一二三', '四，五六']);
    expect(wrap('一二三四（五六）', 10)).toEqual(['一二三四', '（五六）']);
    expect(wrap('请设置 automountServiceAccountToken 为假', 20)).toEqual([
      '请设置',
      'automountServiceAcco',
      'untToken 为假',
    ]);
  });

  test('breaks a word of megabytes in linear time', () => {
    const start = process.cpuUsage();
    expect(wrap('x'.repeat(4_000_000), 100)).toHaveLength(40_000);
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(10);
  });

  test('breaks what is longer than a line', () => {
    expect(wrap('x'.repeat(25), 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
    expect(wrap('', 10)).toEqual(['']);
  });

  test('cut keeps whole characters and counts columns', () => {
    expect(cut('abcdef', 6)).toBe('abcdef');
    expect(cut('abcdefg', 6)).toBe('abcde…');
    expect(cut('提升权限', 6)).toBe('提升…');
    expect(cut('e\u0301'.repeat(3), 3)).toBe('e\u0301'.repeat(3));
    expect(cut(`a${'\u0301'.repeat(500)}`, 10).length).toBeLessThan(40);
  });
});

describe('escaping', () => {
  test('shows what cannot be seen and leaves everything else', () => {
    expect(escapeText('a\u001b[31mb\u202ec\nd')).toBe('a\\u{1b}[31mb\\u{202e}c\\u{a}d');
    expect(escapeText('\u{e0041}\ud800')).toBe('\\u{e0041}\\u{d800}');
    expect(escapeText('提升 é 🚢 <b> "quoted" `x`')).toBe('提升 é 🚢 <b> "quoted" `x`');
  });

  test('makes code of a value, even an empty one', () => {
    expect(markdownCode('a`|<b>')).toBe('`a\\u{60}\\u{7c}<b>`');
    expect(markdownCode('')).toBe('`""`');
    expect(markdownCode('  ')).toBe('`"  "`');
  });

  test('keeps the code of our own words and shows the rest as written', () => {
    expect(markdownProse('Set `a<b` for <name> & go')).toBe('Set `a<b` for &#60;name&#62; &#38; go');
    expect(markdownProse('one ` backtick <b>')).toBe('one  backtick &#60;b&#62;');
  });

  test('keeps square brackets of a SARIF message from being a link', () => {
    expect(sarifText('[x](http://evil) \\[')).toBe('\\[x\\](http://evil) \\\\\\[');
  });
});
