import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** The worlds of the meshes' own documentation, asked of the built command. */
const folder = mkdtempSync(join(tmpdir(), 'kubestride-mesh-'));
const command = join(import.meta.dirname, '../bin/kubestride.js');

function network(line: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'network', ...line.split(' ')], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C' },
  });
  return { status, stdout, stderr };
}

const namespace = (name: string, labels: string, annotations = ''): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: {${labels}}, annotations: {${annotations}} }`;
const deployment = (where: string, name: string, account: string, port: number, labels = ''): string =>
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${where} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name}${labels} } }
    spec: { serviceAccountName: ${account}, containers: [{ name: main, image: main, ports: [{ containerPort: ${port}, name: port-${port} }] }] }`;
const file = (name: string, ...parts: string[]) =>
  writeFileSync(join(folder, name), `${parts.join('\n---\n')}\n`);

beforeAll(() => {
  // https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/
  file(
    'migration.yaml',
    namespace('foo', 'istio-injection: enabled'),
    namespace('bar', 'istio-injection: enabled'),
    namespace('legacy', ''),
    deployment('foo', 'httpbin', 'httpbin', 8080),
    deployment('bar', 'httpbin', 'httpbin', 8080),
    deployment('foo', 'curl', 'curl', 80),
    deployment('bar', 'curl', 'curl', 80),
    deployment('legacy', 'curl', 'curl', 80),
  );
  file(
    'strict-foo.yaml',
    'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: default\n  namespace: foo\nspec:\n  mtls:\n    mode: STRICT',
  );
  file(
    'strict-mesh.yaml',
    'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: default\n  namespace: istio-system\nspec:\n  mtls:\n    mode: STRICT',
  );
  const way = (where: string) =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: curl, namespace: ${where} }\nspec: { type: LoadBalancer, externalTrafficPolicy: Local, selector: { app: curl }, ports: [{ port: 80 }] }`;
  file('way.yaml', way('foo'), way('legacy'));
  for (const state of ['before', 'after']) {
    mkdirSync(join(folder, state));
    cpSync(join(folder, 'migration.yaml'), join(folder, state, 'migration.yaml'));
  }
  cpSync(join(folder, 'strict-mesh.yaml'), join(folder, 'after/strict-mesh.yaml'));
  // https://istio.io/latest/docs/tasks/security/authorization/authz-tcp/
  file(
    'tcp.yaml',
    namespace('foo', 'istio-injection: enabled'),
    deployment('foo', 'tcp-echo', 'default', 9000),
    deployment('foo', 'curl', 'curl', 80),
    'apiVersion: v1\nkind: Service\nmetadata: { name: tcp-echo, namespace: foo }\nspec: { selector: { app: tcp-echo }, ports: [{ name: tcp, port: 9000 }, { name: tcp-other, port: 9001 }] }',
  );
  const tcpPolicy = (action: string, methods: string) =>
    `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: tcp-policy, namespace: foo }
spec:
  selector: { matchLabels: { app: tcp-echo } }
  action: ${action}
  rules:
  - to:
    - operation:
        ${methods}ports: ["9000", "9001"]`;
  file('tcp-allow.yaml', tcpPolicy('ALLOW', ''));
  file('tcp-allow-get.yaml', tcpPolicy('ALLOW', 'methods: ["GET"]\n        '));
  file(
    'tcp-deny-get.yaml',
    tcpPolicy('DENY', 'methods: ["GET"]\n        ').replace('"9000", "9001"', '"9000"'),
  );
  // https://istio.io/latest/docs/ambient/getting-started/enforce-auth-policies/
  file(
    'ambient.yaml',
    namespace('default', 'istio.io/dataplane-mode: ambient'),
    deployment('default', 'productpage', 'bookinfo-productpage', 9080),
    deployment(
      'default',
      'gateway',
      'bookinfo-gateway-istio',
      80,
      ', gateway.networking.k8s.io/gateway-name: bookinfo-gateway',
    ),
    deployment('default', 'curl', 'curl', 80),
    `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: productpage-ztunnel, namespace: default }
spec:
  selector: { matchLabels: { app: productpage } }
  action: ALLOW
  rules:
  - from:
    - source:
        principals:
        - cluster.local/ns/default/sa/bookinfo-gateway-istio`,
  );
  // https://linkerd.io/2/tasks/restricting-access/
  file(
    'emojivoto.yaml',
    namespace('emojivoto', '', 'linkerd.io/inject: enabled'),
    deployment('emojivoto', 'voting', 'voting', 8080),
    deployment('emojivoto', 'web', 'web', 8080),
    deployment('emojivoto', 'emoji', 'emoji', 8080),
    `apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: voting-grpc, namespace: emojivoto }
spec:
  podSelector: { matchLabels: { app: voting } }
  port: port-8080
  proxyProtocol: gRPC`,
  );
  file(
    'voting.yaml',
    `apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
metadata: { name: voting-grpc, namespace: emojivoto }
spec:
  targetRef: { group: policy.linkerd.io, kind: Server, name: voting-grpc }
  requiredAuthenticationRefs:
  - { name: voting-grpc, kind: MeshTLSAuthentication, group: policy.linkerd.io }`,
    `apiVersion: policy.linkerd.io/v1alpha1
