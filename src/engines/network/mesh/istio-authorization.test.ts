import { expect, test } from 'vitest';
import { MeshWorld, namespace, pod } from './test-world.ts';

const WORLD = [
  namespace('foo', 'istio-injection: enabled'),
  namespace('bar', 'istio-injection: enabled'),
  namespace('legacy'),
  pod('foo/httpbin', 'version: v1'),
  pod('foo/sleep'),
  pod('bar/sleep'),
  pod('bar/web'),
  pod('legacy/sleep'),
].join('\n---\n');

const policy = (where: string, spec: string, annotations = ''): string =>
  `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: policy, namespace: ${where}, annotations: {${annotations}} }
spec: ${spec}`;

const SELECTOR = 'selector: { matchLabels: { app: httpbin } }';
const CLIENTS = ['foo/sleep', 'bar/sleep', 'legacy/sleep'];
const asked = (manifests: string[], port = 8080, to = 'foo/httpbin') => {
  const world = new MeshWorld(WORLD, ...manifests);
  return CLIENTS.map((from) => world.passes(from, to, port)).join(' ');
};
const by = (...rules: string[]) => asked([policy('foo', `{ ${SELECTOR}, rules: [${rules.join(', ')}] }`)]);
const denied = (...rules: string[]) =>
  asked([policy('foo', `{ ${SELECTOR}, action: DENY, rules: [${rules.join(', ')}] }`)]);

// istio.io/api security/v1beta1/authorization_policy.proto, the examples of "allow-nothing", "allow-all" and "deny-all".
test('nothing, everything, and all namespaces from the root namespace', () => {
  expect(asked([policy('foo', '{}')])).toBe('no no no');
  expect(asked([policy('foo', '{ rules: [{}] }')])).toBe('yes yes yes');
  expect(asked([policy('foo', '{ action: DENY, rules: [{}] }')])).toBe('no no no');
  expect(asked([policy('foo', '{ action: DENY }')])).toBe('yes yes yes');
  expect(asked([policy('bar', '{}')])).toBe('yes yes yes');
  expect(asked([policy('istio-system', '{}')])).toBe('no no no');
  expect(asked([policy('istio-system', '{ selector: { matchLabels: { version: v1 } } }')])).toBe('no no no');
  expect(
    asked([policy('istio-system', '{ selector: { matchLabels: { version: v1 } } }')], 80, 'bar/web'),
  ).toBe('yes yes yes');
});

// https://istio.io/latest/docs/concepts/security/#authorization-policies
test('identities by service account, principal and namespace', () => {
  expect(by('{ from: [{ source: { principals: [cluster.local/ns/foo/sa/sleep] } }] }')).toBe('yes no no');
  expect(by('{ from: [{ source: { principals: ["*/ns/bar/sa/sleep"] } }] }')).toBe('no yes no');
  expect(by('{ from: [{ source: { principals: ["*"] } }] }')).toBe('yes yes no');
  expect(by('{ from: [{ source: { principals: ["cluster.local/ns/foo/*"] } }] }')).toBe('yes no no');
  expect(by('{ from: [{ source: { notPrincipals: ["*"] } }] }')).toBe('no no yes');
  expect(by('{ from: [{ source: { namespaces: [foo, bar] } }] }')).toBe('yes yes no');
  expect(by('{ from: [{ source: { namespaces: ["b*"] } }] }')).toBe('no yes no');
  expect(by('{ from: [{ source: { notNamespaces: [foo] } }] }')).toBe('no yes yes');
  expect(by('{ from: [{ source: { serviceAccounts: [sleep] } }] }')).toBe('yes no no');
  expect(by('{ from: [{ source: { serviceAccounts: [bar/sleep] } }] }')).toBe('no yes no');
  expect(denied('{ from: [{ source: { notPrincipals: ["*"] } }] }')).toBe('yes yes no');
  expect(denied('{ from: [{ source: { notNamespaces: [foo] } }] }')).toBe('yes no no');
});

