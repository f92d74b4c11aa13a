import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-usage-'));
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

const usage = (...args: string[]) => audit(['usage', ...args]);
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const at = (minute: number) => `2026-11-20T10:${String(minute).padStart(2, '0')}:00.000001Z`;
const WEB = 'system:serviceaccount:shop:web';

let count = 0;
function event(minute: number, user: string, verb: string, more: object): string {
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/shop/secrets/db',
    verb,
    user: { username: user, groups: ['system:authenticated'] },
    sourceIPs: ['203.0.113.9'],
    userAgent: 'web/1.0',
    objectRef: { resource: 'secrets', namespace: 'shop', name: 'db', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: at(minute),
    stageTimestamp: at(minute),
    ...more,
  });
}

const allowedBy = (binding: string, user: string) => ({
  annotations: {
    'authorization.k8s.io/decision': 'allow',
    'authorization.k8s.io/reason': `RBAC: allowed by RoleBinding "${binding}/shop" of Role "${binding}" to ${user}`,
  },
});

const DEPLOYMENT = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: {
    name: 'web',
    namespace: 'shop',
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop-app:apps/Deployment:shop/web' },
  },
};
const FORBIDDEN = {
  responseStatus: { metadata: {}, status: 'Failure', reason: 'Forbidden', code: 403 },
  annotations: { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': '' },
};
const BY_WEB = allowedBy('web', 'ServiceAccount "web/shop"');
const BY_STAFF = allowedBy('staff', 'User "jane"');

/** The service account web reads a Secret twice and may not delete it; jane, by hand, changes what Argo CD keeps. */
const HISTORY = [
  event(1, WEB, 'get', BY_WEB),
  event(2, WEB, 'delete', FORBIDDEN),
  event(20, 'jane', 'patch', {
    ...BY_STAFF,
    userAgent: 'kubectl/v1.37.2',
    objectRef: {
      resource: 'deployments',
      apiGroup: 'apps',
      apiVersion: 'v1',
      namespace: 'shop',
      name: 'web',
    },
    requestURI: '/apis/apps/v1/namespaces/shop/deployments/web',
    responseObject: DEPLOYMENT,
  }),
  event(40, WEB, 'get', { ...BY_WEB, sourceIPs: ['10.0.0.1'] }),
];

const account = (name: string, created = '2026-01-01T00:00:00Z') =>
  `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ${name}, namespace: shop, creationTimestamp: "${created}"}\n`;
const binding = (name: string) =>
  [
    'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding',
    `metadata: {name: ${name}, namespace: shop, creationTimestamp: "2026-01-01T00:00:00Z"}`,
    `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${name}}\nsubjects: []\n`,
  ].join('\n');
const TOKEN = [
  'apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token',
  'metadata: {name: old-token, namespace: shop, creationTimestamp: "2026-01-01T00:00:00Z", annotations: {kubernetes.io/service-account.name: web}}\n',
].join('\n');
const TRACKING = [
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-apiserver-legacy-service-account-token-tracking, namespace: kube-system}',
  'data: {since: "2026-01-01"}\n',
].join('\n');

beforeAll(() => {
  write('audit.log', `${HISTORY.join('\n')}\n`);
  for (const store of ['store', 'broken'])
    expect(audit(['ingest', 'audit.log', '--cluster-name', 'prod', '--store', store]).status).toBe(0);
  const cut = audit(['ingest', '-', '--store', 'broken', '--format', 'audit'], HISTORY[0]!.slice(0, 200));
  expect(cut.status).toBe(2);
  const fresh = account('fresh', '2026-11-20T10:30:00Z');
  const objects = [
    account('web'),
    account('idle'),
    account('default'),
    fresh,
    binding('web'),
    binding('idle'),
  ];
  write('cluster.yaml', [...objects, TOKEN, TRACKING].join('---\n'));
  write('roles.yaml', objects.join('---\n'));
});

describe('audit usage rights', () => {
  test('counts what was allowed and refused, as JSON and CSV', () => {
    const { status, stdout } = usage('rights', '--subject', 'sa:shop/web', '-o', 'json');
    expect(status).toBe(0);
    const { rights } = JSON.parse(stdout);
    expect(rights).toEqual([
      {
        user: WEB,
        verb: 'get',
        type: 'secrets',
        namespace: 'shop',
        allowed: 2,
        refused: 0,
        first: '2026-11-20T10:01:00Z',
        last: '2026-11-20T10:40:00Z',
      },
      expect.objectContaining({ verb: 'delete', allowed: 0, refused: 1 }),
    ]);
    const csv = usage('rights', '-o', 'csv', '--since', '2026-11-20T10:15').stdout.split('\r\n');
    expect(csv).toEqual([
      'user,verb,resource,namespace,allowed,refused,first,last',
      'jane,patch,deployments.apps,shop,1,0,2026-11-20T10:20:00Z,2026-11-20T10:20:00Z',
      `${WEB},get,secrets,shop,1,0,2026-11-20T10:40:00Z,2026-11-20T10:40:00Z`,
      '',
    ]);
  });

  test('2 where there is nothing, 3 where it means nothing', () => {
    const nobody = usage('rights', '--subject', 'User:jan');
    expect(nobody.status).toBe(2);
    expect(nobody.stderr).toContain('User:jane');
    const elsewhere = usage('rights', '--cluster-name', 'staging');
    expect(elsewhere).toMatchObject({ status: 2, stdout: '' });
    expect(elsewhere.stderr).toContain('no audit event');
    expect(usage('rights', '--subject', 'sa:only').status).toBe(3);
  });
});

