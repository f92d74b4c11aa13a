import { expect, test } from 'vitest';
import { MeshWorld, namespace, pod } from './test-world.ts';

const FOO = [
  namespace('foo', 'istio-injection: enabled'),
  namespace('legacy'),
  pod('foo/finance'),
  pod('foo/web'),
  pod('legacy/sleep'),
].join('\n---\n');

const peers = (name: string, where: string, spec: string, created = ''): string =>
  `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: ${name}, namespace: ${where}${created === '' ? '' : `, creationTimestamp: "${created}"`} }
spec: ${spec}`;

// The examples of istio.io/api security/v1beta1/peer_authentication.proto, in their order.
test('a namespace demands mutual TLS', () => {
  const world = new MeshWorld(FOO, peers('default', 'foo', '{ mtls: { mode: STRICT } }'));
  expect(world.mode('foo/web')).toBe('strict');
  expect(world.mode('legacy/sleep')).toBe('none');
  expect(world.passes('foo/finance', 'foo/web', 8080)).toBe('yes');
  expect(world.passes('legacy/sleep', 'foo/web', 8080)).toBe('no');
  expect(world.passes('8.8.8.8', 'foo/web', 8080)).toBe('no');
  expect(world.passes('foo/web', 'legacy/sleep', 8080)).toBe('yes');
});

test('one workload demands it in a namespace that does not', () => {
  const world = new MeshWorld(
    FOO,
    peers('default', 'foo', '{ mtls: { mode: PERMISSIVE } }'),
    peers('finance', 'foo', '{ selector: { matchLabels: { app: finance } }, mtls: { mode: STRICT } }'),
  );
  expect([world.mode('foo/finance'), world.mode('foo/web')]).toEqual(['strict', 'permissive']);
  expect(world.passes('legacy/sleep', 'foo/finance', 8080)).toBe('no');
  expect(world.passes('legacy/sleep', 'foo/web', 8080)).toBe('yes');
});

test('a port of a strict workload stays in plaintext', () => {
  const finance =
    '{ selector: { matchLabels: { app: finance } }, mtls: { mode: STRICT }, portLevelMtls: { 8080: { mode: DISABLE } } }';
  const world = new MeshWorld(FOO, peers('default', 'foo', finance));
  expect([world.mode('foo/finance'), world.mode('foo/finance', 8080)]).toEqual(['strict', 'disabled']);
  expect(world.passes('legacy/sleep', 'foo/finance', 8080)).toBe('yes');
  expect(world.passes('legacy/sleep', 'foo/finance', 8081)).toBe('no');
});

test('a workload inherits the mode for all ports but one', () => {
  const finance =
    '{ selector: { matchLabels: { app: finance } }, mtls: { mode: UNSET }, portLevelMtls: { 8080: { mode: DISABLE } } }';
  const world = new MeshWorld(
    FOO,
    peers('default', 'istio-system', '{ mtls: { mode: STRICT } }'),
    peers('finance', 'foo', finance),
  );
  expect([world.mode('foo/finance'), world.mode('foo/finance', 8080)]).toEqual(['strict', 'disabled']);
});

// pilot/pkg/security/authn/policy_applier_test.go, TestComposePeerAuthentication.
test('the root namespace speaks for the mesh, and not by selectors', () => {
  const root = (spec: string) => new MeshWorld(FOO, peers('root', 'istio-system', spec)).mode('foo/finance');
  expect(root('{ mtls: { mode: STRICT } }')).toBe('strict');
  expect(root('{ mtls: { mode: UNSET } }')).toBe('permissive');
  expect(root('{ selector: { matchLabels: { app: finance } }, mtls: { mode: STRICT } }')).toBe('permissive');
  expect(root('{ selector: { matchLabels: {} }, mtls: { mode: DISABLE } }')).toBe('disabled');
});

