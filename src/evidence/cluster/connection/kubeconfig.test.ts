import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findTarget, type TargetOptions } from './target.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-kubeconfig-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | object): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function find(options: Partial<TargetOptions>) {
  return findTarget({ env: {}, cwd: folder, serviceAccountFolder: join(folder, 'none'), ...options });
}

function config(name: string, cluster: object = {}, user: object = {}): object {
  return {
    'current-context': name,
    contexts: [{ name, context: { cluster: 'c', user: 'u', namespace: `ns-of-${name}` } }],
    clusters: [{ name: 'c', cluster: { server: `https://${name}:6443`, ...cluster } }],
    users: [{ name: 'u', user: { token: `token-of-${name}`, ...user } }],
  };
}

test('reads the YAML that kubectl writes, with dates and unknown fields in it', async () => {
  const kubeconfig = write(
    'yaml',
    `apiVersion: v1
kind: Config
preferences: {}
current-context: admin@one
clusters:
- cluster:
    certificate-authority: pki/ca.pem
    extensions:
    - name: minikube.sigs.k8s.io
      extension: {last-update: 2024-01-01}
    server: https://10.0.0.1:6443
    tls-server-name: api.example
    disable-compression: true
  name: one
contexts:
- context: {cluster: one, user: admin, namespace: team}
  name: admin@one
users:
- name: admin
  user:
    client-certificate: /etc/pki/admin.pem
    client-key: keys/admin.key
    as: root
    as-groups: [system:masters]
    as-user-extra: {reason: [audit]}
`,
  );
  expect(await find({ kubeconfig })).toMatchObject({
    context: 'admin@one',
    namespace: 'team',
    cluster: {
      server: 'https://10.0.0.1:6443',
      certificateAuthority: join(folder, 'pki/ca.pem'),
      tlsServerName: 'api.example',
      disableCompression: true,
    },
    user: {
      clientCertificate: '/etc/pki/admin.pem',
      clientKey: join(folder, 'keys/admin.key'),
      impersonation: { user: 'root', groups: ['system:masters'], extra: [['reason', ['audit']]] },
    },
  });
});

// client-go: tools/clientcmd/loader.go, "The first file to set a particular map key wins", whole entries at a time.
test('of the files of KUBECONFIG the first wins, missing ones and empty names are skipped', async () => {
  write('one/config', {
    contexts: [{ name: 'shared', context: { cluster: 'first', user: 'first' } }],
    clusters: [{ name: 'first', cluster: { server: 'https://first', 'certificate-authority': 'ca.pem' } }],
    users: [{ name: 'red', user: { token: 'red-of-one' } }],
  });
  write('two/config', {
    'current-context': 'shared',
    contexts: [{ name: 'shared', context: { cluster: 'second', user: 'red' } }],
    clusters: [{ name: 'second', cluster: { server: 'https://second' } }],
    users: [
      { name: 'red', user: { username: 'red-of-two', password: 'x' } },
      { name: 'first', user: { 'client-certificate': 'a.pem', 'client-key': 'b.pem' } },
    ],
  });
  write('three/config', { 'current-context': 'other' });
  const KUBECONFIG = ['', 'nowhere', 'one/config', 'two/config', 'two/config', 'three/config'].join(
    delimiter,
  );
  const target = await find({ env: { KUBECONFIG } });
  expect(target.context).toBe('shared');
  expect(target.cluster.server).toBe('https://first');
  expect(target.cluster.certificateAuthority).toBe(join(folder, 'one/ca.pem'));
  expect(target.user.clientKey).toBe(join(folder, 'two/b.pem'));
});

test('--kubeconfig goes before KUBECONFIG, that before ~/.kube/config', async () => {
  const HOME = folder;
  write('.kube/config', config('home'));
  const KUBECONFIG = write('env', config('env'));
  expect((await find({ env: { HOME } })).context).toBe('home');
  expect((await find({ env: { HOME, KUBECONFIG } })).context).toBe('env');
  const kubeconfig = write('flag', config('flag'));
  expect((await find({ env: { HOME, KUBECONFIG }, kubeconfig: 'flag' })).context).toBe('flag');
  expect((await find({ kubeconfig })).namespace).toBe('ns-of-flag');
});

test('a context without a user is nobody, one without a namespace has none', async () => {
  const kubeconfig = write('anonymous', {
    contexts: [{ name: 'a', context: { cluster: 'c' } }],
    clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:8001' } }],
  });
  const target = await find({ kubeconfig, context: 'a' });
  expect(target).toMatchObject({ context: 'a', namespace: undefined, user: { name: '', token: '' } });
});

