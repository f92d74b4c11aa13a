import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { rawEvent } from '../../evidence/audit-log/test-events.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import en from '../../locales/cli.en.ts';
import zh from '../../locales/cli.zh-CN.ts';
import { decodeAuditBody } from '../../records/audit/index.ts';
import { StoreWriter } from '../../records/store/store-writer.ts';
import type { GenerateFlags } from '../commands/access/generate.ts';
import type { UnusedFlags } from '../commands/access/unused.ts';
import { type Context, EXIT } from '../context.ts';
import type { StreamSink } from '../streams.ts';
import { UsageError } from '../usage-error.ts';
import { generate } from './generate.ts';
import { unused } from './unused.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-audit-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SOURCE = { cluster: false, secrets: false, kubeletConfig: false, noBootstrap: false };
const GENERATE: Omit<GenerateFlags, 'audit' | 'subject'> = {
  ...SOURCE,
  names: 'stable',
  expandNamespaces: false,
  expandVerbs: false,
  includeRefused: false,
  output: 'yaml',
};

function open(words: typeof en, stdin = '') {
  const out: string[] = [];
  const err: string[] = [];
  const sink = (into: string[]) =>
    ({ write: (text: string) => void into.push(text), isTerminal: false }) as unknown as StreamSink;
  const context: Context = {
    process: { stdout: { write: () => {} }, stderr: { write: () => {} } },
    terminal: { stdin: Readable.from([stdin]), stdout: sink(out), stderr: sink(err), env: {}, cwd: folder },
    language: 'en',
    words,
    program: 'kubestride',
    exitCode: EXIT.clean,
  };
  return { context, stdout: () => out.join(''), stderr: () => err.join('') };
}

async function runGenerate(
  flags: Partial<GenerateFlags> & { subject: string[] },
  paths: string[] = [],
  { words = en, stdin = '' } = {},
) {
  const { context, stdout, stderr } = open(words, stdin);
  const exit = await generate(context, { ...GENERATE, audit: ['audit.log'], ...flags }, paths);
  return { exit, stdout: stdout(), stderr: stderr() };
}

async function runUnused(flags: Partial<UnusedFlags>, paths: string[], words = en) {
  const { context, stdout, stderr } = open(words);
  const exit = await unused(context, { ...SOURCE, all: false, audit: ['audit.log'], ...flags }, paths);
  return { exit, stdout: stdout(), stderr: stderr() };
}

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const pods = (verb: string, more: JsonObject = {}): string =>
  `${JSON.stringify(rawEvent({ verb, requestURI: '/api/v1/namespaces/shop/pods', objectRef: { resource: 'pods', namespace: 'shop', apiVersion: 'v1' }, ...more }))}\n`;
const REFUSED: JsonObject = {
  annotations: { 'authorization.k8s.io/decision': 'forbid' },
  responseStatus: { code: 403 },
};

write(
  'audit.log',
  [
    pods('list'),
    pods('list', { requestReceivedTimestamp: '2026-11-20T12:30:00.000000Z' }),
    pods('delete', { objectRef: { resource: 'pods', namespace: 'shop', name: 'web-7d9f8b6c5d-x2k4p' } }),
    pods('get', { objectRef: undefined, requestURI: '/api' }),
    pods('watch', { objectRef: { resource: 'secrets', namespace: 'shop' }, ...REFUSED }),
    pods('patch', { user: { username: 'x\u202e\n- evil: true', groups: [] } }),
  ].join(''),
);
write(
  'rbac.yaml',
  `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: wide }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [list, delete, patch] }
  - { apiGroups: [""], resources: [pods], verbs: ["*"] }
  - { apiGroups: [""], resources: [secrets], verbs: [delete] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: wide, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: wide }
subjects:
  - { kind: Group, apiGroup: rbac.authorization.k8s.io, name: dev }
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: carol }
`,
);

describe('a store of records', () => {
  it('is a log to least privilege, and is asked by itself', async () => {
    const store = join(folder, 'store');
    const writer = await StoreWriter.open(store);
    const body = readFileSync(join(folder, 'audit.log'));
    await writer.append(decodeAuditBody(body, { inlet: 'test', cluster: '' }).records);
    await writer.close();
    for (const run of [
      (audit: string[]) => runGenerate({ subject: ['jane'], audit, output: 'json' }),
      (audit: string[]) => runUnused({ audit, output: 'json' }, ['rbac.yaml']),
    ]) {
      const [ofLog, ofStore] = [await run(['audit.log']), await run(['store'])];
      expect(ofStore.stderr).toBe('');
      const [log, stored] = [ofLog, ofStore].map(({ stdout }) => JSON.parse(stdout));
      expect(stored.log).toEqual({ ...log.log, files: ['store'] });
      expect({ ...stored, log: '' }).toEqual({ ...log, log: '' });
      expect(ofStore.exit).toBe(ofLog.exit);
      await expect(run(['store', 'audit.log'])).rejects.toThrow(UsageError);
    }
  });
});

