import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-records-'));
const command = join(import.meta.dirname, '../bin/kubestride.js');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function audit(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'audit', ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C', TZ: 'UTC', KUBESTRIDE_STORE: 'store' },
  });
  return { status, stdout, stderr };
}

const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);

let count = 0;
/** An event as the API server writes it; times are minutes of one morning. */
function event(minute: number, user: string, verb: string, uri: string, more: object = {}): string {
  const time = `2026-11-20T10:${String(minute).padStart(2, '0')}:00.000001Z`;
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: uri,
    verb,
    user: { username: user, groups: ['system:authenticated'] },
    sourceIPs: ['203.0.113.9'],
    userAgent: 'kubectl/v1.37.2',
    responseStatus: { metadata: {}, code: verb === 'create' ? 201 : 200 },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    ...more,
  });
}

const allowedBy = (binding: string, role: string, user: string) => ({
  annotations: {
    'authorization.k8s.io/decision': 'allow',
    'authorization.k8s.io/reason': `RBAC: allowed by ClusterRoleBinding "${binding}" of ClusterRole "${role}" to User "${user}"`,
  },
});

const BINDING = {
  kind: 'ClusterRoleBinding',
  apiVersion: 'rbac.authorization.k8s.io/v1',
  metadata: { name: 'helpers', uid: '11111111-0000-4000-8000-000000000000' },
  subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'mallory' }],
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
};

/** Alice binds a role to Mallory, who reads a Secret and deletes a Deployment. */
const HISTORY = [
  event(1, 'alice', 'create', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    objectRef: {
      resource: 'clusterrolebindings',
      name: 'helpers',
      apiGroup: 'rbac.authorization.k8s.io',
      apiVersion: 'v1',
    },
    requestObject: BINDING,
    responseObject: BINDING,
    ...allowedBy('admins', 'cluster-admin', 'alice'),
  }),
  event(2, 'mallory', 'get', '/api/v1/namespaces/shop/secrets/db', {
    objectRef: { resource: 'secrets', namespace: 'shop', name: 'db', apiVersion: 'v1' },
    responseObject: {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { name: 'db', namespace: 'shop' },
      data: { password: 'Z2VoZWltMTIz' },
    },
    ...allowedBy('helpers', 'admin', 'mallory'),
  }),
  event(3, 'mallory', 'delete', '/apis/apps/v1/namespaces/shop/deployments/web', {
    objectRef: {
      resource: 'deployments',
      namespace: 'shop',
      name: 'web',
      apiGroup: 'apps',
      apiVersion: 'v1',
    },
    ...allowedBy('helpers', 'admin', 'mallory'),
  }),
];

beforeAll(() => {
  mkdirSync(join(folder, 'logs'));
  write('logs/audit.log', `${HISTORY.slice(0, 2).join('\n')}\n`);
  write('logs/audit.log.1.gz', gzipSync(`${HISTORY[2]}\n`));
  write(
    'logs/auth.log',
    '2026-11-20T10:04:00.000000+00:00 jump sudo:  mallory : TTY=pts/0 ; PWD=/home/mallory ; USER=root ; COMMAND=/usr/bin/crictl ps\n',
  );
  const { status, stderr, stdout } = audit(['ingest', 'logs', '--cluster-name', 'prod']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('stored 4 records of 3 files (audit 3, command 1)');
});

describe('audit ingest', () => {
  test('stores nothing twice, whatever way it comes', () => {
    const { status, stdout } = audit(
      ['ingest', '-', '--cluster-name', 'prod', '-o', 'json'],
      `${HISTORY.join('\n')}\n`,
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ stored: 0, doubles: 3, refused: 0 });
  });

  test('counts and keeps what it does not understand', () => {
    const { status, stdout, stderr } = audit(
      ['ingest', '-', '--store', 'other', '--format', 'audit', '-o', 'json'],
      `no JSON\n{"kind":"Pod","apiVersion":"v1"}\n${HISTORY[0]!.slice(0, 200)}\n${HISTORY[0]}\n`,
    );
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      stored: 1,
      refused: 3,
      reasons: { 'not-json': 1, 'not-an-event': 1, truncated: 1 },
    });
    expect(stderr).toContain('quarantine.jsonl');
    const kept = readFileSync(join(folder, 'other/quarantine.jsonl'), 'utf8').trim().split('\n');
    expect(kept).toHaveLength(3);
  });

  test('says so where it does not recognise a file', () => {
    const { status, stderr } = audit(['ingest', '-', '--store', 'other'], 'once upon a time\n');
    expect(status).toBe(2);
    expect(stderr).toContain('"-": what it holds is not recognised; say it with --format');
  });

  test('keeps no bodies of Secrets on the disk', () => {
    const { stdout } = audit(['sql', "SELECT raw FROM events WHERE resource = 'secrets'", '-o', 'json']);
    expect(stdout).toContain('password');
    expect(stdout).not.toMatch(/Z2VoZWltMTIz|geheim/);
  });
});

