import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-escalate-'));
const command = join(import.meta.dirname, '../bin/kubestride.js');

function escalate(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'access', 'escalate', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C' },
  });
  return { status, stdout, stderr };
}

const WORLD = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: token-maker }
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get]
  - apiGroups: [""]
    resources: [serviceaccounts/token]
    verbs: [create]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: makers, namespace: tools }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: token-maker }
subjects:
  - { kind: Group, name: devs }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: admins }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects:
  - { kind: ServiceAccount, name: operator, namespace: tools }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: operator, namespace: tools }
`;

const POSSIBLE = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: token-maker }
rules: [{ apiGroups: [""], resources: [serviceaccounts/token], verbs: [create] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: makers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: token-maker }
subjects: [{ kind: User, name: eve }]
`;

const OPEN = `apiVersion: v1
kind: Pod
metadata: { name: kube-apiserver, namespace: kube-system, labels: { component: kube-apiserver } }
spec:
  containers:
    - name: kube-apiserver
      image: kube-apiserver:v1.37.2
      command: [kube-apiserver, "--authorization-mode=AlwaysAllow"]
`;

const modes = (names: string) =>
  OPEN.replace('=AlwaysAllow"', `=${names}", "--authorization-webhook-config-file=/w"`);

const adminBinding = (...subjects: string[]) => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: admins }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects: [${subjects.join(', ')}]
`;

beforeAll(() => {
  writeFileSync(join(folder, 'everyone.yaml'), adminBinding('{ kind: Group, name: "system:authenticated" }'));
  const view = adminBinding('{ kind: User, name: alice }')
    .replace('name: admins', 'name: viewers')
    .replace('cluster-admin', 'view');
  writeFileSync(
    join(folder, 'holder.yaml'),
    `${adminBinding('{ kind: User, name: alice }', '{ kind: Group, name: "system:masters" }')}---\n${view}`,
  );
  writeFileSync(join(folder, 'possible.yaml'), POSSIBLE);
  writeFileSync(join(folder, 'open.yaml'), OPEN);
  writeFileSync(join(folder, 'world.yaml'), WORLD);
  const [, binding = '', ...rest] = WORLD.replace('name: cluster-admin', 'name: view').split('---\n');
  writeFileSync(join(folder, 'harmless.yaml'), rest.join('---\n'));
  writeFileSync(join(folder, 'broken.yaml'), [binding, ...rest].join('---\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a path is told as commands, with the binding and the rule behind each step', () => {
  const { status, stdout } = escalate('world.yaml');
  expect(status).toBe(1);
  expect(stdout).toContain(`Hold cluster-admin:
  ServiceAccount tools/operator  ClusterRoleBinding admins

Group devs → cluster-admin (2 steps, proven)
  1. requests a token of the service account
       kubectl -n tools create token operator
     → ServiceAccount tools/operator
     RoleBinding tools/makers gives Group devs the ClusterRole token-maker  world.yaml:17
       rules[1]: create on serviceaccounts/token  world.yaml:8
  2. holds every right
     → cluster-admin