describe('access generate', () => {
  it('prints roles and bindings with what stands behind each rule', async () => {
    const { exit, stdout, stderr } = await runGenerate({ subject: ['jane'] });
    expect({ exit, stderr }).toEqual({ exit: EXIT.clean, stderr: '' });
    expect(parseAllDocuments(stdout).map((document) => document.toJS())).toEqual([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'kubestride:jane', namespace: 'shop' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['delete', 'list'] }],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'kubestride:jane', namespace: 'shop' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'kubestride:jane' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
      },
    ]);
    expect(stdout).toContain('  # 3 requests, last 2026-11-20T12:30:00Z; one object seen, any is allowed\n');
    expect(stdout).toContain(
      '# Period: 2026-11-20T10:00:00Z – 2026-11-20T12:30:00Z. Hours with any request in the log: 2 of 3.\n',
    );
    expect(stdout).toContain('# Left out, because it is granted already: get /api (1 time).\n');
    expect(stdout).toContain(
      '# Left out, because it was refused (--include-refused grants it): watch secrets in shop (1 time).\n',
    );
  });

  it('grants what was refused where that is asked for, and says so', async () => {
    const { stdout } = await runGenerate({ subject: ['jane'], includeRefused: true });
    expect(stdout).toMatch(
      /# 1 request, last \S+; refused every time\n {2}- apiGroups: \[""\]\n {4}resources: \[secrets\]\n/,
    );
  });

  it('leaves out what the sources grant to a group of the subject, and not what they grant to itself', async () => {
    expect((await runGenerate({ subject: ['jane'], asGroup: ['dev'] }, ['rbac.yaml'])).stdout).toContain(
      '# Nothing is left to be granted.\n',
    );
    expect((await runGenerate({ subject: ['jane'] }, ['rbac.yaml'])).stdout).toContain('resources: [pods]');
    expect((await runGenerate({ subject: ['Group:dev'] }, ['rbac.yaml'])).stdout).toContain(
      'name: kubestride:group:dev',
    );
  });

  it('grants no literal star, and says so', async () => {
    const star = (requestURI: string, more: JsonObject): string =>
      pods('get', { requestURI, objectRef: undefined, responseStatus: { code: 404 }, ...more });
    write(
      'star.log',
      [
        pods('list'),
        star('/*', {}),
        star('/api/v1/namespaces/shop/*', { objectRef: { resource: '*', namespace: 'shop' } }),
      ].join(''),
    );
    const { exit, stdout, stderr } = await runGenerate({ subject: ['jane'], audit: ['star.log'] });
    expect({ exit, stderr }).toEqual({
      exit: EXIT.clean,
      stderr:
        'kubestride: 2 requests of User:jane are left out: no rule grants a literal * without granting all\n',
    });
    expect(stdout).toContain('get /* (1 time), get * in shop (1 time).\n');
    const [role] = parseAllDocuments(stdout).map((document) => document.toJS());
    expect(role.rules).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }]);
  });

  it('grants what every API server grants where that is asked for', async () => {
    const { stdout } = await runGenerate({ subject: ['jane'], noBootstrap: true });
    expect(stdout).toContain('nonResourceURLs: ["/api"]');
  });

  it('takes the log from standard input, and prints JSON', async () => {
    const { stdout } = await runGenerate(
      { subject: ['sa:shop/web', 'jane'], audit: ['-'], output: 'json', namePrefix: 'least' },
      [],
      {
        stdin: pods('list', { user: { username: 'system:serviceaccount:shop:web', groups: [] } }),
      },
    );
    const { log, subjects } = JSON.parse(stdout);
    expect(log).toMatchObject({
      files: ['-'],
      events: 1,
      notRead: { count: 0 },
      period: { from: '2026-11-20T10:00:00Z' },
    });
    expect(subjects).toMatchObject([
      {
        subject: 'ServiceAccount:shop/web',
        requests: 1,
        objects: [
          { kind: 'Role', metadata: { name: 'least:shop:web' } },
          { subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'web' }] },
        ],
        rules: [
          { role: { kind: 'Role', namespace: 'shop' }, rule: { verbs: ['list'] }, evidence: { count: 1 } },
        ],
      },
      { subject: 'User:jane', requests: 0, objects: [] },
    ]);
  });

  it('says who is not in the log, and who may be meant', async () => {
    expect(await runGenerate({ subject: ['jana'] })).toEqual({
      exit: EXIT.notEvaluated,
      stdout: '',
      stderr: 'kubestride: the log has no request of User:jana; did you mean User:jane?\n',
    });
  });

  it('says what of a log was not read', async () => {
    write('broken.log', `${pods('list')}${pods('list').slice(0, 70)}\nhello\n`);
    const { exit, stderr } = await runGenerate({ subject: ['jane'], audit: ['broken.log'] });
    expect(exit).toBe(EXIT.clean);
    expect(stderr).toBe(
      'kubestride: 1 part of the log was not read: broken.log:2 (not JSON)\nkubestride: 1 line of the log is no audit event\n',
    );
    write('other.log', 'hello\n');
    expect((await runGenerate({ subject: ['jane'], audit: ['other.log'] })).stderr).toContain(
      'no audit event in 1 file (1 line is something else)',
    );
    write('early.log', pods('list', { stage: 'RequestReceived' }));
    expect((await runGenerate({ subject: ['jane'], audit: ['early.log'] })).stderr).toContain(
      'stage RequestReceived alone',
    );
  });

  it('lets no name out of its comment or its quotes', async () => {
    const { stdout } = await runGenerate({ subject: ['x\u202e\n- evil: true'] });
    const documents = parseAllDocuments(stdout).map((document) => document.toJS());
    expect(documents[1].subjects).toEqual([
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'x\u202e\n- evil: true' },
    ]);
    expect(documents[1].metadata.name).toBe('kubestride:x----evil:-true');
    expect(stdout).not.toContain('\u202e');
  });

  it('refuses standard input for two things', async () => {
    await expect(runGenerate({ subject: ['jane'], audit: ['-', '-'] })).rejects.toBeInstanceOf(UsageError);
  });
});