test('sources and operations are alternatives, their fields and conditions are not', () => {
  const foo = '{ source: { namespaces: [foo] } }';
  const bar = '{ source: { namespaces: [bar] } }';
  expect(by(`{ from: [${foo}, ${bar}] }`)).toBe('yes yes no');
  expect(by(`{ from: [${foo}], to: [{ operation: { ports: ["80"] } }] }`)).toBe('no no no');
  expect(
    by(`{ from: [${foo}], to: [{ operation: { ports: ["80"] } }, { operation: { notPorts: ["81"] } }] }`),
  ).toBe('yes no no');
  expect(
    by('{ when: [{ key: source.namespace, values: [foo] }, { key: destination.port, values: ["8080"] }] }'),
  ).toBe('yes no no');
  expect(by('{ when: [{ key: source.principal, notValues: [cluster.local/ns/foo/sa/sleep] }] }')).toBe(
    'no yes yes',
  );
  expect(by('{ when: [{ key: connection.sni, values: [a] }] }')).toBe('unknown unknown unknown');
});

test('what denies comes first, and what is on trial or audits counts for nothing', () => {
  const allow = policy('foo', '{ rules: [{}] }');
  expect(
    asked([allow, policy('foo', '{ action: DENY, rules: [{ from: [{ source: { namespaces: [bar] } }] }] }')]),
  ).toBe('yes no yes');
  expect(asked([policy('foo', '{ action: AUDIT, rules: [{}] }')])).toBe('yes yes yes');
  expect(asked([policy('foo', '{}', "istio.io/dry-run: 'true'")])).toBe('yes yes yes');
  const custom =
    '{ action: CUSTOM, provider: { name: x }, rules: [{ from: [{ source: { namespaces: [bar] } }] }] }';
  expect(asked([policy('foo', custom)])).toBe('yes unknown yes');
  expect(asked([policy('foo', custom), policy('foo', '{ action: DENY, rules: [{}] }')])).toBe('no no no');
});

test('policies for waypoints and gateways are not for other pods', () => {
  const target = 'targetRefs: [{ kind: Service, group: "", name: httpbin }]';
  expect(asked([policy('foo', `{ ${target} }`)])).toBe('yes yes yes');
});

// https://istio.io/latest/docs/tasks/security/authorization/authz-tcp/
test('attributes of HTTP at a port of TCP, and at one of which that is not known', () => {
  const service = (name: string) =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: httpbin, namespace: foo }\nspec: { selector: { app: httpbin }, ports: [{ name: ${name}, port: 80, targetPort: http }] }`;
  const get = '{ to: [{ operation: { methods: [GET], ports: ["8080"] } }] }';
  const with_ = (action: string, name: string) =>
    asked([service(name), policy('foo', `{ ${SELECTOR}, action: ${action}, rules: [${get}] }`)]);
  expect(with_('ALLOW', 'tcp-data')).toBe('no no no');
  expect(with_('DENY', 'tcp-data')).toBe('no no no');
  expect(with_('ALLOW', 'http-data')).toBe('unknown unknown unknown');
  expect(with_('DENY', 'data')).toBe('unknown unknown unknown');
  const elsewhere = policy('foo', `{ ${SELECTOR}, action: DENY, rules: [${get}] }`);
  expect(asked([service('data'), elsewhere], 81)).toBe('yes yes yes');
});

test('addresses are known of pods that run, and of what is outside', () => {
  const blocks = (where: string) => `{ from: [{ source: { ipBlocks: [${where}] } }] }`;
  expect(by(blocks('10.0.0.0/8'))).toBe('unknown unknown unknown');
  const world = new MeshWorld(WORLD, policy('foo', `{ rules: [${blocks('203.0.113.0/24, 198.51.100.7')}] }`));
  const from = (address: string) => world.passes(address, 'foo/httpbin', 8080);
  expect([from('203.0.113.9'), from('198.51.100.7'), from('198.51.100.8')]).toEqual(['yes', 'yes', 'no']);
});

// pilot/pkg/security/trustdomain/bundle.go, ReplaceTrustDomainAliases.
test('cluster.local stands for whatever trust domain the mesh has', () => {
  const config = (more: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata:\n  mesh: '{ trustDomain: td2${more} }'`;
  const principal = (domain: string) =>
    policy('foo', `{ rules: [{ from: [{ source: { principals: [${domain}/ns/foo/sa/sleep] } }] }] }`);
  expect(asked([config(''), principal('cluster.local')])).toBe('yes no no');
  expect(asked([config(''), principal('td2')])).toBe('yes no no');
  expect(asked([config(''), principal('td1')])).toBe('no no no');
  expect(asked([config(', trustDomainAliases: [td1]'), principal('td1')])).toBe('yes no no');
  const domain = (value: string) =>
    policy('foo', `{ rules: [{ from: [{ source: { trustDomains: [${value}] } }] }] }`);
  expect(asked([config(''), domain('td2')])).toBe('yes yes no');
  expect(asked([config(''), domain('"td*"')])).toBe('yes yes no');
  expect(asked([config(''), domain('td1')])).toBe('no no no');
  expect(asked([domain('td1')])).toBe('unknown unknown no');
  // Without MeshConfig it is not known what the trust domain is.
  expect(asked([principal('td1')])).toBe('unknown no no');
});

