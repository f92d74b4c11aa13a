import { chmodSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import { configMap, summary, TestFolder, unread } from './test-folder.ts';

const names = async (folder: TestFolder, paths?: string[]) =>
  (await folder.read(paths)).objects.map(({ origin }) => origin.file.path);

describe('folders', () => {
  test('hold manifests by their names, in byte order of paths', async () => {
    const folder = new TestFolder();
    const manifests = [
      'b.yaml',
      'a/z.yml',
      'a.json',
      'Z.YAML',
      'ä.yaml',
      'a b.yaml',
      '\u{1F600}.yaml',
      '\uFF01.yaml',
      'x.jsonl',
      'y.ndjson',
    ];
    for (const name of [...manifests, 'README.md', 'script.sh', 'a.yaml.bak']) {
      folder.write(
        name,
        /json/.test(name) ? '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"}}' : configMap('c'),
      );
    }
    const expected = [...manifests].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await names(folder)).toEqual(expected);
  });

  test('leave out .git and node_modules, and keep other hidden folders', async () => {
    const folder = new TestFolder({
      '.git/a.yaml': configMap('a'),
      'node_modules/b/c.yaml': configMap('b'),
      '.argo/d.yaml': configMap('d'),
    });
    expect(await names(folder)).toEqual(['.argo/d.yaml']);
  });

  test('respect .gitignore files from the root of the work tree down', async () => {
    const folder = new TestFolder({
      '.gitignore': '/out/\n*.tmp.yaml\n',
      '.git/HEAD': '',
      'out/a.yaml': configMap('a'),
      'apps/out/b.yaml': configMap('b'),
      'apps/c.tmp.yaml': configMap('c'),
      'apps/keep/.gitignore': '!*.tmp.yaml',
      'apps/keep/d.tmp.yaml': configMap('d'),
    });
    expect(await names(folder)).toEqual(['apps/keep/d.tmp.yaml', 'apps/out/b.yaml']);
    expect(await names(folder, ['apps'])).toEqual(['apps/keep/d.tmp.yaml', 'apps/out/b.yaml']);
    expect(await names(folder, ['out', 'apps/c.tmp.yaml']), 'what is named is read').toEqual([
      'apps/c.tmp.yaml',
      'out/a.yaml',
    ]);
  });

  test('are read whatever is unreadable in them', async () => {
    const folder = new TestFolder({
      'a.yaml': configMap('a'),
      'b.yaml': configMap('b'),
      'c/d.yaml': configMap('d'),
    });
    chmodSync(join(folder.path, 'b.yaml'), 0);
    chmodSync(join(folder.path, 'c'), 0);
    symlinkSync('nowhere', join(folder.path, 'e.yaml'));
    const evidence = await folder.read();
    chmodSync(join(folder.path, 'c'), 0o755);
    // The superuser may read everything.
    const denied = process.getuid?.() === 0 ? [] : ['b.yaml unreadable-file', 'c unreadable-folder'];
    expect(unread(evidence)).toEqual([...denied, 'e.yaml unreadable-file']);
    expect(evidence.unread.at(-1)?.detail).toBe('ENOENT');
    expect(evidence.documents).toBe(4);
  });
});

describe('links', () => {
  test('inside a folder are read once, under the name of the file itself', async () => {
    const folder = new TestFolder({ 'real/a.yaml': configMap('a'), 'data.txt': configMap('b') });
    symlinkSync('real/a.yaml', join(folder.path, 'again.yaml'));
    symlinkSync('real', join(folder.path, 'folder'));
    symlinkSync('..', join(folder.path, 'real/up'));
    symlinkSync('data.txt', join(folder.path, 'z.yaml'));
    symlinkSync('data.txt', join(folder.path, 'y.yaml'));
    const evidence = await folder.read();
    expect(summary(evidence)).toEqual(['real/a.yaml#0 ConfigMap a', 'y.yaml#0 ConfigMap b']);
    expect(evidence.unread).toEqual([]);
  });

  test('that lead out of the folder are not followed, and said not to be', async () => {
    const outside = new TestFolder({ 'secret.yaml': configMap('secret') });
    const folder = new TestFolder({ 'a.yaml': configMap('a') });
    symlinkSync(outside.path, join(folder.path, 'folder'));
    symlinkSync(join(outside.path, 'secret.yaml'), join(folder.path, 'link.yaml'));
    symlinkSync('/etc/hostname', join(folder.path, 'notes.txt'));
    const evidence = await folder.read();
    expect(summary(evidence)).toEqual(['a.yaml#0 ConfigMap a']);
    expect(unread(evidence)).toEqual(['folder link-not-followed', 'link.yaml link-not-followed']);
    expect(await names(folder, ['link.yaml', 'folder'])).toEqual(['link.yaml']);
  });
});

