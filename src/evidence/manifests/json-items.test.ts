import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonCut } from './json-capture.ts';
import { JsonItemScanner } from './json-items.ts';

const LIMITS = { documentBytes: 1 << 20, depth: 1000 };

/** Everything that a scan says, with the bytes as text. */
function scan(text: Uint8Array, chunkSizes: readonly number[] = [], limits = LIMITS): unknown[] {
  const said: unknown[] = [];
  const plain = ({ bytes, complete: _, ...cut }: JsonCut) => ({ ...cut, text: bytes?.toString('utf8') });
  const scanner = new JsonItemScanner(
    {
      item: (cut) => said.push({ item: plain(cut) }),
      value: (cut, itemsCut) => said.push({ value: plain(cut), itemsCut }),
      broken: (message, line) => said.push({ message, line }),
    },
    limits,
  );
  let at = 0;
  for (const size of chunkSizes) {
    if (at < text.length) scanner.push(text.subarray(at, at + size));
    at += size;
  }
  if (at < text.length) scanner.push(text.subarray(at));
  scanner.end();
  return said;
}

const items = (said: unknown[]) =>
  said.flatMap((s) =>
    (s as { item?: JsonCut }).item ? [(s as { item: JsonCut & { text: string } }).item] : [],
  );

test('items are cut at their place, with the kind after them', () => {
  const text = '{"apiVersion":"v1",\n "items":[\n  {"a":1},\n  {"b":"}]"} ],\n "kind":"List"}\n';
  expect(scan(Buffer.from(text))).toMatchObject([
    { item: { text: '{"a":1}', start: text.indexOf('{"a"'), line: 3, column: 3, pairs: 1 } },
    { item: { text: '{"b":"}]"}', line: 4, column: 3 } },
    {
      value: { text: '{"apiVersion":"v1",\n "items":[],\n "kind":"List"}', line: 1, pairs: 3 },
      itemsCut: true,
    },
  ]);
});

test('what is dropped anyway is left out of an item', () => {
  const item =
    '{"metadata":{"name":"a","managedFields":[{"x":{}}]},"spec":{"status":{"kept":1}},"status": {"b":[1,2]}}';
  const [cut] = items(scan(Buffer.from(`{"items":[${item}]}`)));
  expect(cut).toMatchObject({
    text: '{"metadata":{"name":"a","managedFields":[]},"spec":{"status":{"kept":1}},"status": {}}',
    start: 10,
    end: 10 + item.length,
    pairs: 7,
  });
});

test('any cut into chunks says the same', () => {
  const value = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(0, null, true, 'x', '"\\"', 'ä{[,:', 'items', '\n'),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom('items', 'status', 'metadata', 'managedFields', 'a', '\\"'),
        tie('json'),
        { maxKeys: 4 },
      ),
    ),
  })).json;
  const list = fc.record({ kind: value, items: fc.array(value, { maxLength: 4 }), metadata: value });
  fc.assert(
    fc.property(
      fc.array(fc.oneof(list, fc.dictionary(fc.constantFrom('a', 'items'), value)), { maxLength: 3 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 200, maxLength: 400 }),
      fc.boolean(),
      (values, sizes, pretty) => {
        const bytes = Buffer.from(values.map((v) => JSON.stringify(v, null, pretty ? 2 : 0)).join('\n'));
        const whole = scan(bytes).map(withoutDropped);
        expect(scan(bytes, sizes).map(withoutDropped)).toEqual(whole);
        const expected = values.flatMap((v) =>
          Array.isArray((v as { items?: unknown }).items) ? (v as { items: unknown[] }).items : [],
        );
        expect(items(scan(bytes)).map((cut) => strip(JSON.parse(cut.text)))).toEqual(
          expected.map((v) => strip(JSON.parse(JSON.stringify(v)))),
        );
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

/** Whether a dropped part was left out may depend on where a chunk ends; nothing else may. */
function withoutDropped(said: unknown): unknown {
  const { item } = said as { item?: { text: string; pairs: number } };
  return item ? { item: { ...item, pairs: 0, text: JSON.stringify(strip(JSON.parse(item.text))) } } : said;
}

function strip(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const copy = { ...value } as Record<string, unknown>;
  if (typeof copy['status'] === 'object' && copy['status'] !== null) delete copy['status'];
  const metadata = copy['metadata'];
  if (typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)) {
    const { managedFields: _, ...rest } = metadata as Record<string, unknown>;
    copy['metadata'] = rest;
  }
  return copy;
}

test.each([
  ['{"items":[{"a":1},{"b":', [{ item: {} }, { message: 'unexpected end of JSON input', line: 1 }]],
  ['{"items":[{} {}]}', [{ item: {} }, { message: "invalid character '{' after array element" }]],
  ['{"items":[{},]}', [{ item: {} }, { message: "invalid character ']' looking for beginning of value" }]],
  ['{"items":[,{}]}', [{ message: "invalid character ',' looking for beginning of value" }]],
  ['{"items":[{}}', [{ item: {} }, { message: "invalid character '}' after array element" }]],
  ['{}\n{}\nx', [{ value: {} }, { value: {} }, { message: 'expected a JSON object', line: 3 }]],
  ['{"items":[],"items":[]}', [{ message: 'key "items" already set' }]],
  [
    '{"items":[1, "a" ,null\n]}',
    [{ item: { text: '1' } }, { item: { text: '"a"' } }, { item: { text: 'null' } }, { value: {} }],
  ],
])('%j', (text, expected) => {
  expect(scan(Buffer.from(text))).toMatchObject(expected);
});

test('limits name what passes them and go on', () => {
  const deep = `${'['.repeat(50)}${']'.repeat(50)}`;
  const large = JSON.stringify('x'.repeat(500));
  const text = Buffer.from(`{"items":[{"a":${deep}},{"a":${large}},{"a":1}]}`);
  for (const sizes of [[], [7, 7, 7, 7], new Array(200).fill(3)]) {
    expect(scan(text, sizes, { documentBytes: 300, depth: 40 })).toMatchObject([
      { item: { problem: 'too-deep', text: undefined } },
      { item: { problem: 'too-large', text: undefined } },
      { item: { problem: undefined, text: '{"a":1}' } },
      { value: { text: '{"items":[]}' } },
    ]);
  }
});
