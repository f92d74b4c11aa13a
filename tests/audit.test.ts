import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hasTruth, truthCases, truthPath } from './truth.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-audit-'));
const command = join(import.meta.dirname, '../bin/kubestride.js');

function audit(line: string, input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'audit', ...line.split(' ')], {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C' },
  });
  return { status, stdout, stderr };
}

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

const POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    users: [system:kube-proxy]
    verbs: [watch]
  - level: RequestResponse
    resources: [{ group: "", resources: [pods/exec] }]
    omitStages: [Panic]
`;
const EXEC = {
  user: 'alice',
  groups: [],
  verb: 'create',
  resourceRequest: true,
  apiGroup: '',
  resource: 'pods',
  subresource: 'exec',
  namespace: 'shop',
  name: 'web',
  path: '',
};

write('policy.yaml', POLICY);
afterAll(() => rmSync(folder, { recursive: true }));

describe('audit policy decide', () => {
  test('answers each request in the shape that scripts read', () => {
    const requests = [
      EXEC,
      { ...EXEC, user: 'system:kube-proxy', verb: 'watch' },
      { ...EXEC, subresource: '' },
    ];
    const { status, stdout } = audit(
      'policy decide --policy policy.yaml --requests - -o json',
      requests.map((each) => JSON.stringify(each)).join('\n'),
    );
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        level: 'RequestResponse',
        omitStages: ['RequestReceived', 'Panic'],
        omitManagedFields: false,
        rule: 1,
      },
      { level: 'None', omitStages: ['RequestReceived'], omitManagedFields: false, rule: 0 },
      { level: 'None', omitStages: ['RequestReceived'], omitManagedFields: false, rule: null },
    ]);
    expect(status).toBe(0);
  });

  test('says where the rule stands, in words', () => {
    const { stdout } = audit('policy decide --policy policy.yaml --requests -', JSON.stringify(EXEC));
    expect(stdout).toBe('RequestResponse  policy.yaml:8  without RequestReceived, Panic\n');
  });

  test('answers the lines that it can, and tells what is wrong with the others', () => {
    const lines = [JSON.stringify(EXEC), '{"user":1}', '[]', 'nonsense', '{"groups":["a",2]}', '\u001b[31m'];
    const { status, stdout } = audit(
      'policy decide --policy policy.yaml --requests - -o json',
      lines.join('\n'),
    );
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(answers.map((answer) => answer['level'] ?? answer['error'])).toEqual([
      'RequestResponse',
      'the field user has the wrong type',
      'the line is no JSON object',
      expect.stringContaining('JSON'),
      'the field groups has the wrong type',
      expect.stringContaining('JSON'),
    ]);
    expect(stdout).not.toContain('\u001b');
    expect(status).toBe(2);
    expect(audit('policy decide --policy policy.yaml --requests - -o json').status).toBe(2);
  });

  test('refuses a policy with which no API server starts, by line', () => {
    write('bad.yaml', POLICY.replace('level: None', 'level: none'));
    const { status, stderr } = audit('policy decide --policy bad.yaml --requests -');
    expect(status).toBe(3);
    expect(stderr).toContain('bad.yaml:5: rules[0].level: Unsupported value: "none"');
    write('pod.yaml', 'apiVersion: v1\nkind: Pod\n');
    expect(audit('policy decide --policy pod.yaml --requests -').stderr).toContain(
      'pod.yaml holds no Policy of audit.k8s.io/v1 (it holds v1 Pod)',
    );
    write('two.yaml', `${POLICY}---\n${POLICY}`);
    expect(audit('policy decide --policy two.yaml --requests -').stderr).toContain('2 audit policies');
    expect(audit('policy decide --policy none.yaml --requests -').stderr).toContain('none.yaml');
  });

  test('passes over a field that the API server passes over, and says so', () => {
    write('odd.yaml', `${POLICY}unheardOf: true\n`);
    const { status, stderr } = audit('policy decide --policy odd.yaml --requests -', JSON.stringify(EXEC));
    expect(stderr).toContain('odd.yaml:11: unknown field "unheardOf"');
    expect(status).toBe(0);
  });

  test.skipIf(!hasTruth('audit-policy'))('answers the cases of GCE\u2019s policy', () => {
    const policy = 'data/gce-audit-policy.yaml';
    const rows = truthCases('audit-policy').filter((row) => row['policy'] === policy);
    const input = rows.map((row) => row['request']).join('\n');
    const { stdout } = audit(
      `policy decide --policy ${truthPath('audit-policy', policy)} --requests - -o json`,
      input,
    );
    const levels = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { level: string }).level);
    expect(rows.length).toBeGreaterThan(100);
    expect(levels).toEqual(rows.map((row) => row['level']));
  });
});

describe('audit policy lint', () => {
  test('tells what an investigation would miss, with the rule that decides', () => {
    const { status, stdout } = audit('policy lint --policy policy.yaml -o json');
    const { findings } = JSON.parse(stdout) as {
      findings: { kind: string; need?: string; rule?: number | null; line: number }[];
    };
    expect(
      findings.some(
        ({ kind, need, rule, line }) =>
          kind === 'gap' && need === 'rights-changed' && rule === null && line === 4,
      ),
    ).toBe(true);
    expect(findings.some(({ need }) => need === 'commands-in-pods')).toBe(true);
    expect(status).toBe(1);
  });

  test('names what the API server refuses, and rules that nothing is left for, by line', () => {
    write('dead.yaml', `${POLICY}  - level: Metadata\n  - level: Request\n    verbs: [GET]\n`);
    const { stdout } = audit('policy lint --policy dead.yaml');
    expect(stdout).toContain("dead.yaml:13: 'GET' matches no request");
    write('dead.yaml', `${POLICY}  - level: Metadata\n  - level: Request\n    verbs: [get]\n`);
    expect(audit('policy lint --policy dead.yaml').stdout).toContain(
      'dead.yaml:12: no request is left for this rule: rules[2] match',
    );
    const { status, stdout: refused } = audit('policy lint --policy bad.yaml');
    expect(refused).toContain('bad.yaml:5: the API server does not start with it');
    expect(status).toBe(1);
  });
});

test('audit policy lint measures what the policy would have written of a log', () => {
  const event = (stage: string, verb: string, second: number) => ({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: `${stage}-${verb}`,
    stage,
    requestURI: '/api/v1/namespaces/shop/pods/web/exec?command=ls',
    verb,
    user: { username: verb === 'watch' ? 'system:kube-proxy' : 'alice', groups: ['system:authenticated'] },
    objectRef: { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'web', apiVersion: 'v1' },
    requestReceivedTimestamp: `2026-11-23T0${second}:00:00.000000Z`,
  });
  const events = [
    event('RequestReceived', 'create', 1),
    event('ResponseComplete', 'create', 1),
    event('ResponseComplete', 'watch', 7),
  ].map((each) => JSON.stringify(each));
  write('audit.log', `${events.join('\n')}\n`);
  const { stdout } = audit('policy lint --policy policy.yaml --audit audit.log -o json');
  const bytes = events[1]!.length + 1;
  expect((JSON.parse(stdout) as { volume: unknown }).volume).toEqual({
    logged: { events: 3, bytes: events.join('').length + 3 },
    kept: { events: 1, bytes },
    period: { from: '2026-11-23T01:00:00Z', to: '2026-11-23T07:00:00Z' },
    bytesPerDay: bytes * 4,
    withoutBodies: 1,
    unmeasured: 0,
    largest: [{ requests: 'create pods/exec', events: 1, bytes }],
  });
  expect(audit('policy lint --policy policy.yaml --audit audit.log').stdout).toContain(
    '1 × create pods/exec',
  );
});

describe('audit policy generate', () => {
  test('writes a policy without a fault, each rule with its reason', () => {
    const { status, stdout } = audit('policy generate');
    expect(status).toBe(0);
    write('generated.yaml', stdout);
    expect(audit('policy lint --policy generated.yaml')).toEqual({
      status: 0,
      stdout: 'generated.yaml: nothing to say\n',
      stderr: '',
    });
    const lines = readFileSync(join(folder, 'generated.yaml'), 'utf8').split('\n');
    lines.forEach((line, index) => {
      if (line.startsWith('  - level')) expect(lines[index - 1]).toMatch(/^ {2}# \S/);
    });
  });

  test('for one goal alone', () => {
    const { stdout } = audit('policy generate --goal secrets-read --also needs');
    expect(stdout.match(/level: Metadata/g)).toHaveLength(1);
    expect(audit('policy generate --goal everything').stderr).toContain('unknown value');
  });
});
