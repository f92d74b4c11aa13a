import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { NodeFactsSpec } from '../../kubernetes/node-facts.ts';
import type { SnapshotEvent } from '../snapshot.ts';
import { collectNode } from './collect-node.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function tree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'kubestride-node-'));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, { mode: 0o600 });
  }
  return root;
}

interface Collected {
  readonly events: SnapshotEvent[];
  readonly name: string;
  readonly spec: NodeFactsSpec;
  readonly text: Readonly<Record<string, string>>;
}

async function collected(root: string): Promise<Collected> {
  const events: SnapshotEvent[] = [];
  for await (const event of collectNode({ root, collectedAt: '2026-11-23T11:00:00Z', name: 'given' }))
    events.push(event);
  const facts = events.flatMap((event) => (event.type === 'facts' ? [event.facts] : []))[0]!;
  const files = events.flatMap((event) => (event.type === 'file' ? [event] : []));
  return {
    events,
    name: (facts['metadata'] as { name: string }).name,
    spec: facts['spec'] as unknown as NodeFactsSpec,
    text: Object.fromEntries(files.map(({ path, content }) => [path, Buffer.from(content).toString()])),
  };
}

const API_SERVER = `apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - command:
    - kube-apiserver
    - --audit-policy-file=/etc/policies/audit.yaml
    - --encryption-provider-config=/etc/kubernetes/enc/config.yaml
    - --token-auth-file=/etc/kubernetes/tokens.csv
    - --client-ca-file=/etc/kubernetes/pki/ca.crt
    name: kube-apiserver
    volumeMounts:
    - {mountPath: /etc/policies, name: policies}
  volumes:
  - {name: policies, hostPath: {path: /srv/policies}}
`;

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
- name: here
  cluster:
    server: https://10.0.0.1:6443
    proxy-url: http://me:planted-proxy@proxy.example:3128