test('a context that is not there: the nearest names', async () => {
  const file = write('near', {
    contexts: ['production', 'staging'].map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
  });
  await expect(find({ kubeconfig: file, context: 'prodction' })).rejects.toMatchObject({
    code: 'context-not-found',
    params: {
      context: 'prodction',
      files: [file],
      near: ['production'],
      contexts: ['production', 'staging'],
    },
  });
  await expect(find({ kubeconfig: file })).rejects.toMatchObject({
    code: 'no-current-context',
    params: { contexts: ['production', 'staging'] },
  });
});

test.each([
  ['cluster', { name: 'clustre' }],
  ['user', { name: 'amdin' }],
])('a context that names a %s that is not there', async (field, { name }) => {
  const file = write('dangling', {
    contexts: [{ name: 'a', context: { cluster: 'cluster', user: 'admin', [field]: name } }],
    clusters: [{ name: 'cluster', cluster: { server: 'https://a' } }],
    users: [{ name: 'admin', user: {} }],
  });
  await expect(find({ kubeconfig: file, context: 'a' })).rejects.toMatchObject({
    code: 'context-refers-to-nothing',
    params: { file, context: 'a', field, name, near: [field === 'user' ? 'admin' : 'cluster'] },
  });
});

test('nothing anywhere', async () => {
  const HOME = join(folder, 'empty-home');
  await expect(find({ env: { HOME } })).rejects.toMatchObject({
    code: 'no-cluster-configured',
    params: { files: [join(HOME, '.kube/config')] },
  });
  await expect(find({ kubeconfig: 'nowhere' })).rejects.toMatchObject({
    code: 'kubeconfig-missing',
    params: { file: join(folder, 'nowhere') },
  });
  await expect(find({ kubeconfig: folder })).rejects.toMatchObject({
    code: 'kubeconfig-unreadable',
    params: { reason: 'EISDIR' },
  });
});

test('a file that is no YAML: the line, and nothing of what it holds', async () => {
  for (const text of [
    'a: 1\nb: *hunter2\n',
    'a: b\n  hunter2: "x\n',
    'users: [hunter2\n',
    '? {hunter2: 1}\n: x\n',
  ]) {
    const kubeconfig = write('broken', text);
    const error: unknown = await find({ kubeconfig }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'kubeconfig-not-yaml', params: { file: kubeconfig } });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  }
});

// client-go: tools/clientcmd/validation.go, and the decoding of tools/clientcmd/api/v1.
test.each([
  [{}, { token: ['hunter2'] }, 'kubeconfig-field-invalid', { path: 'users[u].user.token', expected: 'text' }],
  [{}, { 'client-key-data': '*hunter2' }, 'kubeconfig-field-invalid', { expected: 'base64' }],
  [
    { server: '' },
    {},
    'kubeconfig-field-invalid',
    { path: 'clusters[c].cluster.server', expected: 'required' },
  ],
  [{ 'insecure-skip-tls-verify': 'yes' }, {}, 'kubeconfig-field-invalid', { expected: 'flag' }],
  [{ extensions: 'x' }, {}, 'kubeconfig-field-invalid', { expected: 'list' }],
  [{}, { exec: 'hunter2' }, 'kubeconfig-field-invalid', { path: 'users[u].user.exec', expected: 'map' }],
  [
    {},
    { 'as-groups': ['a'] },
    'kubeconfig-field-invalid',
    { path: 'users[u].user.as', expected: 'required' },
  ],
  [{}, { 'client-certificate': 'a' }, 'kubeconfig-field-invalid', { path: 'users[u].user.client-key' }],
  [
    {},
    { username: 'hunter2', password: 'hunter2' },
    'kubeconfig-conflict',
    { fields: ['token', 'username'] },
  ],
  [
    {},
    { 'client-certificate': 'a', 'client-certificate-data': 'aGk=', 'client-key': 'k' },
    'kubeconfig-conflict',
    { fields: ['client-certificate', 'client-certificate-data'] },
  ],
  [
    {},
    { exec: { command: 'x' }, 'auth-provider': { name: 'oidc' } },
    'kubeconfig-conflict',
    { fields: ['exec', 'auth-provider'] },
  ],
  [
    { 'certificate-authority': 'a', 'certificate-authority-data': 'aGk=' },
    {},
    'kubeconfig-conflict',
    { path: 'clusters[c].cluster' },
  ],
])('a cluster with %j and a user with %j: %s', async (cluster, user, code, params) => {
  const file = write('refused', config('a', cluster, user));
  const error: unknown = await find({ kubeconfig: file }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, params: { file, ...params } });
  expect(JSON.stringify(error)).not.toContain('hunter2');
});

test('two entries of the same name in one file are refused, as client-go does', async () => {
  const user = { name: 'u', user: {} };
  await expect(find({ kubeconfig: write('twice', { users: [user, user] }) })).rejects.toMatchObject({
    code: 'kubeconfig-field-invalid',
    params: { path: 'users[u].name', expected: 'unique-name' },
  });
});
