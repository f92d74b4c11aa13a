import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-problems-'));
const command = join(import.meta.dirname, '../bin/kubestride.js');

function network(...line: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'network', ...line], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C' },
  });
  return { status, stdout, stderr };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const deployment = (name: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: ${name}, image: ${name} }] }
`;
const policy = (name: string, spec: string, namespace = 'shop') => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  ${spec}
`;
const admin = (name: string, priority: number, action: string, subject = '{}') =>
  `apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: ${name} }
spec:
  priority: ${priority}
  subject: { namespaces: ${subject} }
  ingress:
    - { name: every, action: Pass, from: [{ namespaces: { matchLabels: { of: nobody } } }] }
    - { action: ${action}, from: [{ namespaces: {} }], ports: [{ portNumber: { protocol: TCP, port: 80 } }] }
`;

beforeAll(() => {
  const apps = [deployment('web'), deployment('db')].join('---\n');
  write('apps.yaml', apps);
  write(
    'refused.yaml',
    [
      apps,
      policy('block', 'ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/33 } }] }]'),
      policy('except', 'ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [11.0.0.0/16] } }] }]'),
      policy('port', 'ingress: [{ ports: [{ port: 70000 }] }]'),
      policy('range', 'ingress: [{ ports: [{ port: 90, endPort: 80 }] }]'),
      policy('operator', 'podSelector: { matchExpressions: [{ key: a, operator: Near, values: [b] }] }'),
    ].join('---\n'),
  );
  write('stray.yaml', [apps, policy('gone', 'podSelector: {}', 'nope')].join('---\n'));
  write('contradictory.yaml', [apps, admin('yes-1', 10, 'Allow'), admin('no-1', 10, 'Deny')].join('---\n'));
  write(
    'agreeing.yaml',
    [
      apps,
      admin('one', 10, 'Allow'),
      admin('same', 10, 'Allow'),
      admin('later', 11, 'Deny'),
      admin('elsewhere', 10, 'Deny', '{ matchLabels: { of: nobody } }'),
    ].join('---\n'),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every command that answers from policies. */
const COMMANDS = {
  connections: (file: string) => ['connections', file],
  query: (file: string) => ['query', 'shop/web', 'shop/db', '80', file],
  exposure: (file: string) => ['exposure', file],
  diff: (file: string) => ['diff', 'apps.yaml', file],
  unused: (file: string) => ['unused', file],
};

describe.each(Object.entries(COMMANDS))('network %s', (name, line) => {
  test('names and counts what the API server refuses, each with its place', () => {
    const { stderr, status } = network(...line('refused.yaml'));
    for (const [refused, at, value] of [
      ['block', 21, 'spec.ingress[0].from[0].ipBlock.cidr is "10.0.0.0/33"'],
      ['except', 27, 'spec.ingress[0].from[0].ipBlock.except[0] is "11.0.0.0/16"'],
      ['port', 33, 'spec.ingress[0].ports[0].port is "70000"'],
      ['range', 39, 'spec.ingress[0].ports[0].endPort is "80"'],
      ['operator', 45, 'spec.podSelector: "Near" is not a valid label selector operator'],
    ]) {
      expect(stderr).toContain(
        `the API server refuses NetworkPolicy shop/${refused} (refused.yaml:${at}): ${value}; it is left out`,
      );
    }
    expect(stderr).toContain('policies: 5 left out\n');
    // One packet has its answer, as the API server takes none of these.
    expect(status).toBe(name === 'query' ? 0 : 2);
  });

  test('names a policy of a namespace that is not there', () => {
    expect(network(...line('stray.yaml')).stderr).toContain(
      'NetworkPolicy nope/gone (stray.yaml:19) is for namespace nope, of which there is neither the Namespace nor a pod here',
    );
  });

  test('names policies of equal priority that contradict each other, and no others', () => {
    const { stderr, status } = network(...line('contradictory.yaml'));
    expect(stderr).toContain(
      'AdminNetworkPolicy yes-1 spec.ingress[1] (contradictory.yaml:25) and AdminNetworkPolicy no-1 spec.ingress[1] (contradictory.yaml:35) contradict each other at priority 10',
    );
    // Their peers match nothing here, which is what `unused` asks for.
    expect(status).toBe(name === 'unused' ? 1 : 2);
    expect(network(...line('agreeing.yaml')).stderr).not.toContain('contradict');
  });

  test('all of it in Chinese', () => {
    const { stderr } = network(...line('refused.yaml'), '--lang', 'zh-CN');
    expect(stderr).toContain('API 服务器拒绝 NetworkPolicy shop/block（refused.yaml:21）');
    expect(stderr).toContain('策略：已排除 5 条\n');
    expect(network(...line('stray.yaml'), '--lang', 'zh-CN').stderr).toContain('属于名字空间 nope');
    expect(network(...line('contradictory.yaml'), '--lang', 'zh-CN').stderr).toContain('相互矛盾');
  });
});

test.each(['connections', 'exposure', 'unused'] as const)('network %s tells programs', (name) => {
  const problems = (file: string) =>
    JSON.parse(network(...COMMANDS[name](file), '-o', 'json').stdout).problems;
  expect(problems('refused.yaml')).toHaveLength(5);
  expect(problems('refused.yaml')[0]).toEqual({
    problem: 'invalid-block',
    effect: 'left-out',
    policy: 'NetworkPolicy shop/block',
    path: 'spec.ingress[0].from[0].ipBlock.cidr',
    value: '10.0.0.0/33',
    source: { file: 'refused.yaml', line: 21 },
  });
  expect(problems('stray.yaml')).toMatchObject([{ problem: 'missing-namespace', effect: 'no-pods' }]);
  expect(problems('contradictory.yaml')).toMatchObject([
    {
      problem: 'same-priority',
      effect: 'undefined-order',
      other: { policy: 'AdminNetworkPolicy no-1', source: { line: 35 } },
    },
  ]);
  expect(problems('apps.yaml')).toEqual([]);
});

test('network diff tells programs, of both states', () => {
  const { stdout } = network('diff', 'refused.yaml', 'stray.yaml', '-o', 'json');
  const { before, after } = JSON.parse(stdout).problems;
  expect(before).toHaveLength(5);
  expect(after).toMatchObject([{ problem: 'missing-namespace' }]);
});
