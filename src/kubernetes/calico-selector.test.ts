import { expect, test } from 'vitest';
import { compileCalicoSelector } from './calico-selector.ts';

const matcher = (text: string, options = {}) => {
  const compiled = compileCalicoSelector(text, options);
  if ('refused' in compiled) throw new Error(`${text}: ${compiled.refused}`);
  return compiled;
};

type Labels = Readonly<Record<string, string>>;

// The tables of libcalico-go/lib/selector/parser/parser_test.go in projectcalico/calico.
const MATCHES: readonly (readonly [
  selector: string,
  matches: readonly Labels[],
  others: readonly Labels[],
])[] = [
  ['a == "b"', [{ a: 'b' }, { a: 'b', c: 'd' }], [{}, { a: 'c' }, { c: 'd' }]],
  [
    'a == "b" && c == "d"',
    [{ a: 'b', c: 'd' }],
    [{}, { a: 'b', c: 'e' }, { a: 'c', c: 'd' }, { c: 'd' }, { a: 'b' }],
  ],
  [
    'a == "b" || c == "d"',
    [{ a: 'b', c: 'd' }, { a: 'b' }, { c: 'd' }],
    [{}, { a: 'e', c: 'e' }, { c: 'e' }, { a: 'e' }],
  ],
  ['a in {"\'", \'"\', "c"}', [{ a: 'c' }, { a: '"' }, { a: "'" }], [{}, { a: 'e' }]],
  ['a not in {"\'", \'"\', "c"}', [{}, { a: 'e' }], [{ a: 'c' }, { a: '"' }, { a: "'" }]],
  ["a == 'a'", [{ a: 'a' }], []],
  ['a == "a"', [{ a: 'a' }], []],
  ['a != "b"', [{ a: 'a' }], []],
  ['a != "a"', [{}], []],
  ['a contains "a"', [{ a: 'a' }, { a: 'bab' }, { a: 'aaa', b: 'c' }], [{}, { a: 'b' }, { b: 'aaa' }]],
  [
    'a starts with "a"',
    [{ a: 'a' }, { a: 'abb' }, { a: 'aaa', b: 'c' }],
    [{}, { a: 'b' }, { a: 'baa' }, { b: 'aaa' }],
  ],
  [
    'a ends with "a"',
    [{ a: 'a' }, { a: 'bba' }, { a: 'aaa', b: 'c' }],
    [{}, { a: 'b' }, { a: 'aab' }, { b: 'aaa' }],
  ],
  ['a in {"a"}', [{ a: 'a' }], []],
  ['!a in {"a"}', [{ a: 'b' }], []],
  ['a in {"a", "b"}', [{ a: 'a' }], []],
  ['a in {"a", "b"}', [{ a: 'b' }], []],
  ['a not in {"d", "e"}', [{ a: 'a' }], []],
  ['has(a)', [{ a: 'b' }], []],
  ['!has(a)', [{ b: 'b' }], []],
  ['', [{}], []],
  [' ', [{}], []],
  ['', [{ a: 'b' }], []],
  ['all()', [{}], []],
  [' all()', [{}], []],
  [' all()', [{ a: 'b' }], []],
  ['global()', [{}], []],
  [' global()', [{}], []],
  [' global()', [{ a: 'b' }], []],
  ["a == 'a'", [], [{ a: 'b' }]],
  ["a == 'a'", [], [{}]],
  ['a != "a"', [], [{ a: 'a' }]],
  ["a != 'a'", [], [{ a: 'a' }]],
  ['a in {"a"}', [], [{ a: 'b' }]],
  ['a not in {"a"}', [], [{ a: 'a' }]],
  ['a in {"a", "b"}', [], [{ a: 'c' }]],
  ['has(b)', [], [{ a: 'b' }]],
  ['!!has(b)', [], [{ a: 'b' }]],
  ['! has(a)', [], [{ a: 'b' }]],
  ['!has(a)', [], [{ a: 'b' }]],
  ['!!! has(a)', [], [{ a: 'b' }]],
  ['!!!has(a)', [], [{ a: 'b' }]],
  ['!! ! has(a)', [], [{ a: 'b' }]],
  ['! !!has(a)', [], [{ a: 'b' }]],
  ["a == 'a1' && b == 'b1'", [{ a: 'a1', b: 'b1' }], []],
  ["a == 'a1' && b != 'b1'", [], [{ a: 'a1', b: 'b1' }]],
  ["a != 'a1' && b == 'b1'", [], [{ a: 'a1', b: 'b1' }]],
  ["a != 'a1' && b != 'b1'", [], [{ a: 'a1', b: 'b1' }]],
  ["a != 'a1' && !b == 'b1'", [], [{ a: 'a1', b: 'b1' }]],
  ["!a == 'a1' && b == 'b1'", [], [{ a: 'a1', b: 'b1' }]],
  ['has(a) && !has(b)', [{ a: 'a' }], []],
  ['!has(b) && has(a)', [{ a: 'a' }], []],
  ['!(!has(a) || has(b))', [{ a: 'a' }], []],
  ['!(has(b) || !has(a))', [{ a: 'a' }], []],
  ["a == 'a1' || b == 'b1'", [{ a: 'a1', b: 'b1' }], []],
  ["a == 'a1' || b != 'b1'", [{ a: 'a1', b: 'b1' }], []],
  ["a != 'a1' || b == 'b1'", [{ a: 'a1', b: 'b1' }], []],
  ["a != 'a1' || b != 'b1'", [], [{ a: 'a1', b: 'b1' }]],
  ["! a == 'a1' || ! b == 'b1'", [], [{ a: 'a1', b: 'b1' }]],
];
const REFUSED = [
  'b == b',
  'b contains b',
  'b starts with b',
  'b ends with b',
  "'b1' == b",
  'b',
  'a b',
  '!',
  'foo == "bar" &',
  'foo == "bar" |',
  'foo != ||',
  'foo in {"", ||',
  'foo in ""',
  '"FOO',
  '"FOO\'',
  '"FOO',
  "'FOO",
  '(',
  '(a == "foo"',
  ')',
  '()',
  '%',
  'a == "b" && %',
  'a == "b" || %',
  'a ',
  'has(foo) &&',
];

