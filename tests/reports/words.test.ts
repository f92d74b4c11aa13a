import { expect, expectTypeOf, test } from 'vitest';
import type { UnreadReason } from '../../src/evidence/manifests/evidence.ts';
import type { GapReason } from '../../src/kubernetes/gaps.ts';
import type { UnseenComponent } from '../../src/kubernetes/unseen-components.ts';
import { en } from '../../src/locales/en.ts';
import { format, type ReadingReason, type UiWords } from '../../src/locales/words.ts';
import { zhCN } from '../../src/locales/zh-CN.ts';

test('fills parameters in one pass, with the values as they are', () => {
  expect(format('{a} {b} {a}', { a: '{b}', b: '$& $1' })).toBe('{b} $& $1 {b}');
  expect(format('{missing} {toString} {} {0}', {})).toBe('{missing} {toString} {} {0}');
  expect(format('{n}', { n: 0 })).toBe('0');
});

/** Every text of a language, functions called with numbers and names. */
function texts(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value(2, 3, 'x'))]];
  const { punctuation: _, ...words } = value as Record<string, unknown>;
  return Object.entries(words).flatMap(([key, each]) => texts(each, `${path}.${key}`));
}

test('no text is empty, and every sentence of the Chinese words is Chinese', () => {
  const chinese = new Map(texts(zhCN));
  for (const [path, text] of texts(en)) {
    expect(text.trim(), path).not.toBe('');
    expect(chinese.get(path)?.trim(), path).toBeTruthy();
    if (path !== '.sentences') expect(chinese.get(path), path).toMatch(/\p{Script=Han}/u);
  }
});

test('both languages name the same commands and the same parameters', () => {
  const chinese = new Map(texts(zhCN));
  const commands = /\{\w+\}|helm template CHART|kubectl kustomize FOLDER|kubestride scan -|-o json/g;
  for (const [path, text] of texts(en)) {
    expect(chinese.get(path)!.match(commands), path).toEqual(text.match(commands));
  }
});

test('each language has its own punctuation', () => {
  const show = ({ punctuation: { labelled, listed, aside, sentence, joined } }: UiWords) =>
    joined([sentence(labelled('a', listed(['b', 'c']))), sentence(`d${aside('e')}`)]);
  expect(show(en)).toBe('a: b, c. d (e).');
  expect(show(zhCN)).toBe('a：b、c。d（e）。');
});

test('English counts in the singular and the plural', () => {
  expect(en.read(1, 1)).toBe('Read 1 document, assessed 1 Kubernetes object.');
  expect(en.read(0, 2)).toBe('Read 0 documents, assessed 2 Kubernetes objects.');
  expect(en.notAssessedCounts(1, 0, 0)).toBe('1 document or file not read');
  expect(en.notAssessedCounts(0, 2, 1)).toBe(
    '2 lists and programs not seen, 1 question that a check could not decide',
  );
});

test('the threats have the names of the article in Chinese', () => {
  expect(Object.values(zhCN.threats)).toEqual(['伪装', '篡改', '抵赖', '信息泄露', '拒绝服务', '提升权限']);
});

test('every reason for which a document is not read has words (checked by the type checker)', () => {
  expectTypeOf<ReadingReason>().toEqualTypeOf<UnreadReason | GapReason | UnseenComponent['reason']>();
});
