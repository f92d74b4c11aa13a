import { describe, expect, test } from 'vitest';
import { MeshWorld, namespace, pod } from './test-world.ts';

const world = (annotations = '', podAnnotations = '', more = '') =>
  [
    namespace('a', '', `linkerd.io/inject: enabled${annotations === '' ? '' : `, ${annotations}`}`),
    namespace('b', '', 'linkerd.io/inject: enabled'),
    namespace('legacy'),
    pod('a/web', '', podAnnotations, more),
    pod('a/client'),
    pod('b/client'),
    pod('legacy/client'),
  ].join('\n---\n');

const CLIENTS = ['a/client', 'b/client', 'legacy/client', '8.8.8.8', '10.1.2.3'];
const asked = (manifests: string[], port = 8080) => {
  const mesh = new MeshWorld(...manifests);
  return CLIENTS.map((from) => mesh.passes(from, 'a/web', port)).join(' ');
};
const object = (kind: string, name: string, spec: string, where = 'a') =>
  `apiVersion: policy.linkerd.io/v1beta1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${where}, labels: { app: ${name} } }\nspec: ${spec}`;
const server = (spec = '', name = 'web') =>
  object(
    'Server',
    name,
    `{ podSelector: { matchLabels: { app: web } }, port: http${spec === '' ? '' : `, ${spec}`} }`,
  );