describe('PATH', () => {
  test('a file that several name is read once, under the name that was given', async () => {
    const folder = new TestFolder({ 'a/b.yaml': configMap('b') });
    const absolute = join(folder.path, 'a/b.yaml');
    expect(await names(folder, ['a', './a/b.yaml', '.', 'a//b.yaml'])).toEqual(['a/b.yaml']);
    expect(await names(folder, [absolute])).toEqual([absolute]);
    expect(await names(folder, ['.', absolute])).toEqual([absolute]);
  });

  test('a named file is read whatever its extension', async () => {
    const folder = new TestFolder({ 'pod.txt': configMap('a'), Podfile: configMap('b') });
    expect(await names(folder, ['pod.txt', 'Podfile'])).toEqual(['Podfile', 'pod.txt']);
  });

  test('patterns choose files and folders; names with special characters come first', async () => {
    const folder = new TestFolder({
      'apps/one/a.yaml': configMap('a'),
      'apps/two/b.yaml': configMap('b'),
      'apps/two/notes.md': 'text',
      'apps/c.yml': configMap('c'),
      '[x].yaml': configMap('x'),
      'x.yaml': configMap('y'),
    });
    expect(await names(folder, ['apps/**/*.yaml'])).toEqual(['apps/one/a.yaml', 'apps/two/b.yaml']);
    expect(await names(folder, ['apps/*'])).toEqual(['apps/c.yml', 'apps/one/a.yaml', 'apps/two/b.yaml']);
    expect(await names(folder, ['./apps/{one,two}/*.yaml'])).toEqual(['apps/one/a.yaml', 'apps/two/b.yaml']);
    expect(await names(folder, ['[x].yaml'])).toEqual(['[x].yaml']);
    await expect(folder.read(['apps/**/*.json'])).rejects.toMatchObject({ code: 'pattern-matches-nothing' });
    await expect(folder.read(['none/*.yaml'])).rejects.toMatchObject({ code: 'pattern-matches-nothing' });
  });

  test('what does not exist is an error with what stands beside it', async () => {
    const folder = new TestFolder({ 'deploy/app.yaml': configMap('a'), 'other/app.yaml': configMap('b') });
    const error = await folder.read(['deploi/app.yaml']).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(KubeStrideError);
    expect(error).toMatchObject({
      code: 'path-not-found',
      params: { path: 'deploi/app.yaml', candidates: ['deploy/app.yaml', 'other/app.yaml'] },
    });
    await expect(folder.read(['deploy/ap.yaml'])).rejects.toMatchObject({
      params: { candidates: ['deploy/app.yaml'] },
    });
    await expect(folder.read(['nowhere/at/all'])).rejects.toMatchObject({ params: { candidates: [] } });
    await expect(folder.read(['a\0b'])).rejects.toMatchObject({ code: 'path-not-found' });
    await expect(folder.read([''])).rejects.toMatchObject({ code: 'path-not-found' });
  });

  test('- is a stream, read once and beside files', async () => {
    const folder = new TestFolder({ 'a.yaml': configMap('a') });
    const stdin = Readable.from([
      Buffer.from(configMap('b').slice(0, 20)),
      Buffer.from(configMap('b').slice(20)),
    ]);
    const evidence = await folder.read(['a.yaml', '-', '-'], { stdin });
    expect(summary(evidence)).toEqual(['-#0 ConfigMap b', 'a.yaml#0 ConfigMap a']);
  });
});

test('names are data: escapes and line ends in them change nothing', async () => {
  const name = 'a\u001b[31m\n"b.yaml';
  const folder = new TestFolder({ [name]: `${configMap('a')}---\n\tx: [` });
  expect(readdirSync(folder.path)).toEqual([name]);
  const evidence = await folder.read();
  expect(evidence.objects[0]?.origin.file.path).toBe(name);
  expect(evidence.unread[0]?.file).toBe(name);
});

test('an empty folder is empty evidence', async () => {
  const folder = new TestFolder();
  mkdirSync(join(folder.path, 'sub'));
  const evidence = await folder.read();
  expect(evidence).toMatchObject({
    objects: [],
    documents: 0,
    notKubernetes: [],
    unread: [],
    bytes: 0,
    files: 0,
  });
});