test.each(MATCHES)('%s', (text, matches, others) => {
  const { matches: isMatch } = matcher(text);
  expect(matches.filter((labels) => !isMatch(labels))).toEqual([]);
  expect(others.filter((labels) => isMatch(labels))).toEqual([]);
});

test.each(REFUSED)('%s is refused', (text) => {
  expect(compileCalicoSelector(text)).toEqual({ refused: expect.stringMatching(/./) });
});

// canonicalisationTests of the same file: what is written differently and means the same.
test.each([
  ['! (has( b)||! has(a ))', { a: '1' }, { a: '1', b: '1' }],
  ['! (a == "b"&&! c != "d")', { a: 'b', c: 'e' }, { a: 'b', c: 'd' }],
  ["a startswith '\"'", { a: '"x' }, { a: 'x"' }],
  ['a endswith "\'"', { a: "x'" }, { a: "'x" }],
  ["a!='x'", { a: 'y' }, { a: 'x' }],
])('%s', (text, match, other) => {
  const { matches } = matcher(text);
  expect(matches(match as unknown as Labels)).toBe(true);
  expect(matches(other as unknown as Labels)).toBe(false);
});

test('labels of namespaces are asked for under their prefix', () => {
  const { matches, keys } = matcher("env == 'prod' || all()", { prefix: 'pcns.', all: 'in-namespace' });
  expect([...keys]).toEqual(['pcns.env', 'in-namespace']);
  expect(matches({ 'pcns.env': 'prod' })).toBe(true);
  expect(matches({ env: 'prod' })).toBe(false);
  expect(matches({ 'in-namespace': 'x' })).toBe(true);
});

test('what has to be equal is told for what has to hold alone', () => {
  expect(matcher("a == 'b' && !(c == 'd') && (e == 'f' || g == 'h') && i == 'j'").equalities).toEqual([
    'a=b',
    'i=j',
  ]);
});