test('in ambient mode rules for requests are left to waypoints', () => {
  const ambient = WORLD.replaceAll('istio-injection: enabled', 'istio.io/dataplane-mode: ambient');
  const of = (...manifests: string[]) => {
    const world = new MeshWorld(ambient, ...manifests);
    return CLIENTS.map((from) => world.passes(from, 'foo/httpbin', 8080)).join(' ');
  };
  const allow = (rule: string) => policy('foo', `{ rules: [${rule}] }`);
  expect(of(allow('{ from: [{ source: { namespaces: [foo] } }] }'))).toBe('yes no no');
  expect(of(allow('{ to: [{ operation: { methods: [GET] } }] }'))).toBe('no no no');
  expect(of(policy('foo', '{ action: DENY, rules: [{ to: [{ operation: { methods: [GET] } }] }] }'))).toBe(
    'unknown unknown unknown',
  );
  const waypoint = namespace('foo', 'istio.io/dataplane-mode: ambient, istio.io/use-waypoint: waypoint');
  expect(of(waypoint, allow('{ from: [{ source: { namespaces: [foo] } }] }'))).toBe(
    'unknown unknown unknown',
  );
});

test('gateways take clients as their listeners say', () => {
  const gateway = pod('bar/gateway', '', '', '').replace(
    '{ name: main,',
    '{ name: istio-proxy, args: [proxy, router],',
  );
  const strict = `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: default, namespace: istio-system }\nspec: { mtls: { mode: STRICT } }`;
  const world = new MeshWorld(WORLD, gateway, strict);
  expect(world.planes('bar/gateway')).toBe('gateway');
  expect(world.passes('8.8.8.8', 'bar/gateway', 8080)).toBe('yes');
  expect(world.passes('bar/gateway', 'foo/httpbin', 8080)).toBe('yes');
  expect(new MeshWorld(WORLD, gateway, policy('bar', '{}')).passes('8.8.8.8', 'bar/gateway', 8080)).toBe(
    'unknown',
  );
});

test('meshes see TCP alone', () => {
  const world = new MeshWorld(WORLD, policy('foo', '{}'));
  const { model, pods } = world.network;
  const { allowed } = model.between(pods.get('legacy/sleep')!, pods.get('foo/httpbin')!);
  const ports = allowed.ranges.map(({ protocol, from, to }) => `${protocol} ${from}-${to}`);
  // The sidecar answers some ports by itself.
  expect(ports).toEqual(['TCP 15020-15021', 'TCP 15090-15090', 'UDP 1-65535', 'SCTP 1-65535']);
});
