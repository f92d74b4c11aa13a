import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.ts';
import { readYaml } from './index.ts';
import type { ReadLimits } from './limits.ts';
import { answers } from './upstream-answers.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string, limits?: Partial<ReadLimits>) => [...readYaml(bytes(text), limits)];
const errorOf = (text: string, limits?: Partial<ReadLimits>): string | undefined =>
  read(text, limits)[0]?.error?.problem;

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Go's notation of keys and kinds is its own, and so is its order among several such faults. */
function comparable(message: string): string {
  if (/^(json: |yaml: )?unsupported /.test(message)) return 'unsupported key or value';
  return message.replace(/(invalid map key): .*/s, '$1');
}

describe('readYaml', () => {
  it.each(answers)('answers like upstream for %j', (text, expected) => {
    const source = typeof text === 'string' ? bytes(text) : Uint8Array.from(text);
    const documents = [...readYaml(source)].map(({ value, error }) =>
      error === undefined ? { json: sorted(value ?? null) } : { error: comparable(error.message) },
    );
    const upstream = expected.map((answer) =>
      'json' in answer ? { json: sorted(JSON.parse(answer.json)) } : { error: comparable(answer.error) },
    );
    expect(documents).toEqual(upstream);
  });

  it('tells documents apart and says where they are', () => {
    const text = '# first\n---\na: 1\n--- # c\nb: [\n---\n\n---\nc: é\n---- no\nd: 1\n';
    const documents = read(text);
    expect(documents.map(({ value, line, error }) => [value, line, error?.message])).toEqual([
      [undefined, 1, undefined],
      [{ a: 1 }, 3, undefined],
      [undefined, 5, 'yaml: line 1: did not find expected node content'],
      [undefined, 7, undefined],
      [undefined, 9, 'invalid Yaml document separator: - no'],
      [{ d: 1 }, 11, undefined],
    ]);
    expect(documents[2]?.error).toMatchObject({ line: 6, column: 1 });
    expect(documents[4]?.error).toMatchObject({ line: 10, column: 1 });
    const second = documents[1] as { start: number; end: number };
    expect(text.slice(second.start, second.end)).toBe('a: 1\n');
  });

  it('places errors in the file', () => {
    expect(read('a: 1\n---\nb: 2\nc: d: e\n')[1]?.error).toEqual({
      message: 'yaml: line 2: mapping values are not allowed in this context',
      problem: 'mapping values are not allowed in this context',
      line: 4,
      column: 5,
    });
  });

  it('reports duplicate keys and lets the last one count', () => {
    const [document] = read('x: 0\nspec:\n  é: {"a": 1, "a": 2}\n  items:\n  - k: 1\n    j: 0\n    k: 2\n');
    expect(document?.value).toEqual({ x: 0, spec: { é: { a: 2 }, items: [{ k: 2, j: 0 }] } });
    expect(document?.duplicateKeys).toEqual([
      { path: 'spec["é"].a', line: 3, column: 15, endColumn: 18 },
      { path: 'spec.items[0].k', line: 7, column: 5, endColumn: 6 },
    ]);
    expect(read('a: {k: 1}\nk: {k: 2, a: {k: 3}}\n')[0]?.duplicateKeys).toEqual([]);
    expect(read('1: a\n"1": b\n')[0]?.duplicateKeys).toEqual([]);
  });

  it('keeps __proto__ an ordinary key', () => {
    for (const text of [
      '__proto__:\n  polluted: 1\n',
      '{"__proto__": {"polluted": 1}}',
      '__proto__: &a {polluted: 1}',
    ]) {
      const value = read(text)[0]?.value as JsonObject;
      expect(Object.keys(value)).toEqual(['__proto__']);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
    }
  });

  it('shares values used through aliases', () => {
    const value = read('a: &x {k: [1]}\nb: *x\n')[0]?.value as JsonObject;
    expect(value['b']).toBe(value['a']);
  });

  it('gives the same strings after its cache has turned over', () => {
    const many = Array.from({ length: 100_000 }, (_, i) => `key-${i}: value-${i}`).join('\n');
    const value = read(`${many}\n`)[0]?.value as JsonObject;
    expect(Object.keys(value)).toHaveLength(100_000);
    for (const i of [0, 1, 65_537, 99_999]) expect(value[`key-${i}`]).toBe(`value-${i}`);
    expect(read(`${many}\nkey-7: again\n`)[0]?.duplicateKeys).toHaveLength(1);
  });
});

