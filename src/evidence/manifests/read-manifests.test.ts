import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configMap, summary, TestFolder, unread } from './test-folder.ts';

const pod = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  ...more,
});

describe('documents', () => {
  test('are objects with their place', async () => {
    const text = `# head\n---\n${configMap('a')}---\n# nothing\n---\nnull\n---\n${configMap('b')}`;
    const { objects, documents, bytes, files } = await new TestFolder({ 'x.yaml': text }).read();
    expect(
      objects.map(({ name, origin }) => ({ name, document: origin.document, format: origin.format })),
    ).toEqual([
      { name: 'a', document: 0, format: 'yaml' },
      { name: 'b', document: 1, format: 'yaml' },
    ]);
    expect(documents).toBe(2);
    expect({ bytes, files }).toEqual({ bytes: text.length, files: 1 });
    for (const { name, origin } of objects) {
      const part = text.slice(origin.start, origin.end);
      expect(part).toContain(`name: ${name}`);
      expect(text.slice(0, origin.start).split('\n').length).toBe(origin.line);
    }
  });

  test('without what says which object they are stand out among objects', async () => {
    const evidence = await new TestFolder({
      'x.yaml': `${configMap('a')}---\n# comment\n\nmetadata:\n  name: lost\n---\nfoo: bar\n---\n- 1\n---\nkind: Pod\nmetadata: {name: p, namespace: shop}\n`,
    }).read();
    expect(unread(evidence)).toEqual([
      'x.yaml:8 missing-kind',
      'x.yaml:11 missing-kind',
      'x.yaml:13 not-an-object',
      'x.yaml:15 missing-api-version',
    ]);
    expect(evidence.unread[3]?.subject).toBe('Pod shop/p');
    expect(evidence.documents).toBe(5);
  });

  test.each([
    ['values.yaml', 'replicaCount: 1\nkind: Deployment\nimage: {tag: latest}\n'],
    ['compose.yaml', 'services:\n  web: {image: nginx}\n'],
    ['.github/workflows/ci.yml', 'on: push\njobs: {}\n'],
    ['package.json', '{"name":"x","version":"1.0.0"}'],
    ['tsconfig.json', '{\n  // comment\n  "compilerOptions": {}\n}'],
    ['numbers.json', '[1, 2]'],
    ['events.jsonl', '{"a":1}\n{"a":2}\n'],
    ['text.yaml', 'just words\n'],
    ['items.json', '{"items":[{"id":1}]}'],
    ['kind.yaml', 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes: []\n'],
    ['config.yaml', 'apiVersion: v1\nkind: Config\nclusters: []\nusers: []\n'],
  ])('%s is no Kubernetes object', async (name, text) => {
    const evidence = await new TestFolder({ [name]: text }).read();
    expect(evidence.notKubernetes).toEqual([{ file: name, documents: evidence.documents }]);
    expect(evidence.unread).toEqual([]);
    expect(evidence.objects).toEqual([]);
  });

  test('a kubeconfig that logs somebody in is an object, though no API server takes it', async () => {
    const text = 'apiVersion: v1\nkind: Config\nclusters: []\nusers: [{name: ann, user: {token: a}}]\n';
    const evidence = await new TestFolder({
      'admin.conf': text,
      'ci/prod.kubeconfig': text,
      'httpd.conf': text,
      'k.yaml': text,
    }).read();
    expect(evidence.objects.map(({ kind, origin }) => [kind, origin.file.path])).toEqual([
      ['Config', 'admin.conf'],
      ['Config', 'ci/prod.kubeconfig'],
      ['Config', 'k.yaml'],
    ]);
    expect([evidence.notKubernetes, evidence.unread]).toEqual([[], []]);
  });

  test.each([
    ['kind without apiVersion', 'kind: Pod\nmetadata: {name: a}\n', 'missing-api-version', 1],
    ['apiVersion without kind', 'apiVersion: v1\nmetadata: {name: a}\n', 'missing-kind', 1],
    ['another case', 'apiVersion: v1\nKind: Pod\nmetadata: {name: a}\n', 'missing-kind', 1],
    ['a boolean kind', 'apiVersion: v1\nkind: yes\nmetadata: {name: a}\n', 'missing-kind', 1],
    ['a numeric apiVersion', 'apiVersion: 1\nkind: Pod\nmetadata: {name: a}\n', 'missing-api-version', 1],
    ['neither', 'metadata: {name: a}\nspec: {containers: []}\n', 'missing-kind', 1],
    ['a bare array', '- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n', 'top-level-array', 1],
    ['items without a kind', 'items:\n- {apiVersion: v1, kind: Pod}\n', 'missing-kind', 1],
    ['a tab', 'apiVersion: v1\nkind: Pod\n\tspec: {}\n', 'invalid-yaml', 3],
    ['a NUL', 'apiVersion: v1\nkind: Pod\nx: "\0"\n', 'invalid-yaml', 3],
    [
      'template text',
      'apiVersion: v1\nkind: Pod\n{{- if .Values.a }}\nx: 1\n{{- end }}\n',
      'template-not-rendered',
      undefined,
    ],
    [
      'a template first',
      '{{- if .Values.a }}\napiVersion: v1\nkind: Pod\n{{- end }}\n',
      'template-not-rendered',
      1,
    ],
    ['an alias bomb', `apiVersion: v1\nkind: Pod\n${aliasBomb()}`, 'too-large', undefined],
    ['deep nesting', `apiVersion: v1\nkind: Pod\nspec: ${'['.repeat(100_000)}`, 'too-deep', 3],
  ])('%s is unread', async (_, text, reason, line) => {
    const evidence = await new TestFolder({ 'x.yaml': text }).read();
    expect(evidence.objects).toEqual([]);
    expect(evidence.notKubernetes).toEqual([]);
    expect(evidence.unread).toHaveLength(1);
    expect(evidence.unread[0]).toMatchObject({ reason, ...(line === undefined ? {} : { line }) });
    expect(evidence.unread[0]?.detail ?? '').not.toMatch(/\n/);
    expect(evidence.documents).toBe(1);
  });

  test('that are broken cost only themselves, and are named as far as their text tells', async () => {
    const broken =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\nspec: [\n';
    const evidence = await new TestFolder({
      'x.yaml': `${configMap('a')}---\n${broken}---\n${configMap('b')}`,
    }).read();
    expect(summary(evidence)).toEqual(['x.yaml#0 ConfigMap a', 'x.yaml#1 ConfigMap b']);
    expect(evidence.unread).toMatchObject([{ reason: 'invalid-yaml', subject: 'Deployment shop/web' }]);
    expect(evidence.unread[0]?.line).toBeGreaterThanOrEqual(10);
    expect(evidence.documents).toBe(3);
  });

  test('in YAML with invalid UTF-8 are unread', async () => {
    const evidence = await new TestFolder({
      'x.yaml': Buffer.from('apiVersion: v1\nkind: Pod\na: \xff\n', 'latin1'),
    }).read();
    expect(unread(evidence)).toEqual(['x.yaml:3 invalid-utf8']);
  });

  test('keep duplicate keys, in YAML and JSON alike', async () => {
    const evidence = await new TestFolder({
      'x.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: b\n',
      'y.json': '{"apiVersion":"v1","kind":"ConfigMap",\n\t"metadata":{"name":"a","name":"b"}}',
      'z.json': `{"kind":"List","apiVersion":"v1","items":[${JSON.stringify(pod('p', { status: { a: 1 } }))},\n {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","name":"b"},"status":{}}]}`,
    }).read();
    const [x, y, p, z] = evidence.objects;
    expect([x?.name, y?.name, p?.name, z?.name]).toEqual(['b', 'b', 'p', 'b']);
    expect(x?.duplicateFields).toEqual([{ path: 'metadata.name', line: 5, column: 3, endColumn: 7 }]);
    expect(y?.duplicateFields).toMatchObject([{ path: 'metadata.name', line: 2, column: 25 }]);
    expect(p?.duplicateFields).toEqual([]);
    expect(z?.duplicateFields).toMatchObject([{ path: 'metadata.name', line: 2, column: 63 }]);
  });

  test('hold no prototype that a key could change', async () => {
    const text =
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"__proto__":{"polluted":true},"status":{}}';
    const evidence = await new TestFolder({ 'a.json': text, 'b.yaml': text.replaceAll(',', ', ') }).read();
    expect(evidence.objects).toHaveLength(2);
    for (const { raw } of evidence.objects) {
      expect(Object.getPrototypeOf(raw)).toBe(Object.prototype);
      expect(Object.hasOwn(raw, '__proto__')).toBe(true);
      expect('polluted' in raw).toBe(false);
    }
  });
});

describe('JSON', () => {
  const list = (items: object[], more: object = {}) => ({ apiVersion: 'v1', items, kind: 'List', ...more });

  test('values, lines and lists give the same objects', async () => {
    const [a, b, c] = [pod('a'), pod('b'), pod('c')].map((o) => JSON.stringify(o)) as [
      string,
      string,
      string,
    ];
    const forms = {
      'joined.json': `${a}${b}\n${c}`,
      'lines.jsonl': `${a}\n\n${b}\r\n${c}`,
      'list.json': JSON.stringify(list([pod('a'), pod('b'), pod('c')]), null, 4),
      'nested.json': JSON.stringify(list([pod('a'), list([pod('b'), list([pod('c')])])])),
      'mixed.yaml': `${a}\n---\n${b}\n---\nkind: Pod\napiVersion: v1\nmetadata: {name: c}\n`,
      'list.yaml': `kind: List\napiVersion: v1\nitems:\n- ${a}\n- kind: List\n  apiVersion: v1\n  items: [${b}, ${c}]\n`,
      'escaped.json': `{"kind":"List","apiVersion":"v1","\\u0069tems":[${a},${b},${c}]}`,
    };
    for (const [name, text] of Object.entries(forms)) {
      const evidence = await new TestFolder({ [name]: text }).read();
      expect(summary(evidence), name).toEqual(['a', 'b', 'c'].map((n, i) => `${name}#${i} Pod ${n}`));
      expect(
        evidence.objects.map(({ raw }) => raw),
        name,
      ).toEqual([pod('a'), pod('b'), pod('c')]);
      expect(evidence.documents, name).toBe(3);
      expect(evidence.unread, name).toEqual([]);
    }
  });

  test('items of a typed list take its kind, both where one is missing', async () => {
    const items = [{ metadata: { name: 'a' } }, { kind: 'Wrong', metadata: { name: 'b' } }, pod('c')];
    const text = JSON.stringify({ kind: 'DeploymentList', apiVersion: 'apps/v1', metadata: {}, items });
    const evidence = await new TestFolder({
      'a.json': text,
      'b.yaml': text.replaceAll(/([:,])/g, '$1 '),
    }).read();
    expect(evidence.objects.map(({ kind, apiVersion, name }) => `${apiVersion} ${kind} ${name}`)).toEqual(
      ['a', 'b'].flatMap(() => ['apps/v1 Deployment a', 'apps/v1 Deployment b', 'v1 Pod c']),
    );
  });

  test('items that are no objects are unread', async () => {
    const items = [{ metadata: { name: 'x' } }, 7, null, pod('a')];
    const evidence = await new TestFolder({
      'a.json': `{"kind":"List","apiVersion":"v1","items":[\n${items.map((i) => JSON.stringify(i)).join(',\n')}]}`,
    }).read();
    expect(summary(evidence)).toEqual(['a.json#0 Pod a']);
    expect(unread(evidence)).toEqual([
      'a.json:2 missing-kind',
      'a.json:3 not-an-object',
      'a.json:4 not-an-object',
    ]);
    expect(evidence.documents).toBe(4);
  });

  test('an object that carries items is not taken for a list in silence', async () => {
    const evidence = await new TestFolder({
      'a.json': JSON.stringify(pod('p', { items: [], spec: { hostNetwork: true } })),
      'b.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nitems: []\n',
    }).read();
    expect(evidence.unread).toMatchObject([
      { file: 'a.json', reason: 'ambiguous-list', subject: 'Pod p' },
      { file: 'b.yaml', reason: 'ambiguous-list', subject: 'Pod p' },
    ]);
  });

  test('a truncated dump keeps what came before', async () => {
    const text = JSON.stringify(list([pod('a'), pod('b'), pod('c')]), null, 1);
    const evidence = await new TestFolder({ 'a.json': text.slice(0, text.indexOf('"c"')) }).read();
    expect(summary(evidence)).toEqual(['a.json#0 Pod a', 'a.json#1 Pod b']);
    const line = text.slice(0, text.indexOf('"c"')).split('\n').length;
    expect(evidence.unread).toMatchObject([
      { reason: 'invalid-json', line, detail: 'unexpected end of JSON input' },
    ]);
  });

  test('a broken item or line costs only itself', async () => {
    const good = JSON.stringify(pod('a'));
    const evidence = await new TestFolder({
      'a.json': `{"kind":"List","apiVersion":"v1","items":[\n${good},\n{"apiVersion":"v1",\n"kind": Pod},\n${good}]}`,
      'b.jsonl': `${good}\n{"apiVersion":"v1","kind":"Pod"\n${good}\n`,
    }).read();
    expect(summary(evidence)).toEqual([
      'a.json#0 Pod a',
      'a.json#1 Pod a',
      'b.jsonl#0 Pod a',
      'b.jsonl#1 Pod a',
    ]);
    expect(unread(evidence)).toEqual(['a.json:4 invalid-json', 'b.jsonl:2 invalid-json']);
    expect(evidence.unread[0]?.detail).toBe("invalid character 'P' looking for beginning of value");
  });

  test('what follows valid values is told', async () => {
    const good = JSON.stringify(pod('a'));
    const evidence = await new TestFolder({ 'a.json': `${good}\n${good}\ngarbage {\n${good}` }).read();
    expect(evidence.objects).toHaveLength(2);
    expect(unread(evidence)).toEqual(['a.json:3 invalid-json']);
  });

  test('JSON that only YAML accepts is read as kubectl does', async () => {
    const evidence = await new TestFolder({
      'a.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a",},}',
      'b.yaml': '{apiVersion: v1, kind: Pod, metadata: {name: b}}',
      'c.json': `\uFEFF${JSON.stringify(pod('c'))}`,
      'd.json':
        '{"kind":"List","apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"d"}},]}',
    }).read();
    expect(evidence.objects.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect(evidence.unread).toEqual([]);
  });

  test('limits are kept', async () => {
    const limits = { documentBytes: 2000, depth: 50 };
    const deep = `{"apiVersion":"v1","kind":"Pod","a":${'['.repeat(60)}${']'.repeat(60)}}`;
    const large = JSON.stringify(pod('x', { a: 'x'.repeat(3000) }));
    const evidence = await new TestFolder({
      'a.json': JSON.stringify(list([pod('a')])).replace('[', `[${deep},${large},`),
      'b.json': large,
      'c.json': deep,
      'd.yaml': `${configMap('d')}---\n${configMap('e', `data: {a: ${'x'.repeat(3000)}}\n`)}`,
    }).read(['.'], { limits });
    expect(summary(evidence)).toEqual(['a.json#0 Pod a', 'd.yaml#0 ConfigMap d']);
    expect(evidence.unread.map(({ file, reason }) => `${file} ${reason}`)).toEqual([
      'a.json too-deep',
      'a.json too-large',
      'b.json too-large',
      'c.json too-deep',
      'd.yaml too-large',
    ]);
  });

  test('arrays of objects are not taken for manifests, nor passed over', async () => {
    const evidence = await new TestFolder({ 'a.json': JSON.stringify([pod('a'), pod('b')]) }).read();
    expect(unread(evidence)).toEqual(['a.json:1 top-level-array']);
  });
});

test('large sources are read piece by piece, with the same places', async () => {
  const filler = `data:\n  a: |\n${`    ${'x'.repeat(96)}\n`.repeat(2000)}`;
  const text = Array.from({ length: 30 }, (_, i) => configMap(`c${i}`, filler)).join('---\n');
  const folder = new TestFolder({ 'large.yaml': text });
  const evidence = await folder.read();
  const lines = text.split('\n');
  expect(evidence.objects.map(({ name }) => name)).toEqual(Array.from({ length: 30 }, (_, i) => `c${i}`));
  for (const { name, origin } of evidence.objects) {
    expect(lines[origin.line - 1 + 3]).toBe(`  name: ${name}`);
    expect(text.slice(origin.start, origin.start + 14)).toBe('apiVersion: v1');
  }
  const fromStream = await folder.read(['-'], { stdin: Readable.from([Buffer.from(text)]) });
  expect(fromStream.objects.map(({ origin: { file: _, ...o } }) => o)).toEqual(
    evidence.objects.map(({ origin: { file: _, ...o } }) => o),
  );
});

test('progress counts files and bytes', async () => {
  const folder = new TestFolder({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') });
  const seen: string[] = [];
  const { bytes } = await folder.read(['.'], {
    onProgress: (p) => seen.push(`${p.files}/${p.totalFiles} ${p.bytes}/${p.totalBytes} ${p.file}`),
  });
  expect(seen).toEqual([
    `0/2 0/${bytes} a.yaml`,
    `1/2 ${bytes / 2}/${bytes} b.yaml`,
    `2/2 ${bytes}/${bytes} `,
  ]);
});

describe('evidence does not depend on', () => {
  const SEED = 11;
  const name = fc.stringMatching(/^[a-z]{1,4}(\/[a-z]{1,4}){0,2}\.yaml$/);
  const document = fc.oneof(
    fc.integer({ min: 0, max: 99 }).map((i) => configMap(`c${i}`)),
    fc.constantFrom(
      'foo: bar\n',
      '# nothing\n',
      'apiVersion: v1\nkind: Pod\nspec: [\n',
      'kind: Pod\nmetadata: {}\n',
      'a: {{ b }}\n',
    ),
  );

  test('the order in which files were made', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, fc.array(document, { maxLength: 3 }), { maxKeys: 6 }),
        fc.infiniteStream(fc.nat()),
        async (files, keys) => {
          const entries = Object.entries(files).map(([n, docs]) => [n, docs.join('---\n')] as const);
          const shuffled = entries.map((e) => ({ e, key: keys.next().value })).sort((a, b) => a.key - b.key);
          const one = await new TestFolder(Object.fromEntries(entries)).read();
          const other = await new TestFolder(Object.fromEntries(shuffled.map(({ e }) => e))).read();
          expect(JSON.stringify(other)).toBe(JSON.stringify(one));
        },
      ),
      { seed: SEED, numRuns: 40 },
    );
  });

  test('how documents are spread over files', async () => {
    const objects = fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(objects, async (ids) => {
        const texts = ids.map((i) => configMap(`c${i}`, `data: {n: "${i}"}\n`));
        const together = await new TestFolder({ 'all.yaml': texts.join('---\n') }).read();
        const apart = await new TestFolder(
          Object.fromEntries(texts.map((t, i) => [`${String(i).padStart(3, '0')}.yaml`, t])),
        ).read();
        expect(apart.objects.map(({ raw }) => raw)).toEqual(together.objects.map(({ raw }) => raw));
        expect(together.objects.map(({ origin }) => origin.document)).toEqual(ids.map((_, i) => i));
      }),
      { seed: SEED, numRuns: 30 },
    );
  });
});

function aliasBomb(): string {
  const levels = Array.from({ length: 12 }, (_, i) =>
    i === 0 ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n' : `a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]\n`,
  );
  return levels.join('');
}