describe('audit usage unused', () => {
  const verdicts = (stdout: string) => {
    const { accounts, bindings, legacyTokens } = JSON.parse(stdout);
    return Object.fromEntries(
      [...accounts, ...bindings, ...legacyTokens].map(({ kind = '', name, verdict, doubts }) => [
        `${kind} ${name}`.trim(),
        [verdict, ...doubts].join(' '),
      ]),
    );
  };

  test('tells used from unused from what cannot be known', () => {
    const { status, stdout } = usage('unused', 'cluster.yaml', '-o', 'json');
    expect(status).toBe(1);
    expect(verdicts(stdout)).toEqual({
      web: 'used',
      idle: 'unused',
      default: 'unused',
      fresh: 'not-known younger-than-asked',
      'RoleBinding web': 'used',
      'RoleBinding idle': 'unused',
      'old-token': 'unused',
    });
    const text = usage('unused', 'cluster.yaml').stdout;
    expect(text).toMatch(/^ {2}not known {2}shop\/fresh +it was made within that time$/m);
    expect(text).toMatch(/^ {2}unused {5}shop\/idle$/m);
    expect(text).not.toContain('shop/default');
    expect(usage('unused', 'cluster.yaml', '--all', '--lang', 'zh-CN').stdout).toMatch(
      /未使用 +shop\/default +Kubernetes 会自行重建/,
    );
  });

  test('calls nothing unused where events were lost', () => {
    const { status, stdout } = usage('unused', 'roles.yaml', '--store', 'broken', '-o', 'json');
    expect(status).toBe(2);
    expect(verdicts(stdout)).toMatchObject({ web: 'used gaps', idle: 'not-known gaps' });
    const { status: longer, stdout: text } = usage('unused', 'cluster.yaml', '--since', '2026-11-19');
    expect(longer).toBe(1);
    expect(text).toContain('the records do not cover all of that time');
    expect(text).toMatch(/^ {2}unused +shop\/old-token +of web$/m);
  });

  test('knows nothing of a cluster without records', () => {
    const { status, stdout, stderr } = usage('unused', 'cluster.yaml', '--cluster-name', 'staging');
    expect(status).toBe(2);
    expect(stdout).not.toMatch(/1970|^ +unused/m);
    expect(stderr).toContain('no audit event');
  });

  test('asks what to compare with', () => {
    expect(usage('unused').stderr).toContain('SOURCE is missing');
    expect(usage('unused', '--kubeconfig', 'x').status).toBe(3);
  });
});

describe('audit usage edges', () => {
  const subject = { kind: 'ServiceAccount', namespace: 'shop', name: 'web' };
  const edges = (...lines: object[]) => lines.map((each) => JSON.stringify(each)).join('\n');
  const ask = (input: string, ...more: string[]) => audit(['usage', 'edges', '--edges', '-', ...more], input);

  test('says how often, when and from where', () => {
    const taken = { subject, verb: '*', resource: 'secrets', namespace: 'shop' };
    const { status, stdout } = ask(edges(taken, { ...taken, verb: 'list' }));
    expect(status).toBe(0);
    expect(stdout).toBe(
      [
        'from 2026-11-20T10:01:00.000001Z to 2026-11-20T10:40:00.000001Z',
        'ServiceAccount:shop/web * secrets shop/*',
        '  2 allowed, 1 refused, 2026-11-20T10:01:00.000001Z – 2026-11-20T10:40:00.000001Z',
        '  from 203.0.113.9, 10.0.0.1',
        'ServiceAccount:shop/web list secrets shop/*',
        '  not seen',
        '',
      ].join('\n'),
    );
    expect(ask(edges({ ...taken, verb: 'list' }), '--since', '2026-11-19').status).toBe(2);
  });

  test.each([
    'no JSON',
    '{}',
    edges({ subject, verb: 'get' }),
    edges({ subject: { kind: 'User', name: '' }, verb: 'get', resource: 'secrets' }),
    edges({ subject: { kind: 'ServiceAccount', name: 'web' }, verb: 'get', resource: 'secrets' }),
    edges({ subject, verb: 'get', resource: 'secrets', group: 'apps' }),
    '',
  ])('refuses what is no edge: %s', (input) => {
    expect(ask(input)).toMatchObject({ status: 3, stdout: '' });
  });
});

