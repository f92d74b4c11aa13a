import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-diff-'));
const command = join(import.meta.dirname, '../bin/kubestride.js');

function kubestride(...args: string[]) {
  return spawnSync(process.execPath, [command, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C' },
  });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const web = (container: string, more = '') => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
${more}  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
${container}`;
const settings = (name: string) => `---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: shop }
`;
const PLAIN = '          image: example.test/web:1\n';
const PRIVILEGED =
  '          image: example.test/web:2\n          securityContext: { privileged: true }\n' +
  '          env: [{ name: DB_PASSWORD, value: mNb5529kfs }]\n';

beforeAll(() => {
  write('before/web.yaml', `${web(PLAIN)}${settings('old')}`);
  write('after/web.yaml', `${web(PRIVILEGED)}${settings('new')}`);
  write('same/other-name.yaml', `${settings('old')}---\n${web(PLAIN, '  replicas: 1\n')}`);
  write(
    'broken/web.yaml',
    `${web(PLAIN)}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: old, namespace: shop }\ndata: 1\n`,
  );
  mkdirSync(join(folder, 'empty'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('kubestride diff', () => {
  test('answers in JSON what came, went and changed', () => {
    const { status, stdout, stderr } = kubestride('diff', 'before', 'after', '-o', 'json');
    expect(stderr).toBe('');
    expect(status).toBe(1);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({
      schema: 'kubestride.diff/v1',
      before: { paths: ['before'] },
      after: { paths: ['after'] },
      notCompared: [],
    });
    const { added, removed, changed, same, notCounted } = answer.objects;
    const object = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop' };
    expect(added).toEqual([
      { object: { ...object, name: 'new' }, source: { file: 'after/web.yaml', line: 15 } },
    ]);
    expect(removed).toEqual([
      { object: { ...object, name: 'old' }, source: { file: 'before/web.yaml', line: 13 } },
    ]);
    const at = 'spec.template.spec.containers[name="web"]';
    expect(changed).toEqual([
      {
        object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
        source: { before: 'before/web.yaml', after: 'after/web.yaml' },
        fields: [
          { path: `${at}.env[name="DB_PASSWORD"]`, after: { name: 'DB_PASSWORD', value: '[hidden]' } },
          { path: `${at}.image`, before: 'example.test/web:1', after: 'example.test/web:2' },
          { path: `${at}.securityContext`, after: { privileged: true } },
        ],
      },
    ]);
    expect(same).toBe(0);
    expect(notCounted).toEqual({ defaults: 0, server: 0, owned: 0, system: 0, managed: 0 });
    const privileged = answer.findings.new.find(
      ({ check }: { check: string }) => check === 'privileged-container',
    );
    expect(privileged).toMatchObject({
      severity: 'critical',
      object: { kind: 'Deployment', name: 'web' },
      path: 'spec.template.spec.containers[0].securityContext.privileged',
      message: 'Container web runs privileged',
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(answer.findings.gone.map(({ check }: { check: string }) => check)).toContain('seccomp-not-set');
    expect(stdout).not.toContain('mNb5529kfs');
  });

  test('gives findings the fingerprints that a scan gives them', () => {
    const found = JSON.parse(kubestride('diff', 'before', 'after', '-o', 'json').stdout).findings.new;
    const scanned = JSON.parse(kubestride('scan', 'after', '-o', 'json').stdout).findings;
    const known = new Set(scanned.map(({ fingerprint }: { fingerprint: string }) => fingerprint));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ fingerprint }: { fingerprint: string }) => !known.has(fingerprint))).toEqual([]);
  });

  test('finds no difference in what the API server would fill in, and tells it where asked', () => {
    const quiet = kubestride('diff', 'before', 'same', '-o', 'json');
    expect(quiet.status).toBe(0);
    expect(JSON.parse(quiet.stdout).objects).toMatchObject({ added: [], removed: [], changed: [], same: 2 });
    const all = kubestride('diff', 'before', 'same', '-o', 'json', '--all');
    expect(all.status).toBe(0);
    expect(JSON.parse(all.stdout).objects.changed[0].fields).toEqual([
      { path: 'spec.replicas', after: 1, because: 'default' },
    ]);
  });

  test('tells people, in both languages', () => {
    const { stdout, status } = kubestride('diff', 'before', 'after');
    expect(status).toBe(1);
    expect(stdout).toContain('~ changed  shop/Deployment/web  after/web.yaml:1\n');
    expect(stdout).toContain(
      '    spec.template.spec.containers[name="web"].image: "example.test/web:1" → "example.test/web:2"\n',
    );
    expect(stdout).toContain('- only before  shop/ConfigMap/old');
    expect(stdout).toContain('+ only after  shop/ConfigMap/new');
    expect(stdout).toMatch(
      /1 object changed, 1 only after, 1 only before, 0 the same; \d+ new findings, \d+ gone\.\n$/,
    );
    expect(kubestride('diff', 'before', 'after', '--lang', 'zh-CN').stdout).toContain('1 个对象有变化');
    expect(kubestride('diff', 'before', 'after', '-o', 'markdown').stdout).toContain(
      '| `spec.template.spec.containers[name="web"].image` | `"example.test/web:1"` | `"example.test/web:2"` |',
    );
  });

  test('does not call gone what could not be read', () => {
    const answer = JSON.parse(kubestride('diff', 'before', 'broken', '-o', 'json').stdout);
    expect(answer.objects.removed).toEqual([]);
    expect(answer.notCompared.map(({ subject }: { subject: string }) => subject).join('\n')).toContain(
      'broken/web.yaml',
    );
  });

  test.each([
    [['diff', 'before', 'after', '--fail-on', 'never'], 0],
    [['diff', 'after', 'before', '--fail-on', 'finding'], 1],
    [['diff', 'before', 'same', '--fail-on', 'finding'], 0],
    [['diff', 'before', 'empty'], 2],
    [['diff', 'before'], 3],
    [['diff', '--cluster'], 3],
    [['diff', 'before', 'after', 'same'], 3],
    [['diff', 'before', 'after', '--context', 'x'], 3],
    [['diff', 'before', 'after', '--verify-key', 'x'], 3],
    [['diff', 'before', 'nowhere'], 3],
    [['diff', 'before', 'after', '-o', 'sarif'], 3],
  ] as const)('%j ends with exit code %i', (args, status) => {
    const answer = kubestride(...args);
    expect(answer.status, answer.stderr).toBe(status);
    if (status === 3) expect(answer.stderr).toMatch(/^kubestride: .+\n$/);
  });

  test('knows -n as --namespace', () => {
    const { status, stderr } = kubestride('diff', 'before', 'after', '-n', 'shop');
    expect(status).toBe(3);
    expect(stderr).toBe(kubestride('diff', 'before', 'after', '--namespace', 'shop').stderr);
    expect(stderr).toContain('--namespace');
  });
});
