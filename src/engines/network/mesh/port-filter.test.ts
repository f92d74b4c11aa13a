import { expect, test } from 'vitest';
import { explain } from '../explain.ts';
import { MeshWorld, namespace, pod } from './test-world.ts';

const SEED = 20_261_123;

/** Marsaglia's xorshift, 32 bits. */
function random(seed: number): <T>(choices: readonly T[]) => T {
  let state = seed;
  return (choices) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return choices[(state >>> 0) % choices.length]!;
  };
}

const NAMESPACES = ['a', 'b'];
const PODS = ['a/web', 'a/db', 'b/web', 'b/db'];
const PORTS = [1, 79, 80, 81, 8080, 15_021, 65_535];
const SOURCES = [
  'principals: [cluster.local/ns/a/sa/web]',
  'principals: ["*"]',
  'notPrincipals: ["*/ns/b/*"]',
  'namespaces: [a]',
  'notNamespaces: ["b*"]',
  'serviceAccounts: [web]',
  'ipBlocks: [10.0.0.0/8]',
  'notIpBlocks: [10.0.0.0/8]',
  'trustDomains: [td]',
  'requestPrincipals: ["*"]',
];
const OPERATIONS = [
  'ports: ["80"]',
  'notPorts: ["80", "8080"]',
  'methods: [GET]',
  'paths: [/x], ports: ["8080"]',
];

function world(pick: ReturnType<typeof random>): string[] {
  const some = (text: string) => pick([text, '', '']);
  const rule = () => {
    const from = pick([
      '',
      `from: [{ source: { ${pick(SOURCES)} } }, { source: { ${pick(SOURCES)} } }]`,
      `from: [{ source: { ${pick(SOURCES)}, ${some('namespaces: [b]') || 'ipBlocks: []'} } }]`,
    ]);
    const to = pick(['', `to: [{ operation: { ${pick(OPERATIONS)} } }]`]);
    return `{ ${[from, to].filter((each) => each !== '').join(', ')} }`;
  };
  const policies = ['ALLOW', 'DENY', 'ALLOW', 'CUSTOM'].map((action, index) => {
    const selector = pick(['', 'selector: { matchLabels: { app: web } }, ']);
    const text = `{ ${selector}action: ${action}, rules: [${rule()}] }`;
    return `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: p${index}, namespace: ${pick([...NAMESPACES, 'istio-system'])} }\nspec: ${text}`;
  });
  const peers = ['x', 'y'].map(
    (name) =>
      `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: ${name}, namespace: ${pick([...NAMESPACES, 'istio-system'])} }\nspec: { ${pick(['', 'selector: { matchLabels: { app: web } }, portLevelMtls: { 80: { mode: DISABLE } }, '])}mtls: { mode: ${pick(['STRICT', 'PERMISSIVE', 'UNSET', 'DISABLE'])} } }`,
  );
  const servers = ['web', 'db'].flatMap((name) => [
    `apiVersion: policy.linkerd.io/v1beta3\nkind: Server\nmetadata: { name: ${name}, namespace: ${pick(NAMESPACES)} }\nspec: { podSelector: { matchLabels: { app: ${name} } }, port: ${pick(['80', 'http'])}, accessPolicy: ${pick(['deny', 'all-authenticated', 'cluster-unauthenticated'])} }`,
    `apiVersion: policy.linkerd.io/v1alpha1\nkind: AuthorizationPolicy\nmetadata: { name: ${name}, namespace: ${pick(NAMESPACES)} }\nspec: { targetRef: { group: policy.linkerd.io, kind: Server, name: ${name} }, requiredAuthenticationRefs: [{ kind: ServiceAccount, name: ${pick(['web', 'db'])} }] }`,
  ]);
  const places = NAMESPACES.map((name) =>
    pick([
      namespace(name, 'istio-injection: enabled'),
      namespace(name, 'istio.io/dataplane-mode: ambient'),
      namespace(
        name,
        '',
        `linkerd.io/inject: enabled, config.linkerd.io/default-inbound-policy: ${pick(['deny', 'all-authenticated'])}`,
      ),
      namespace(name),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: none, namespace: none }',
    ]),
  );
  return [...places, ...PODS.map((place) => pod(place)), ...policies, ...peers, ...servers];
}

test('remembered ports are those that are found port by port, for each peer by itself', () => {
  const pick = random(SEED);
  const seen = new Set<string>();
  for (let round = 0; round < 150; round++) {
    const manifests = world(pick);
    const { mesh, pods, model } = new MeshWorld(...manifests).network;
    const ends = [
      ...PODS.map((name) => pods.get(name)!),
      (1n << 128n) + 0x0a000001n,
      (1n << 128n) + 0x08080808n,
    ];
    for (const to of PODS) {
      for (const from of ends) {
        const destination = pods.get(to)!;
        if (from === destination || mesh === undefined) continue;
        for (const port of PORTS) {
          const { outcome } = mesh.decide(destination, port, from, false);
          const { allowed } = explain(model, from, destination, { protocol: 'TCP', port });
          const expected = { pass: true, refuse: false, unknown: 'unknown' }[outcome];
          seen.add(outcome);
          if (allowed !== expected) {
            const what = `seed ${SEED}, round ${round}: ${String(from)} to ${to}:${port}`;
            throw new Error(`${what} is ${allowed}, not ${expected}\n${manifests.join('\n---\n')}`);
          }
        }
      }
    }
  }
  expect([...seen].sort()).toEqual(['pass', 'refuse', 'unknown']);
});