users:
- name: admin
  # token: planted-comment
  user:
    token: planted-token
    password: planted-password
    client-key-data: cGxhbnRlZC1rZXk=
    client-certificate-data: Y2VydGlmaWNhdGU=
    auth-provider:
      name: oidc
      config: {client-secret: planted-client-secret, id-token: planted-id, idp-issuer-url: https://id.example}
    exec:
      command: login
      args: [--token, planted-argument, --region=eu]
      env:
      - {name: ACCOUNT, value: planted-env}
contexts: []
`;

const ENCRYPTION = `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - aescbc:
      keys:
      - name: key1
        secret: cGxhbnRlZC1lbmNyeXB0aW9u
      - name: key1
        secret: &again
          cGxhbnRlZC1hZ2Fpbg==
  - identity: {}
`;

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const PRIVATE_KEY = '-----BEGIN EC PRIVATE KEY-----\nplanted-private\n-----END EC PRIVATE KEY-----\n';

const NODE = {
  '/etc/hostname': 'cp-1\n',
  '/etc/os-release': 'NAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n',
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nplanted:planted-hash:1:1::/:\n',
  '/etc/group': 'root:x:0:\n',
  '/etc/kubernetes/manifests/kube-apiserver.yaml': API_SERVER,
  '/etc/kubernetes/admin.conf': KUBECONFIG,
  '/etc/kubernetes/enc/config.yaml': ENCRYPTION,
  '/etc/kubernetes/tokens.csv': 'planted-static,admin,1,system:masters\n',
  '/etc/kubernetes/pki/ca.crt': CERTIFICATE + PRIVATE_KEY,
  '/etc/kubernetes/pki/ca.key': PRIVATE_KEY,
  '/etc/kubernetes/pki/etcd/server.crt': CERTIFICATE,
  '/srv/policies/audit.yaml': 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n',
  '/var/lib/kubelet/config.yaml':
    'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nstaticPodPath: /etc/static\nauthentication:\n  x509:\n    clientCAFile: /etc/kubernetes/pki/ca.crt\n',
  '/etc/kubernetes/secret.yaml':
    'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: s, annotations: {copy: planted-copy}}\n  stringData: {x: planted-secret}\n',
  '/etc/static/etcd.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: etcd}\n',
  '/var/lib/kubelet/pki/kubelet-client-current.pem': CERTIFICATE + PRIVATE_KEY,
  '/etc/rancher/k3s/config.yaml':
    'token: planted-k3s\ndatastore-endpoint: "mysql://k3s:planted-db@tcp(db:3306)/k3s"\nkube-apiserver-arg:\n- audit-log-path=/var/log/audit\n- token=planted-arg\n',
  '/etc/rancher/k3s/registries.yaml':
    'configs:\n  r.example:\n    auth: {username: u, password: planted-registry}\nmirrors:\n  x:\n    endpoint: ["https://u:planted-url@r.example"]\n',
  '/proc/sys/kernel/osrelease': '6.12.0\n',
  '/proc/sys/vm/overcommit_memory': '1\n',
  '/proc/stat': 'cpu 1 2\nbtime 1700000000\n',
  '/proc/41/cmdline':
    'kubelet\0--config=/var/lib/kubelet/config.yaml\0--hostname-override=node-a\0--bootstrap-token\0planted-process\0',
  '/proc/41/status': 'Name:\tkubelet\nUid:\t0\t0\t0\t0\n',
  '/proc/41/stat': `41 (ku) be) S ${'0 '.repeat(18)}12345 0 0\n`,
  '/proc/42/cmdline': 'nginx\0-g\0planted-other',
  '/proc/42/status': 'Uid:\t33\t33\t33\t33\n',
} as const;

describe('collectNode', () => {
  test('reads what Kubernetes runs with, and what its programs name', async () => {
    const { events, name, spec, text } = await collected(tree(NODE));
    expect(events[0]).toEqual({
      type: 'source',
      source: { kind: 'node', collectedAt: '2026-11-23T11:00:00Z' },
    });
    expect(name).toBe('node-a');
    expect(spec).toMatchObject({
      hostname: 'cp-1',
      os: { ID: 'debian', VERSION_ID: '13', NAME: 'Debian GNU/Linux' },
      kernel: { release: '6.12.0' },
      sysctls: { 'vm.overcommit_memory': '1' },
      notRead: [],
    });
    expect(spec.processes).toEqual([
      {
        name: 'kubelet',
        pid: 41,
        uid: 0,
        user: 'root',
        startedAt: '2023-11-14T22:15:23.000Z',
        args: [
          'kubelet',
          '--config=/var/lib/kubelet/config.yaml',
          '--hostname-override=node-a',
          '--bootstrap-token',
          'REDACTED',
        ],
      },
    ]);
    expect(Object.keys(text)).toEqual([
      '/etc/kubernetes/admin.conf',
      '/etc/kubernetes/enc/config.yaml',
      '/etc/kubernetes/manifests/kube-apiserver.yaml',
      '/etc/kubernetes/pki/ca.crt',
      '/etc/kubernetes/pki/etcd/server.crt',
      '/etc/kubernetes/secret.yaml',
      '/etc/rancher/k3s/config.yaml',
      '/etc/rancher/k3s/registries.yaml',
      '/etc/static/etcd.yaml',
      '/srv/policies/audit.yaml',
      '/var/lib/kubelet/config.yaml',
      '/var/lib/kubelet/pki/kubelet-client-current.pem',
    ]);
    // What holds no secret is as on the node.
    expect(text['/etc/kubernetes/manifests/kube-apiserver.yaml']).toBe(API_SERVER);
    expect(text['/var/lib/kubelet/pki/kubelet-client-current.pem']).toBe(CERTIFICATE);
  });

  test('shows no secret that stands in any of the files or on a command line', async () => {
    const { events } = await collected(tree(NODE));
    const shown = JSON.stringify(
      events.map((event) => (event.type === 'file' ? Buffer.from(event.content).toString() : event)),
    );
    const planted = [...JSON.stringify(NODE).matchAll(/planted-[a-z0-9]+(?:-[a-z0-9]+)*/g)].map(
      ([word]) => word,
    );
    expect(planted.length).toBeGreaterThan(15);
    for (const secret of [...planted, 'cGxhbnRlZC']) expect(shown).not.toContain(secret);
  });

  test('keeps what is no secret, each field on its line', async () => {
    const { text } = await collected(tree(NODE));
    const lines = (path: keyof typeof NODE) => [NODE[path].split('\n'), text[path]!.split('\n')] as const;
    for (const [path, fields] of [
      [
        '/etc/kubernetes/admin.conf',
        ['"server": "https://10.0.0.1:6443"', '"client-certificate-data"', '"exec"', '"token": "REDACTED"'],
      ],
      ['/etc/kubernetes/enc/config.yaml', ['"aescbc"', '"identity"', '"secret"']],
      [
        '/etc/rancher/k3s/config.yaml',
        ['"token"', '"datastore-endpoint"', '"kube-apiserver-arg"', '"audit-log-path=/var/log/audit"'],
      ],
    ] as const) {
      const [before, after] = lines(path);
      for (const field of fields) {
        const at = after.findIndex((line) => line.includes(field));
        const plain = field.split(':', 1)[0]!.replaceAll('"', '');
        expect(before[at], `${path}: ${field}`).toContain(plain);
      }
    }
    expect(text['/etc/kubernetes/admin.conf']).toContain('--region=eu');
    expect(text['/etc/kubernetes/admin.conf']).toContain('https://id.example');
  });

  test('says of each file who owns it and who may use it, and of a stated one that it is not there', async () => {
    const root = tree({
      ...NODE,
      '/proc/41/cmdline': 'kubelet\0--tls-private-key-file=/var/lib/kubelet/pki/gone.key\0',
    });
    chmodSync(join(root, '/etc/kubernetes/pki/ca.key'), 0o644);
    symlinkSync('admin.conf', join(root, '/etc/kubernetes/super-admin.conf'));
    const { spec } = await collected(root);
    const file = (path: string) => spec.files.find((each) => each.path === path);
    const own = { uid: process.getuid!(), gid: process.getgid!() };
    expect(file('/etc/kubernetes/pki/ca.key')).toMatchObject({
      type: 'file',
      mode: '0644',
      size: PRIVATE_KEY.length,
      ...own,
    });
    expect(file('/etc/kubernetes/tokens.csv')).toMatchObject({ type: 'file', mode: '0600' });
    expect(file('/etc/kubernetes/super-admin.conf')).toMatchObject({ type: 'link', target: 'admin.conf' });
    expect(file('/etc/kubernetes/pki/etcd')).toMatchObject({ type: 'directory' });
    expect(file('/var/lib/kubelet/pki/gone.key')).toEqual({
      path: '/var/lib/kubelet/pki/gone.key',
      type: 'absent',
    });
  });

  test('follows links as the node does, and never out of it', async () => {
    const outside = tree({ '/planted.yaml': API_SERVER });
    const root = tree({ '/real/kube-scheduler.yaml': API_SERVER, '/etc/kubernetes/x': '' });
    symlinkSync('/real', join(root, '/etc/kubernetes/manifests'));
    symlinkSync(join(outside, 'planted.yaml'), join(root, '/real/absolute.yaml'));
    symlinkSync(`${'../'.repeat(30)}${outside.slice(1)}/planted.yaml`, join(root, '/real/relative.yaml'));
    symlinkSync('loop.yaml', join(root, '/real/loop.yaml'));
    const { text, spec } = await collected(root);
    expect(Object.keys(text)).toEqual(['/etc/kubernetes/manifests/kube-scheduler.yaml']);
    expect(spec.notRead).toEqual([
      { path: '/etc/kubernetes/manifests/absolute.yaml', reason: 'not-a-file' },
      { path: '/etc/kubernetes/manifests/loop.yaml', reason: 'refused', detail: 'ELOOP' },
      { path: '/etc/kubernetes/manifests/relative.yaml', reason: 'not-a-file' },
    ]);
  });

  test('names what it did not read: too large, not understood, a pipe that nobody writes to', async () => {
    const root = tree({
      '/etc/kubernetes/manifests/large.yaml': `a: ${'x'.repeat(5 << 20)}\n`,
      '/etc/kubernetes/manifests/broken.yaml': 'a: [\n',
      '/etc/kubernetes/manifests/tokens.yaml': 'planted-text\n',
    });
    execFileSync('mkfifo', [join(root, '/etc/kubernetes/manifests/pipe.yaml')]);
    const { spec, text } = await collected(root);
    expect(text).toEqual({});
    expect(spec.notRead).toEqual([
      { path: '/etc/kubernetes/manifests/broken.yaml', reason: 'not-understood' },
      { path: '/etc/kubernetes/manifests/large.yaml', reason: 'too-large' },
      { path: '/etc/kubernetes/manifests/tokens.yaml', reason: 'not-understood' },
    ]);
    expect(spec.files).toContainEqual(
      expect.objectContaining({ path: '/etc/kubernetes/manifests/pipe.yaml', type: 'other' }),
    );
    expect(spec.processes).toBeUndefined();
  });

  test('of an empty root tells nothing but its name', async () => {
    const { name, spec, events } = await collected(tree({}));
    expect(name).toBe('given');
    expect(spec).toMatchObject({ os: {}, kernel: {}, sysctls: {}, files: [], notRead: [] });
    expect(events).toHaveLength(2);
  });

  test('of a machine without Kubernetes tells what it runs on', async () => {
    const { spec } = await collected('/');
    expect(spec.kernel.release).toMatch(/^\d+\.\d+/);
    expect(Array.isArray(spec.processes)).toBe(true);
  });
});

describe('what witnesses on the node', () => {
  const HOUR_AGO = new Date('2026-11-23T10:00:00Z');

  test('traces of time services, by the paths of their configuration and of distributions', async () => {
    const root = tree({
      '/run/systemd/timesync/synchronized': '',
      '/etc/chrony/chrony.conf':
        '# driftfile /planted\npool ntp.example iburst\ndriftfile /srv/chrony/drift\n',
      '/srv/chrony/drift': '1.0 0.1\n',
      '/var/lib/ntpsec/ntp.drift': '1.0\n',
    });
    for (const path of ['/run/systemd/timesync/synchronized', '/srv/chrony/drift']) {
      utimesSync(join(root, path), HOUR_AGO, HOUR_AGO);
    }
    const { spec } = await collected(root);
    const at = HOUR_AGO.toISOString();
    expect(spec.clock).toEqual([
      { service: 'systemd-timesyncd', path: '/run/systemd/timesync/synchronized', at },
      { service: 'chronyd', path: '/srv/chrony/drift', at },
      { service: 'ntpd', path: '/var/lib/ntpsec/ntp.drift', at: expect.any(String) },
    ]);
    expect(spec.notRead).toEqual([]);
  });

  test('a service that has its folder and never set the clock, and a link that leads round', async () => {
    const root = tree({ '/run/systemd/timesync/other': '', '/var/lib/chrony/other': '' });
    symlinkSync('drift', join(root, '/var/lib/chrony/drift'));
    const { spec } = await collected(root);
    expect(spec.clock).toEqual([
      { service: 'systemd-timesyncd', path: '/run/systemd/timesync/synchronized' },
    ]);
    expect(spec.notRead).toEqual([{ path: '/var/lib/chrony/drift', reason: 'refused', detail: 'ELOOP' }]);
  });

  test.each([
    ['-a always,exit -F arch=b64 -S execve -F auid>=1000 -k commands', true],
    ['-a exit,always -F arch=b32 -S fork,execveat,clone', true],
    ['-a always,exit -S all -F uid=0', true],
    ['  -a always,exit -Sexecve', true],
    ['# -a always,exit -S execve', false],
    ['-a never,exit -S execve', false],
    ['-a always,exit -S execve_not', false],
    ['-w /etc/passwd -p wa -k execve', false],
  ])('audit rule "%s" records commands: %s', async (rule, execve) => {
    const { spec } = await collected(tree({ '/etc/audit/rules.d/50.rules': `-D\n${rule}\n` }));
    expect(spec.auditRules).toEqual([{ path: '/etc/audit/rules.d/50.rules', execve }]);
  });

  test('programs, beside those of Kubernetes', async () => {
    const program = (pid: number, line: string) => ({
      [`/proc/${pid}/cmdline`]: `${line.replaceAll(' ', '\0')}\0`,
      [`/proc/${pid}/status`]: 'Uid:\t0\t0\t0\t0\n',
    });
    const { spec } = await collected(
      tree({
        ...program(7, '/usr/sbin/chronyd -F 1'),
        ...program(8, '/sbin/auditd'),
        ...program(9, 'auditd-tool'),
        ...program(10, '/usr/lib/systemd/systemd-timesyncd'),
      }),
    );
    expect(spec.processes?.map(({ name }) => name)).toEqual(['chronyd', 'auditd', 'systemd-timesyncd']);
  });
});
