import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ErrorParams } from '../kubernetes/errors.ts';
import { type ClusterErrorCode, clusterErrors as en } from './cluster-errors.en.ts';
import { clusterErrors as zhCN } from './cluster-errors.zh-CN.ts';

/** Values that are chosen from, or that are lists; every other parameter is text. */
const SAMPLES: ErrorParams = {
  expected: 'token',
  problem: 'bad-pair',
  field: 'user',
  files: ['<file 1>', '<file 2>'],
  fields: ['<field 1>', '<field 2>'],
  contexts: ['<context 1>', '<context 2>'],
  near: ['<near>'],
  names: ['<name 1>', '<name 2>'],
};

/** The parameters of each code as the comments in errors.ts promise them; true where one may be empty. */
function promised(): Map<string, Map<string, boolean>> {
  const source = readFileSync(new URL('../kubernetes/errors.ts', import.meta.url), 'utf8');
  const found = new Map<string, Map<string, boolean>>();
  for (const [, list = '', code = ''] of source.matchAll(/\/\*\* params: (.*) \*\/\n {2}\| '([a-z-]+)'/g)) {
    const parts = list.matchAll(/(\w+)(?: \(([^)]*)\))?/g);
    found.set(code, new Map([...parts].map(([, name = '', note = '']) => [name, note.includes('empty')])));
  }
  return found;
}

const params = promised();

test.each(Object.keys(en) as ClusterErrorCode[])('%s says the same in both languages', (code) => {
  const names = [...(params.get(code)?.keys() ?? [])];
  expect(names).not.toEqual([]);
  const sample = Object.fromEntries(names.map((name) => [name, SAMPLES[name] ?? `<${name}>`]));
  const [english, chinese] = [en[code](sample), zhCN[code](sample)];
  for (const text of [english, chinese]) expect(text).not.toMatch(/undefined|NaN|\[object/);
  const shown = (text: string) => [...new Set(text.match(/<[^>]+>/g))].sort();
  expect(shown(chinese)).toEqual(shown(english));
  // A parameter that no text shows is one that nobody needs.
  expect(shown(english).length).toBeGreaterThan(0);
  expect(english).not.toMatch(/[\u4e00-\u9fff]/);
  expect(chinese).toMatch(/[\u4e00-\u9fff]/);
});

test('what may be empty leaves no gap', () => {
  for (const code of Object.keys(en) as ClusterErrorCode[]) {
    const sample = [...(params.get(code) ?? [])].map(([name, mayBeEmpty]) => {
      if (name === 'near' || name === 'contexts' || name === 'names') return [name, []];
      return [name, mayBeEmpty ? '' : (SAMPLES[name] ?? name)];
    });
    for (const words of [en, zhCN]) {
      expect(words[code](Object.fromEntries(sample))).not.toMatch(/\(\)|（）|: ?;|：；|; ?$|；$| {2}/);
    }
  }
});