kind: MeshTLSAuthentication
metadata: { name: voting-grpc, namespace: emojivoto }
spec:
  identities: ["web.emojivoto.serviceaccount.identity.linkerd.cluster.local"]`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const answer = (question: string) => network(`query ${question}`).stdout.split('\n')[0];

test('migration to mutual TLS, as the task of Istio goes through it', () => {
  const pairs = ['foo', 'bar', 'legacy'].flatMap((from) =>
    ['foo', 'bar'].map((to) => `${from}/curl ${to}/httpbin 8080`),
  );
  const answers = (files: string) => pairs.map((pair) => answer(`${pair} ${files}`));
  expect(answers('migration.yaml')).toEqual(Array(6).fill('yes'));
  expect(answers('migration.yaml strict-foo.yaml')).toEqual(['yes', 'yes', 'yes', 'yes', 'no', 'yes']);
  expect(answers('migration.yaml strict-mesh.yaml')).toEqual(['yes', 'yes', 'yes', 'yes', 'no', 'no']);
});

test('what refuses is named with its line', () => {
  const { status, stdout } = network('query legacy/curl foo/httpbin 8080 migration.yaml strict-foo.yaml');
  expect(status).toBe(1);
  expect(stdout).toContain('denied by PeerAuthentication foo/default spec.mtls.mode (strict-foo.yaml:8');
  const json = network('query legacy/curl foo/httpbin 8080 migration.yaml strict-foo.yaml -o json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    allowed: false,
    because: [
      { direction: 'egress', effect: 'not-isolated' },
      { direction: 'ingress', effect: 'not-isolated' },
      { effect: 'denied', policy: 'PeerAuthentication foo/default', rule: 'spec.mtls.mode' },
    ],
  });
});

test('TCP, as the task of Istio goes through it', () => {
  const at = (files: string) =>
    [9000, 9001, 9002].map((port) => answer(`foo/curl foo/tcp-echo ${port} tcp.yaml ${files}`));
  expect(at('tcp-allow.yaml')).toEqual(['yes', 'yes', 'no']);
  expect(at('tcp-allow-get.yaml')).toEqual(['no', 'no', 'no']);
  expect(at('tcp-deny-get.yaml')).toEqual(['no', 'yes', 'yes']);
  const { stdout } = network('query foo/curl foo/tcp-echo 9002 tcp.yaml tcp-allow.yaml');
  expect(stdout).toContain('isolated by AuthorizationPolicy foo/tcp-policy');
});

test('ambient mode, as the guide of Istio goes through it', () => {
  expect(answer('default/gateway default/productpage 9080 ambient.yaml')).toBe('yes');
  expect(answer('default/curl default/productpage 9080 ambient.yaml')).toBe('no');
});

test('restricting access, as the task of Linkerd goes through it', () => {
  const from = (files: string) =>
    ['web', 'emoji'].map((name) => answer(`emojivoto/${name} emojivoto/voting 8080 ${files}`));
  expect(from('emojivoto.yaml')).toEqual(['no', 'no']);
  expect(from('emojivoto.yaml voting.yaml')).toEqual(['yes', 'no']);
  const { stdout } = network('query emojivoto/emoji emojivoto/voting 8080 emojivoto.yaml voting.yaml');
  expect(stdout).toContain('isolated by Server emojivoto/voting-grpc');
});

test('connections, differences and exposure', () => {
  const { stdout } = network('connections migration.yaml strict-mesh.yaml -o json');
  const { connections } = JSON.parse(stdout) as {
    connections: { from: object; to: object; ports: object[] }[];
  };
  const between = (from: object, to: object) =>
    connections.find((each) => JSON.stringify([each.from, each.to]) === JSON.stringify([from, to]))?.ports;
  const end = (where: string, name: string) => ({ namespace: where, kind: 'Deployment', name });
  expect(between(end('foo', 'curl'), end('foo', 'httpbin'))).toEqual([
    { protocol: 'TCP', from: 1, to: 65_535 },
    { protocol: 'UDP', from: 1, to: 65_535 },
    { protocol: 'SCTP', from: 1, to: 65_535 },
  ]);
  // The sidecar's own ports, and what no mesh sees.
  expect(between(end('legacy', 'curl'), end('foo', 'httpbin'))).toEqual([
    { protocol: 'TCP', from: 15_020, to: 15_021 },
    { protocol: 'TCP', from: 15_090, to: 15_090 },
    { protocol: 'UDP', from: 1, to: 65_535 },
    { protocol: 'SCTP', from: 1, to: 65_535 },
  ]);
  const { status, stdout: changes } = network('diff before after -o json');
  expect(status).toBe(0);
  const found = JSON.parse(changes) as {
    changes: { from: { namespace?: string }; granted: object[]; revoked: object[] }[];
  };
  expect(found.changes.flatMap(({ granted }) => granted)).toEqual([]);
  // Whoever has no identity of the mesh is stopped: the old pods, and what is outside of the cluster.
  const stopped = found.changes.filter(({ revoked }) => revoked.length > 0);
  expect(new Set(stopped.map(({ from }) => from.namespace))).toEqual(new Set(['legacy', undefined]));
});

test('exposure behind mutual TLS', () => {
  const { stdout } = network('exposure migration.yaml strict-mesh.yaml way.yaml -o json');
  const { exposure } = JSON.parse(stdout) as { exposure: Record<string, { ports: object[] }>[] };
  const of = (where: string, name: string) =>
    exposure.find((each) => each['namespace'] === (where as unknown) && each['name'] === (name as unknown))!;
  expect(of('legacy', 'curl')['internet']!.ports).toEqual([{ protocol: 'TCP', from: 80, to: 80 }]);
  expect(of('foo', 'curl')['internet']!.ports).toEqual([]);
});