describe('hostile YAML', () => {
  it('bounds aliases as upstream does', () => {
    let bomb = 'a0: &a0 [x,x,x,x,x,x,x,x,x]\n';
    for (let i = 1; i < 10; i++)
      bomb += `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(',')}]\n`;
    expect(errorOf(bomb)).toBe('document contains excessive aliasing');
    const sibling = `a: &a [{a}${',{a}'.repeat(1000 * 256 - 100)}]\nb: [*a${',*a'.repeat(99)}]\n`;
    expect(errorOf(sibling)).toBe('document contains excessive aliasing');
    expect(errorOf('a: &a\n  b: *a\n')).toBe("anchor 'a' value contains itself");
  });

  it('bounds the depth that aliases add up to', () => {
    let chain = `a0: &a0 ${'['.repeat(300)}${']'.repeat(300)}\n`;
    for (let i = 1; i < 5; i++) chain += `a${i}: &a${i} ${'['.repeat(300)}*a${i - 1}${']'.repeat(300)}\n`;
    expect(errorOf(chain)).toBe('exceeded max depth of 1000');
  });

  it.each([
    ['flow sequences', '['.repeat(100_000)],
    ['flow mappings', '{a: '.repeat(100_000)],
    ['block sequences', '- '.repeat(100_000)],
    ['block mappings', Array.from({ length: 5000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
    ['complex keys', '? '.repeat(100_000)],
    ['pairs', '[a: '.repeat(100_000)],
  ])('refuses 100,000 nested %s', (_name, text) => {
    expect(errorOf(text)).toBe('exceeded max depth of 1000');
  });

  it('reads nesting up to the limit', () => {
    expect(errorOf(`${'['.repeat(1000)}${']'.repeat(1000)}`)).toBeUndefined();
    expect(errorOf(`${'- '.repeat(1000)}x`)).toBeUndefined();
    expect(errorOf(`${'- '.repeat(4)}x`, { maxDepth: 3 })).toBe('exceeded max depth of 3');
  });

  it('bounds documents, scalars and nodes', () => {
    expect(errorOf(`a: ${'x'.repeat(100)}\n`, { maxDocumentBytes: 100 })).toBe(
      'document exceeds the limit of 100 bytes',
    );
    const quoted = `a: "${'x'.repeat(100)}"\n`;
    for (const scalar of [quoted, quoted.replaceAll('"', ''), `a: |\n  ${'x'.repeat(100)}\n`]) {
      expect(errorOf(scalar, { maxScalarBytes: 90 })).toBe('scalar exceeds the limit of 90 bytes');
    }
    expect(errorOf(`[${'x,'.repeat(100)}]`, { maxNodes: 90 })).toBe('document exceeds the limit of 90 nodes');
    expect(errorOf('a: &a [1,2,3,4]\nb: [*a,*a,*a]\n', { maxNodes: 20 })).toBe(
      'document exceeds the limit of 20 nodes',
    );
  });

  it('does not take quadratic time', () => {
    const started = performance.now();
    read(`${'a: "'}${'\\\n'.repeat(200_000)}"\n`);
    read(`a: ${'x\n  '.repeat(200_000)}\n`);
    read(`${'# c\n'.repeat(200_000)}a: 1\n`);
    read(`a: |\n${'\n'.repeat(200_000)}`);
    expect(read('a: 1\na: 2\n'.repeat(100_000))[0]?.duplicateKeys).toHaveLength(1000);
    read(`{${'a: 1, '.repeat(100_000)}}`);
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});