describe('access unused', () => {
  it('says of each binding what is not used, and what the log cannot tell', async () => {
    const { exit, stdout, stderr } = await runUnused({}, ['rbac.yaml']);
    expect({ exit, stderr }).toEqual({ exit: EXIT.findings, stderr: '' });
    expect(stdout.split('\n').slice(0, 12)).toEqual([
      'Group dev has ClusterRole wide by RoleBinding shop/wide  rbac.yaml:14',
      '  partly used  rules[0]: list, delete, patch on pods  rbac.yaml:5',
      '               not used: verbs patch',
      '               3 requests, last 2026-11-20T12:30:00Z',
      '  partly used  rules[1]: * on pods  rbac.yaml:6',
      '               used: verbs delete, list; apiGroups ""; resources pods',
      '               3 requests, last 2026-11-20T12:30:00Z',
      '  cannot tell  rules[2]: delete on secrets  rbac.yaml:7',
      "               nobody's requests of this kind on these resources are in the log: perhaps they are not logged",
      'User carol has ClusterRole wide by RoleBinding shop/wide  rbac.yaml:15',
      '  cannot tell  the log has no request of this subject: it was idle, or is not logged',
      'The log covers 2026-11-20T10:00:00Z to 2026-11-20T12:30:00Z (requests in 2 of 3 hours, 6 in all).',
    ]);
    expect(stdout).toContain('0 rules unused, 2 partly used, 0 used; of 4 the log cannot tell.\n');
  });

  it('is about one subject or one namespace, where these are given', async () => {
    const carol = await runUnused({ subject: ['carol'] }, ['rbac.yaml']);
    expect(carol.exit).toBe(EXIT.clean);
    expect(carol.stdout).not.toContain('dev');
    const elsewhere = await runUnused({ namespace: 'other' }, ['rbac.yaml']);
    expect(elsewhere).toMatchObject({
      exit: EXIT.notEvaluated,
      stderr: expect.stringContaining('no binding with a role'),
    });
  });

  it('prints JSON', async () => {
    const { counts, rules } = JSON.parse((await runUnused({ output: 'json' }, ['rbac.yaml'])).stdout);
    expect(counts).toEqual({ unused: 0, partly: 2, used: 0, hidden: 4 });
    expect(rules[0]).toMatchObject({
      status: 'partly',
      count: 3,
      last: '2026-11-20T12:30:00Z',
      unused: { verbs: ['patch'] },
      subject: { kind: 'Group', name: 'dev' },
      binding: {
        kind: 'RoleBinding',
        namespace: 'shop',
        name: 'wide',
        source: { file: 'rbac.yaml', line: 14 },
      },
      rule: { path: 'rules[0]', source: { file: 'rbac.yaml', line: 5 } },
    });
  });

  it('compares nothing with a log that holds no event', async () => {
    write('empty.log', '');
    const { exit, stderr } = await runUnused({ audit: ['empty.log'] }, ['rbac.yaml']);
    expect({ exit, stderr }).toEqual({
      exit: EXIT.notEvaluated,
      stderr: 'kubestride: no audit event in 1 file\n',
    });
  });

  it('speaks Chinese', async () => {
    const { stdout } = await runUnused({}, ['rbac.yaml'], zh);
    expect(stdout).toContain('部分使用');
    expect(stdout).toContain('用到的：verbs delete, list；apiGroups ""；resources pods');
    expect((await runGenerate({ subject: ['jane'] }, [], { words: zh })).stdout).toContain(
      '未列入，因为被拒绝',
    );
  });
});