describe('audit ask', () => {
  test('who did it, and by which right, and who gave that', () => {
    const who = audit(['ask', 'who', 'shop/Deployment/web']);
    expect(who.status).toBe(0);
    expect(who.stdout).toContain('mallory delete deployments.apps shop/web');
    const why = audit(['ask', 'why', 'shop/Deployment/web', '-o', 'json']);
    const [grounds] = JSON.parse(why.stdout).grounds;
    expect(JSON.stringify(grounds)).toContain('"helpers"');
    expect(JSON.stringify(grounds)).toContain('"alice"');
  });

  test('what somebody did, in both languages and as Markdown', () => {
    const { stdout } = audit(['ask', 'what', 'user:mallory', '--lang', 'zh-CN']);
    expect(stdout).toContain('mallory get secrets shop/db – 成功（200）');
    expect(audit(['ask', 'what', 'user:mallory', '-o', 'markdown']).stdout).toMatch(/^## /);
  });

  test('saved questions, also of a file, narrowed by flags', () => {
    expect(audit(['ask', 'secret-reads']).stdout).toContain('shop/db');
    expect(audit(['ask', 'secret-reads', '--user', 'alice']).status).toBe(2);
    write('mine.yaml', 'questions:\n  gone:\n    verbs: [delete]\n    namespaces: [shop]\n');
    expect(audit(['ask', 'gone', '--saved', 'mine.yaml']).stdout).toContain('delete deployments.apps');
    expect(audit(['ask', '--list', '--saved', 'mine.yaml']).stdout).toMatch(/^gone$/m);

    writeFileSync(
      join(folder, 'told.yaml'),
      'questions:\n  gone: {verbs: [delete], description: What we lost}\n  wrong: {verbz: [get]}\n',
    );
    const listed = audit(['ask', '--list', '--saved', 'told.yaml']);
    expect(listed.stdout).toMatch(/^gone +What we lost$/m);
    expect(listed.stderr).toContain('told.yaml: questions.wrong.verbz: there is no field verbz');
  });

  test('2 where nothing is found, 3 where it is no question', () => {
    const nothing = audit(['ask', 'who', 'shop/Deployment/other']);
    expect(nothing.status).toBe(2);
    expect(nothing.stdout).toContain('none tells of it');
    for (const wrong of [['ask'], ['ask', 'whom', 'x'], ['ask', 'who'], ['ask', 'what', 'sa:only']]) {
      const { status, stderr } = audit(wrong);
      expect({ wrong, status }).toEqual({ wrong, status: 3 });
      expect(stderr).toMatch(/^kubestride: /);
    }
    expect(audit(['ask', 'who', 'Pod/x', '--since', 'whenever']).stderr).toContain('is no time');
  });
});

describe('audit story', () => {
  test('of a finding in a report', () => {
    write(
      'deployment.yaml',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: c, image: "example.com/c:1", securityContext: {privileged: true}}]}\n',
    );
    const scan = spawnSync(process.execPath, [command, 'scan', 'deployment.yaml', '-o', 'json'], {
      cwd: folder,
      encoding: 'utf8',
    });
    write('report.json', scan.stdout);
    const finding = JSON.parse(scan.stdout).findings.find(
      ({ check }: { check: string }) => check === 'privileged-container',
    );
    const { status, stdout } = audit(['story', finding.fingerprint, '--report', 'report.json']);
    expect(status).toBe(0);
    expect(stdout).toContain('mallory delete deployments.apps shop/web');
    expect(audit(['story', 'f'.repeat(32), '--report', 'report.json']).status).toBe(3);
  });
});