`);
  expect(stdout).toContain('1 subject comes to a target; 1 holds cluster-admin.');
  expect(stdout).toMatch(/Not shown: \d+ with what every API server binds at start, 0 as members of groups/);
});

test('JSON says the same, and what every API server binds only with --all', () => {
  const { status, stdout } = escalate('-o', 'json', 'world.yaml');
  expect(status).toBe(1);
  const answer = JSON.parse(stdout);
  expect(answer.holders).toEqual([
    { kind: 'ServiceAccount', namespace: 'tools', name: 'operator', builtIn: false },
  ]);
  expect(answer.subjects).toHaveLength(1);
  const [path] = answer.subjects[0].paths;
  expect(path).toMatchObject({ target: 'cluster-admin', certainty: 'proven' });
  expect(path.steps[0]).toMatchObject({
    way: 'token-request',
    from: { kind: 'Group', name: 'devs' },
    to: { kind: 'ServiceAccount', namespace: 'tools', name: 'operator' },
    commands: ['kubectl -n tools create token operator'],
    via: [
      { binding: { name: 'makers', source: { file: 'world.yaml', line: 17 } }, rule: { path: 'rules[1]' } },
    ],
  });
  const all = JSON.parse(escalate('--all', '-o', 'json', 'world.yaml').stdout);
  expect(all.subjects.map(({ subject }: { subject: { name: string } }) => subject.name)).toContain(
    'system:kube-controller-manager',
  );
});

test('one subject is told apart, with whom it can become and what else it can do', () => {
  const devs = escalate('Group:devs', 'world.yaml');
  expect(devs.status).toBe(1);
  expect(devs.stdout).toMatch(/^Group devs → cluster-admin \(2 steps, proven\)/);
  expect(devs.stdout).toContain('Can become');
  expect(escalate('sa:tools/operator', 'world.yaml')).toMatchObject({
    status: 1,
    stdout: 'ServiceAccount tools/operator holds cluster-admin\n',
  });
  const nobody = escalate('User:eve', 'world.yaml');
  expect(nobody).toMatchObject({ status: 0 });
  expect(nobody.stdout).toContain('no binding names User eve');
});

test('whoever holds cluster-admin counts, unless every API server binds it', () => {
  const all = escalate('holder.yaml');
  expect(all.status).toBe(1);
  // Of two bindings, the one that gives it.
  expect(all.stdout).toContain('  User alice  ClusterRoleBinding admins\n');
  expect(all.stdout).toContain('nobody else comes to more');
  expect(escalate('User:alice', 'holder.yaml').status).toBe(1);
});

test('a subject that nothing names has what its groups have', () => {
  expect(escalate('everyone.yaml').status).toBe(1);
  for (const subject of ['User:nobody', 'Group:strangers', 'sa:nowhere/nothing']) {
    const { status, stdout } = escalate(subject, 'everyone.yaml');
    expect(status).toBe(1);
    expect(stdout).toContain('no binding names');
    expect(stdout).toMatch(/→ cluster-admin \(\d steps?, proven\)\n {2}1\. is a member of the group/);
  }
  expect(escalate('User:system:anonymous', 'everyone.yaml').status).toBe(0);
  const { known, paths, becomes } = JSON.parse(escalate('-o', 'json', 'User:nobody', 'everyone.yaml').stdout);
  expect(known).toBe(false);
  expect(paths[0].steps[0]).toMatchObject({ way: 'member-of', to: { name: 'system:authenticated' } });
  expect(becomes).toContainEqual({ kind: 'Group', name: 'system:masters' });
});

test('where nobody comes to more, the exit code says whether everything was read', () => {
  expect(escalate('harmless.yaml')).toMatchObject({ status: 0 });
  const { status, stderr } = escalate('broken.yaml');
  expect(status).toBe(2);
  expect(stderr).toContain('token-maker');
});

test('an authorizer beside roles may let everybody do more', () => {
  writeFileSync(join(folder, 'webhook.yaml'), modes('RBAC,Webhook'));
  const { status, stderr } = escalate('webhook.yaml', 'harmless.yaml');
  expect(status).toBe(2);
  expect(stderr).toContain('there may be more: the webhook default decides too\n');
});

test('AlwaysAllow lets everybody do everything', () => {
  for (const subject of [[], ['User:eve']]) {
    const { status, stdout } = escalate(...subject, 'open.yaml', 'harmless.yaml');
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^The API server asks AlwaysAllow: everybody .* may do everything\. By roles alone:\n/,
    );
    const json = escalate('-o', 'json', ...subject, 'open.yaml', 'harmless.yaml');
    expect(JSON.parse(json.stdout)).toMatchObject({ everybodyHoldsClusterAdmin: true });
  }
  writeFileSync(join(folder, 'denied.yaml'), modes('Webhook,AlwaysAllow'));
  // The webhook may deny before.
  expect(escalate('denied.yaml', 'harmless.yaml').status).toBe(2);
});

test('a path that is only possible is said to be, and can be left out', () => {
  const { status, stdout } = escalate('possible.yaml');
  expect(status).toBe(1);
  // The service account may not exist: a controller manager may do without it.
  expect(stdout).toContain(`User eve → cluster-admin (2 steps, possible)
  1. possible: requests a token of the service account
       kubectl -n kube-system create token clusterrole-aggregation-controller
`);
  expect(stdout).toContain('(every API server creates it)');
  const proven = escalate('--proven', 'possible.yaml');
  expect(proven.status).toBe(0);
  expect(proven.stdout).toContain('nobody comes to more than roles say');
  expect(escalate('--no-bootstrap', 'possible.yaml').status).toBe(0);
});

test('only some targets, or accounts of one namespace', () => {
  expect(escalate('--to', 'every-secret', '--proven', 'world.yaml').stdout).not.toContain('Group devs');
  expect(escalate('-n', 'tools', 'world.yaml').stdout).not.toContain('Group devs');
  expect(escalate('--to', 'nowhere', 'world.yaml')).toMatchObject({ status: 3 });
});

test('the words are there in Chinese too', () => {
  const { stdout } = escalate('--lang', 'zh-CN', 'world.yaml');
  expect(stdout).toContain('Group devs → cluster-admin（2 步，已证实）');
  expect(stdout).toContain('请求该服务账号的令牌');
  const possible = escalate('--lang', 'zh-CN', 'User:eve', 'possible.yaml').stdout;
  expect(possible).toContain('  1. 可能：请求该服务账号的令牌');
  // Between Chinese words, marks are Chinese too.
  expect(possible).not.toMatch(/\p{Script=Han} ?[:(),]|[:(),] ?\p{Script=Han}/u);
});