// linkerd/linkerd2 policy-controller/k8s/index/src/defaults.rs; its table in src/inbound/tests.rs, DEFAULTS.
describe('without a Server, the default policy of the pod', () => {
  test.each([
    ['all-unauthenticated', 'yes yes yes yes yes', 'permissive'],
    ['all-authenticated', 'yes yes no no no', 'strict'],
    ['cluster-unauthenticated', 'yes yes yes no yes', 'permissive'],
    ['cluster-authenticated', 'yes yes no no no', 'strict'],
    ['deny', 'no no no no no', 'strict'],
    ['audit', 'yes yes yes yes yes', 'permissive'],
    ['invalid', 'yes yes yes yes yes', 'permissive'],
  ])('%s', (policy, expected, mode) => {
    const annotation = `config.linkerd.io/default-inbound-policy: ${policy}`;
    expect(asked([world(annotation)])).toBe(expected);
    expect(asked([world('', annotation)])).toBe(expected);
    expect(new MeshWorld(world(annotation)).mode('a/web')).toBe(mode);
  });

  test('of the mesh, and the pod before the namespace', () => {
    const config = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: linkerd-config, namespace: linkerd }\ndata:\n  values: '{ proxy: { defaultInboundPolicy: deny } }'`;
    expect(asked([world(), config])).toBe('no no no no no');
    const [deny, all] = ['deny', 'all-unauthenticated'].map(
      (each) => `config.linkerd.io/default-inbound-policy: ${each}`,
    );
    expect(asked([world(deny, all), config])).toBe('yes yes yes yes yes');
  });

  // src/inbound/tests/annotation.rs
  test('ports that need an identity, and ports that go past the proxy', () => {
    const needs = "config.linkerd.io/proxy-require-identity-inbound-ports: '8080'";
    expect(asked([world(needs)])).toBe('yes yes no no no');
    expect(asked([world(needs)], 8081)).toBe('yes yes yes yes yes');
    const skips =
      "config.linkerd.io/default-inbound-policy: deny, config.linkerd.io/skip-inbound-ports: '8080,9000-9010'";
    expect(asked([world(skips)])).toBe('yes yes yes yes yes');
    expect(asked([world(skips)], 9011)).toBe('no no no no no');
  });

  test('probes are let in', () => {
    const deny = 'config.linkerd.io/default-inbound-policy: deny';
    const probed = world(deny).replace(
      'name: main,',
      'name: main, livenessProbe: { httpGet: { port: http } },',
    );
    expect(asked([probed])).toBe('unknown unknown unknown unknown unknown');
    expect(asked([probed], 81)).toBe('no no no no no');
  });
});

// https://linkerd.io/2/reference/authorization-policy/; src/inbound/tests/{server,authorization_policy,server_authorization}.rs.
describe('a Server', () => {
  test('lets in nobody by itself, at its port', () => {
    expect(asked([world(), server()])).toBe('no no no no no');
    expect(asked([world(), server()], 8081)).toBe('yes yes yes yes yes');
    expect(asked([world(), server('accessPolicy: all-authenticated')])).toBe('yes yes no no no');
    expect(
      asked([world(), object('Server', 'web', '{ podSelector: { matchLabels: { app: x } }, port: 8080 }')]),
    ).toBe('yes yes yes yes yes');
  });

  const target = 'targetRef: { group: policy.linkerd.io, kind: Server, name: web }';
  const required = (...refs: string[]) =>
    object(
      'AuthorizationPolicy',
      'policy',
      `{ ${target}, requiredAuthenticationRefs: [${refs.join(', ')}] }`,
    );
  const meshTls = '{ group: policy.linkerd.io, kind: MeshTLSAuthentication, name: mesh }';
  const network = '{ group: policy.linkerd.io, kind: NetworkAuthentication, name: net }';
  const identities = (spec: string) => object('MeshTLSAuthentication', 'mesh', spec);
  const networks = (cidr: string) =>
    object('NetworkAuthentication', 'net', `{ networks: [{ cidr: ${cidr} }] }`);

  test('with an AuthorizationPolicy for identities', () => {
    const of = (spec: string) => asked([world(), server(), required(meshTls), identities(spec)]);
    expect(of('{ identities: ["*"] }')).toBe('yes yes no no no');
    expect(of('{ identities: ["*.b.serviceaccount.identity.linkerd.cluster.local"] }')).toBe(
      'no yes no no no',
    );
    expect(of('{ identities: [client.a.serviceaccount.identity.linkerd.cluster.local] }')).toBe(
      'yes no no no no',
    );
    expect(of('{ identityRefs: [{ kind: ServiceAccount, name: client }] }')).toBe('yes no no no no');
    expect(of('{ identityRefs: [{ kind: ServiceAccount, name: client, namespace: b }] }')).toBe(
      'no yes no no no',
    );
    expect(of('{ identityRefs: [{ kind: Namespace, name: b }] }')).toBe('no yes no no no');
    // Of another control plane: which one there is, the sources do not say.
    expect(of('{ identities: [client.a.serviceaccount.identity.l5d.cluster.local] }')).toBe(
      'unknown no no no no',
    );
    expect(asked([world(), server(), required('{ kind: ServiceAccount, name: client }')])).toBe(
      'yes no no no no',
    );
  });

  test('with one for networks, alone or together with identities', () => {
    const all = identities('{ identities: ["*"] }');
    expect(asked([world(), server(), required(network), networks('8.0.0.0/8')])).toBe('no no no yes no');
    expect(asked([world(), server(), required(network), networks('10.1.2.0/24')])).toBe(
      'unknown unknown unknown no yes',
    );
    expect(asked([world(), server(), required(network), networks('0.0.0.0/0')])).toBe(
      'unknown unknown unknown yes yes',
    );
    expect(asked([world(), server(), required(network, meshTls), networks('8.0.0.0/8'), all])).toBe(
      'no no no no no',
    );
    expect(asked([world(), server(), required()])).toBe('yes yes yes yes yes');
  });

  test('with a policy that refers to nothing or is for something else', () => {
    expect(asked([world(), server(), required(meshTls)])).toBe('no no no no no');
    const namespaced = target.replace(
      'group: policy.linkerd.io, kind: Server, name: web',
      'kind: Namespace, name: a',
    );
    expect(
      asked([
        world(),
        server(),
        object('AuthorizationPolicy', 'p', `{ ${namespaced}, requiredAuthenticationRefs: [] }`),
      ]),
    ).toBe('yes yes yes yes yes');
    // Policies count at ports of Servers alone.
    const deny = 'config.linkerd.io/default-inbound-policy: deny';
    expect(
      asked([
        world(deny),
        object('AuthorizationPolicy', 'p', `{ ${namespaced}, requiredAuthenticationRefs: [] }`),
      ]),
    ).toBe('no no no no no');
    const other = required('{ kind: ServiceAccount, name: client }').replace('name: web }', 'name: other }');
    expect(asked([world(), server(), other])).toBe('no no no no no');
  });

  test('with a ServerAuthorization', () => {
    const of = (client: string, which = 'name: web') =>
      asked([
        world(),
        server(),
        object('ServerAuthorization', 's', `{ server: { ${which} }, client: ${client} }`),
      ]);
    expect(of('{ unauthenticated: true }')).toBe('yes yes yes no yes');
    expect(of('{ unauthenticated: true, networks: [{ cidr: 0.0.0.0/0 }, { cidr: "::/0" }] }')).toBe(
      'yes yes yes yes yes',
    );
    expect(of('{ meshTLS: { identities: ["*"] } }', 'selector: { matchLabels: { app: web } }')).toBe(
      'yes yes no no no',
    );
    expect(of('{ meshTLS: { serviceAccounts: [{ name: client }] } }')).toBe('yes no no no no');
    expect(of('{ meshTLS: { unauthenticatedTLS: true } }')).toBe('yes yes no no no');
    expect(of('{ meshTLS: { identities: ["*"] } }', 'selector: { matchLabels: { app: x } }')).toBe(
      'no no no no no',
    );
    expect(of('{}')).toBe('no no no no no');
  });

  test('beside another one, of which it is not known which is older', () => {
    const both = [server('accessPolicy: deny', 'one'), server('accessPolicy: all-authenticated', 'two')];
    expect(asked([world(), ...both])).toBe('unknown unknown no no no');
    const dated = (text: string, year: number) =>
      text.replace('namespace: a,', `namespace: a, creationTimestamp: "${year}-01-01T00:00:00Z",`);
    expect(asked([world(), dated(both[0]!, 2020), dated(both[1]!, 2021)])).toBe('no no no no no');
    expect(asked([world(), dated(both[0]!, 2022), dated(both[1]!, 2021)])).toBe('yes yes no no no');
  });

  test('with routes, which decide request by request', () => {
    const route = `apiVersion: policy.linkerd.io/v1beta3\nkind: HTTPRoute\nmetadata: { name: r, namespace: a }\nspec: { parentRefs: [{ group: policy.linkerd.io, kind: Server, name: web }] }`;
    expect(asked([world(), server(), route])).toBe('unknown unknown unknown unknown unknown');
    expect(asked([world(), server('proxyProtocol: opaque'), route])).toBe('no no no no no');
  });
});

test('another mesh has no identity here', () => {
  const istio = namespace('b', 'istio-injection: enabled');
  expect(asked([world('config.linkerd.io/default-inbound-policy: all-authenticated'), istio])).toBe(
    'yes no no no no',
  );
});