describe('audit events', () => {
  test('filters, and exports', () => {
    expect(audit(['events', '--verb', 'delete']).stdout.trim().split('\n')).toHaveLength(1);
    expect(audit(['events', '--text', 'crictl']).stdout).toContain('crictl ps');
    const csv = audit(['events', '--user', 'mallory', '-o', 'csv']).stdout.split('\r\n');
    expect(csv[0]).toMatch(/^time,end,source,cluster,/);
    expect(csv.filter((line) => line.includes('prod'))).toHaveLength(3);
    const lines = audit(['events', '-o', 'json', '--oldest', '--limit', '1']).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).user)).toEqual(['alice']);
    const ocsf = audit(['events', '--resource', 'deploy', '-o', 'ocsf']).stdout.trim().split('\n');
    expect(ocsf.map((line) => JSON.parse(line).class_uid)).toEqual([6003]);
    expect(audit(['events', '--ip', 'nowhere']).status).toBe(3);
  });
});

test('audit events --follow tells what comes in, once, and no more', async () => {
  const ago = (seconds: number) => {
    const time = new Date(Date.now() - seconds * 1000).toISOString();
    return { requestReceivedTimestamp: time, stageTimestamp: time };
  };
  write('early.log', `${event(5, 'early', 'get', '/version', ago(10))}\n`);
  audit(['ingest', 'early.log', '--store', 'followed']);
  const child = spawn(
    process.execPath,
    [command, 'audit', 'events', '--follow', '--since', '5m', '--store', 'followed', '-o', 'json'],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let told = '';
  child.stdout.on('data', (part) => {
    told += part;
  });
  const until = async (text: string) => {
    for (let tries = 0; !told.includes(text) && tries < 200; tries++) await sleep(100);
  };
  await until('early');
  // It happened before what was told already.
  write('late.log', `${event(4, 'late', 'get', '/version', ago(60))}\n`);
  audit(['ingest', 'late.log', '--store', 'followed']);
  await until('late');
  await sleep(1500);
  child.kill('SIGTERM');
  const [code] = await once(child, 'close');
  const users = told
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).user);
  expect({ code, users }).toEqual({ code: 0, users: ['early', 'late'] });
});

describe('audit sql', () => {
  test('answers a SELECT, and refuses files, settings and writing', () => {
    const { stdout } = audit([
      'sql',
      'SELECT verb, count(*) AS n FROM events GROUP BY verb ORDER BY verb',
      '-o',
      'csv',
    ]);
    expect(stdout).toBe('verb,n\r\ncreate,1\r\ndelete,1\r\nget,1\r\nsudo,1\r\n');
    expect(
      audit(['sql', 'SELECT verb FROM events', '--limit', '0', '-o', 'csv']).stdout.split('\r\n'),
    ).toHaveLength(6);
    expect(audit(['sql', 'SELECT verb FROM events', '--limit', '1']).stderr).toContain('there is more');
    for (const statement of [
      "SELECT * FROM read_csv('deployment.yaml')",
      "SELECT * FROM 'deployment.yaml'",
      "COPY events TO 'out.csv'",
      'SELECT 1; SELECT 2',
      "SET memory_limit = '8GB'",
      "SELECT getenv('PATH')",
      'DROP VIEW events',
      "ATTACH 'x.db'",
    ]) {
      expect({ statement, status: audit(['sql', statement]).status }).toEqual({ statement, status: 3 });
    }
  });
});

describe('audit store', () => {
  test('tells what is there, and checks it', () => {
    const info = JSON.parse(audit(['store', 'info', '-o', 'json']).stdout);
    expect(info).toMatchObject({ events: 4, damage: [] });
    expect(audit(['store', 'verify']).status).toBe(0);
    expect(audit(['store', 'compact']).status).toBe(0);
    for (const asked of [['info'], ['verify'], ['compact'], ['retain', '--before', '1d']]) {
      const { status, stderr } = audit(['store', ...asked, '--store', 'absent']);
      expect({ asked, status }).toEqual({ asked, status: 3 });
      expect(stderr).toContain('is no store of records');
    }
    expect(existsSync(join(folder, 'absent'))).toBe(false);
    mkdirSync(join(folder, 'full'));
    write('full/note.txt', 'mine');
    expect(audit(['ingest', 'logs', '--store', 'full']).stderr).toContain('holds other things');
  });
});
