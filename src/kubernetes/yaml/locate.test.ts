import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { child, item } from '../field-path.ts';
import type { Json } from '../json.ts';
import { locate, readYaml, type SourceRange } from './index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function slice(lines: readonly string[], range: SourceRange): string {
  const part = lines.slice(range.line - 1, range.endLine);
  const last = part.length - 1;
  part[last] = (part[last] as string).slice(0, range.endColumn - 1);
  part[0] = (part[0] as string).slice(range.column - 1);
  return part.join('\n');
}

function found(text: string, paths: readonly string[]): (string | undefined)[] {
  const source = bytes(text);
  const lines = text.replace('\ufeff', '').split('\n');
  const ranges = locate(source, { start: 0, end: source.length, line: 1 }, paths);
  return ranges.map((range) => range && slice(lines, range));
}

const manifest = `# deployment
apiVersion: v1
metadata: # c
  name: "é𝄞"   # d
  labels: {a: b, "c.d/e": 'f'}
  annotations:
    a.b/c: x
spec:
  containers:
  - name: c1 # n
    args: [a,
      b]
    command:
    - sh
    - |
      foo
  -
    image: x
  - - nested
empty:
`;

describe('locate', () => {
  it.each([
    ['', 'apiVersion: v1'],
    ['apiVersion', 'apiVersion: v1'],
    ['metadata', 'metadata:'],
    ['metadata.name', 'name: "é𝄞"'],
    ['metadata.labels', 'labels: {a: b, "c.d/e": \'f\'}'],
    ['metadata.labels["c.d/e"]', '"c.d/e": \'f\''],
    ['metadata.annotations["a.b/c"]', 'a.b/c: x'],
    ['spec.containers', 'containers:'],
    ['spec.containers[0]', 'name: c1'],
    ['spec.containers[0].args', 'args:'],
    ['spec.containers[0].args[1]', 'b'],
    ['spec.containers[0].command[0]', 'sh'],
    ['spec.containers[0].command[1]', '|\n      foo'],
    ['spec.containers[1]', 'image: x'],
    ['spec.containers[2][0]', 'nested'],
    ['empty', 'empty:'],
    ['spec.containers[0].securityContext.privileged', 'name: c1'],
    ['spec.template', 'spec:'],
    ['nowhere', 'apiVersion: v1'],
    ['empty.below[3]', 'empty:'],
  ])('finds %j', (path, text) => {
    expect(found(manifest, [path])).toEqual([text]);
    expect(found(manifest.replaceAll('\n', '\r\n'), [path])).toEqual([text.replaceAll('\n', '\r\n')]);
    expect(found(`\ufeff${manifest}`, [path])).toEqual([text]);
    // An anchor anywhere makes the complete reader do the work.
    expect(found(`${manifest}last: &anchor x`, [path])).toEqual([text]);
  });

  it('counts columns in UTF-16 code units from 1 and lines in the file', () => {
    const text = 'a: 1\n---\n"𝄞é": {b: 2}\n';
    const range = locate(bytes(text), { start: 9, end: bytes(text).length, line: 3 }, ['["𝄞é"].b']);
    expect(range).toEqual([{ line: 3, column: 9, endLine: 3, endColumn: 13 }]);
  });

  it('finds the last of duplicate keys, and fields behind aliases where the anchor stands', () => {
    expect(found('a: 1\na: 2\n', ['a'])).toEqual(['a: 2']);
    const text = 'x: &x\n  k: 1\nv: *x\nz:\n  <<: *x\n  l: 2\n';
    expect(found(text, ['v', 'v.k', 'z.k', 'z'])).toEqual(['v: *x', 'k: 1', 'k: 1', 'z:']);
  });

  it('reads JSON, tabs, escapes and long keys included', () => {
    const key = 'k'.repeat(2000);
    const text = `{\n\t"a\\/b": [1, {"c": "\\ud83d\\ude00"}],\n\t"${key}":\n\t\ttrue, "e": {\n}}\n`;
    expect(
      found(text, ['', '["a/b"]'.replace('["a/b"]', 'a/b'), 'a/b[1].c', 'a/b[0]', key, 'e', 'zz']),
    ).toEqual([
      '{',
      '"a\\/b": [1, {"c": "\\ud83d\\ude00"}]',
      '"c": "\\ud83d\\ude00"',
      '1',
      `"${key}":\n\t\ttrue`,
      '"e":',
      '{',
    ]);
  });

  it('has no answer where there is no content', () => {
    expect(found('# nothing\n', ['', 'a'])).toEqual([undefined, undefined]);
    expect(found('a: [\n', ['a'])).toEqual([undefined]);
    expect(found('# c\n--- \n\njust text\n', ['', 'a'])).toEqual(['just text', 'just text']);
  });
});

function leaves(value: Json, path: string, into: [string, Json][]): void {
  if (Array.isArray(value)) for (const [i, inner] of value.entries()) leaves(inner, item(path, i), into);
  else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) leaves(value[key] as Json, child(path, key), into);
  } else into.push([path, value]);
}

/** What a piece of a document means by itself; block entries keep their indentation, flow ones need brackets. */
function meanings(text: string, column: number): (Json | undefined)[] {
  return [`${' '.repeat(column - 1)}${text}`, `{${text}}`, `[${text}]`].map(
    (whole) => [...readYaml(bytes(whole))][0]?.value,
  );
}

const corpora = fileURLToPath(new URL('../../../../shared/corpora/', import.meta.url));
const hasCorpora = existsSync(corpora);
if (!hasCorpora)
  process.stderr.write('\nSKIPPED: ../shared/corpora absent; locate() was not checked on manifests.\n\n');

describe.skipIf(!hasCorpora)('locate on manifests', () => {
  it('answers text that reads back as the value of every scalar', () => {
    const names = hasCorpora ? readdirSync(corpora, { recursive: true, encoding: 'utf8' }).sort() : [];
    const files = names.filter((name) => /\.(ya?ml|json)$/.test(name)).filter((_, i) => i % 4 === 0);
    let checked = 0;
    const wrong: string[] = [];
    for (const name of files) {
      const source = readFileSync(corpora + name);
      if (source.length > 200_000) continue;
      const lines = source.toString().replace('\ufeff', '').split('\n');
      for (const document of readYaml(source)) {
        if (document.value === undefined || document.duplicateKeys.length > 0) continue;
        const scalars: [string, Json][] = [];
        leaves(document.value, '', scalars);
        const ranges = locate(
          source,
          document,
          scalars.map(([path]) => path),
        );
        scalars.forEach(([path, value], i) => {
          const range = ranges[i] as SourceRange;
          const text = slice(lines, range);
          // The dash of an item without a value, and aliases, mean nothing alone.
          if (text === '-' || /(^|\s)[*]\w+$/.test(text)) return;
          checked++;
          const steps = meanings(text, range.column).flatMap((meaning) =>
            typeof meaning === 'object' && meaning !== null ? Object.values(meaning) : [meaning],
          );
          if (!steps.includes(value) && steps.length > 0) wrong.push(`${name} ${path}: ${text}`);
        });
      }
    }
    expect(checked).toBeGreaterThan(5000);
    expect(wrong).toEqual([]);
  });
});