describe('audit usage manual', () => {
  test('names who changed by hand what someone else keeps', () => {
    const { status, stdout } = usage('manual');
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^\S+ {2}jane {2}a person \(kubectl\) {2}patch {2}deployments\.apps shop\/web {2}kept by Argo CD shop-app {2}203\.0\.113\.9\n$/,
    );
    const [row] = JSON.parse(usage('manual', '-o', 'json').stdout).changes;
    expect(row).toMatchObject({ user: 'jane', hand: 'person', seenIn: 'body' });
    expect(usage('manual', '--until', '2026-11-20T10:10').status).toBe(0);
    expect(usage('manual', '--cluster-name', 'staging').status).toBe(2);
  });
});

describe('audit usage seen', () => {
  test('marks newcomers', () => {
    const { status, stdout } = usage('seen', 'addresses', '--since', '2026-11-20T10:10', '-o', 'json');
    expect(status).toBe(0);
    expect(
      JSON.parse(stdout).things.map(({ what, isNew }: { what: object; isNew: boolean }) => [what, isNew]),
    ).toEqual([
      [{ source_ip: '10.0.0.1' }, true],
      [{ source_ip: '203.0.113.9' }, false],
    ]);
    expect(usage('seen', 'objects', '--limit', '1').stderr).toContain('more than 1');
    expect(usage('seen', 'users', '-o', 'csv').stdout).toMatch(/^user,events,first,last,is_new\r\n/);
    expect(usage('seen', 'everything').status).toBe(3);
  });
});

describe('audit completeness', () => {
  const metrics = (name: string, total: number, time: string, more = '') => {
    write(name, `apiserver_audit_event_total ${total}\n${more}`);
    utimesSync(join(folder, name), new Date(time), new Date(time));
  };
  beforeAll(() => {
    metrics('before', 100, '2026-11-20T10:00:59Z');
    metrics('after', 104, '2026-11-20T10:41:00Z');
    metrics('more', 404, '2026-11-20T10:41:00Z');
    metrics('dropped', 104, '2026-11-20T10:41:00Z', 'apiserver_audit_error_total{plugin="webhook"} 7\n');
  });

  test('complete only by the counters of API servers', () => {
    const unknown = audit(['completeness']);
    expect(unknown.status).toBe(2);
    expect(unknown.stdout).toContain('not known whether complete');
    expect(unknown.stdout).toContain('--metrics');
    const counted = audit(['completeness', '--metrics', 'before', '--metrics', 'after', '-o', 'json']);
    expect(JSON.parse(counted.stdout)).toMatchObject({
      schema: 'kubestride.completeness/v1',
      verdict: 'complete',
      period: { from: '2026-11-20T10:01:00.000001Z', to: '2026-11-20T10:40:00.000001Z' },
    });
    expect(counted.status).toBe(0);
  });

  test('incomplete by counters, the policy, and what was refused', () => {
    const fewer = audit(['completeness', '--metrics', 'before', '--metrics', 'more']);
    expect(fewer.status).toBe(1);
    expect(fewer.stdout).toContain('counted 304 events, 4 are held: 300 are missing');
    const dropped = audit([
      'completeness',
      '--metrics',
      'a=before',
      '--metrics',
      'a=dropped',
      '--lang',
      'zh-CN',
    ]);
    expect(dropped.status).toBe(1);
    expect(dropped.stdout).toContain('API 服务器 a 丢失了 7 个事件（webhook）');
    const two = audit(['completeness', '--metrics', 'a=before', '--metrics', 'b=after']);
    expect(two.status).toBe(2);
    write(
      'policy.yaml',
      'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - level: None\n    resources: [{group: "", resources: [secrets]}]\n  - level: RequestResponse\n',
    );
    const left = audit(['completeness', '--policy', 'policy.yaml']);
    expect(left.status).toBe(1);
    expect(left.stdout).toMatch(/the audit policy leaves out .* of secrets \(rules\[0\]\): who read Secrets/);
    const broken = audit(['completeness', '--store', 'broken']);
    expect(broken.status).toBe(1);
    expect(broken.stdout).toContain('it ended in the middle');
  });

  test('3 where a file is none of metrics', () => {
    expect(audit(['completeness', '--metrics', 'cluster.yaml']).stderr).toContain('no audit counters');
    expect(audit(['completeness', '--metrics', 'absent']).status).toBe(3);
  });
});
