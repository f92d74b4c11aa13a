import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { locateFields } from './locate-fields.ts';
import { readLines } from './read-lines.ts';
import { configMap, TestFolder } from './test-folder.ts';

const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { 'a.b/c': 'ä' } },
});

/** What stands at each of the ranges in the text. */
function textAt(text: string, ranges: Awaited<ReturnType<typeof locateFields>>): (string | undefined)[] {
  const lines = text.split('\n');
  return ranges.map(
    (range) =>
      range &&
      lines[range.line - 1]?.slice(
        range.column - 1,
        range.line === range.endLine ? range.endColumn - 1 : undefined,
      ),
  );
}

const LIST = { kind: 'List', apiVersion: 'v1', items: [pod('one'), pod('two')] };
const YAML_LIST = `# list\nkind: List\napiVersion: v1\nitems:\n- ${JSON.stringify(pod('one'))}\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: two\n    labels: {a.b/c: ä}\n`;

test.each([
  ['a.json', JSON.stringify(LIST)],
  ['a.json', JSON.stringify(LIST, null, 4)],
  ['a.jsonl', LIST.items.map((i) => JSON.stringify(i)).join('\n')],
  ['a.yaml', `${configMap('zero')}---\n${YAML_LIST}`],
])('fields of items are found in %s', async (name, text) => {
  const { objects } = await new TestFolder({ [name]: text }).read();
  const requests = objects
    .filter(({ kind }) => kind === 'Pod')
    .flatMap(({ origin }) => ['metadata.name', 'metadata.labels["a.b/c"]'].map((path) => ({ origin, path })))
    .reverse();
  const found = textAt(text, await locateFields(requests));
  expect(found.map((f) => f?.replaceAll(/["{}\s]/g, ''))).toEqual([
    'a.b/c:ä',
    'name:two',
    'a.b/c:ä',
    'name:one',
  ]);
});

test('streams can be located in too', async () => {
  const text = JSON.stringify(LIST, null, 2);
  const { objects } = await new TestFolder().read(['-'], { stdin: Readable.from([Buffer.from(text)]) });
  const ranges = await locateFields(objects.map(({ origin }) => ({ origin, path: 'metadata.name' })));
  expect(textAt(text, ranges)).toEqual(['"name": "one"', '"name": "two"']);
  expect(await readLines(objects[1]!.origin, ranges[1]!.line, ranges[1]!.line)).toEqual([
    { line: ranges[1]!.line, text: '        "name": "two",', truncated: false },
  ]);
});

test('a file that was changed since is not pointed into', async () => {
  const folder = new TestFolder({ 'a.yaml': configMap('a') });
  const [object] = (await folder.read()).objects;
  writeFileSync(join(folder.path, 'a.yaml'), `# more\n${configMap('a')}`);
  expect(await locateFields([{ origin: object!.origin, path: 'metadata.name' }])).toEqual([undefined]);
  expect(await readLines(object!.origin, 1, 2)).toEqual([]);
});

test('lines around an object are those of the file', async () => {
  const text = `\uFEFF${Array.from({ length: 40 }, (_, i) => configMap(`c${i}`, `data: {a: "${'é'.repeat(i * 40)}"}\r\n`)).join('---\n')}`;
  const { objects } = await new TestFolder({ 'a.yaml': text }).read();
  const lines = text
    .replace('\uFEFF', '')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  for (const { origin } of [objects[0]!, objects[7]!, objects[39]!]) {
    const first = Math.max(1, origin.line - 9);
    const last = origin.line + 4;
    const shown = await readLines(origin, first, last, { maxLength: 100 });
    expect(shown.map(({ line }) => line)).toEqual(
      Array.from({ length: Math.min(last, lines.length - 1) - first + 1 }, (_, i) => first + i),
    );
    for (const { line, text: part, truncated } of shown) {
      expect(part).toBe(lines[line - 1]!.slice(0, 100));
      expect(truncated).toBe(lines[line - 1]!.length > 100);
    }
  }
});