test('ports without a selector are passed over, and another root namespace counts where MeshConfig names it', () => {
  const ported = '{ mtls: { mode: STRICT }, portLevelMtls: { 8080: { mode: DISABLE } } }';
  expect(new MeshWorld(FOO, peers('default', 'foo', ported)).mode('foo/web', 8080)).toBe('strict');
  const config = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata:\n  mesh: |-\n    rootNamespace: mesh-root`;
  const strict = '{ mtls: { mode: STRICT } }';
  expect(new MeshWorld(FOO, config, peers('default', 'istio-system', strict)).mode('foo/web')).toBe(
    'permissive',
  );
  expect(new MeshWorld(FOO, config, peers('default', 'mesh-root', strict)).mode('foo/web')).toBe('strict');
});

test('the oldest policy counts, and it is unknown which one that is in manifests', () => {
  const at = (strict: string, permissive: string) =>
    new MeshWorld(
      FOO,
      peers('a', 'foo', '{ mtls: { mode: PERMISSIVE } }', permissive),
      peers('b', 'foo', '{ mtls: { mode: STRICT } }', strict),
    );
  expect(at('2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z').mode('foo/web')).toBe('strict');
  expect(at('2022-01-01T00:00:00Z', '2021-01-01T00:00:00Z').mode('foo/web')).toBe('permissive');
  const unknown = at('', '');
  expect(unknown.mode('foo/web')).toBe('unknown');
  expect(unknown.passes('legacy/sleep', 'foo/web', 8080)).toBe('unknown');
  expect(unknown.passes('foo/finance', 'foo/web', 8080)).toBe('yes');
});

// istio.io/api security/v1beta1/peer_authentication.proto: "DISABLE mode is not supported" in ambient mode.
test('ambient mode takes plaintext unless it is told not to', () => {
  const ambient = [
    namespace('foo', 'istio.io/dataplane-mode: ambient'),
    namespace('legacy'),
    pod('foo/web'),
    pod('foo/finance'),
    pod('foo/out', 'istio.io/dataplane-mode: none'),
    pod('legacy/sleep'),
    pod('legacy/agent', '', '', 'hostNetwork: true'),
  ].join('\n---\n');
  const of = (mode: string) => new MeshWorld(ambient, peers('default', 'foo', `{ mtls: { mode: ${mode} } }`));
  expect(of('DISABLE').mode('foo/web')).toBe('permissive');
  const strict = of('STRICT');
  expect([strict.mode('foo/web'), strict.mode('foo/out')]).toEqual(['strict', 'none']);
  expect(strict.passes('foo/finance', 'foo/web', 8080)).toBe('yes');
  expect(strict.passes('foo/out', 'foo/web', 8080)).toBe('no');
  expect(strict.passes('legacy/sleep', 'foo/web', 8080)).toBe('no');
  // The kubelet of the node gets through.
  expect(strict.passes('legacy/agent', 'foo/web', 8080)).toBe('unknown');
});

test('what goes past the sidecar is not looked at', () => {
  const world = new MeshWorld(
    FOO,
    pod('foo/db', '', "traffic.sidecar.istio.io/excludeInboundPorts: '8080,9000-9010'"),
    peers('default', 'foo', '{ mtls: { mode: STRICT } }'),
  );
  expect([8080, 9005, 15_021, 9011].map((port) => world.passes('legacy/sleep', 'foo/db', port))).toEqual([
    'yes',
    'yes',
    'yes',
    'no',
  ]);
  expect(world.mode('foo/db', 8080)).toBe('none');
});

// https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings-TLSmode
test('clients that are told to speak otherwise may not get through', () => {
  const service = `apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: foo }\nspec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }`;
  const rule = (mode: string, host = 'web') =>
    `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: web, namespace: foo }\nspec: { host: ${host}, trafficPolicy: { tls: { mode: ${mode} } } }`;
  const asked = (mode: string, peer: string, host?: string) =>
    new MeshWorld(
      FOO,
      service,
      rule(mode, host),
      peers('default', 'foo', `{ mtls: { mode: ${peer} } }`),
    ).passes('foo/finance', 'foo/web', 8080);
  expect(asked('DISABLE', 'STRICT')).toBe('unknown');
  expect(asked('SIMPLE', 'STRICT', "'*.foo.svc.cluster.local'")).toBe('unknown');
  expect(asked('DISABLE', 'STRICT', 'other')).toBe('yes');
  expect(asked('ISTIO_MUTUAL', 'STRICT')).toBe('yes');
  expect(asked('ISTIO_MUTUAL', 'DISABLE')).toBe('unknown');
  expect(asked('DISABLE', 'PERMISSIVE')).toBe('yes');
});
