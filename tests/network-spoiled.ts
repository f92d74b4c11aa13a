import type { Policies } from './network-random-policies.ts';
import type { Choices } from './random-pod.ts';

/** A field, by its path in `spec`, and a value that the API server refuses there. */
type Spoiled = readonly (readonly [field: string, value: unknown])[];

const selector = (field: string): Spoiled =>
  [
    { matchExpressions: [{ key: 'app', operator: 'In', values: [] }] },
    { matchExpressions: [{ key: 'app', operator: 'NotIn' }] },
    { matchExpressions: [{ key: 'app', operator: 'Exists', values: ['web'] }] },
    { matchExpressions: [{ key: 'app', operator: 'Equals', values: ['web'] }] },
    { matchExpressions: [{ key: 'not a key', operator: 'Exists' }] },
    { matchLabels: { 'not a key': 'web' } },
    { matchLabels: { app: 'not a value' } },
  ].map((value) => [field, value] as const);

const npPort = (value: unknown): Spoiled[number] => ['ingress', [{ ports: [value] }]];
const npPeer = (value: unknown): Spoiled[number] => ['egress', [{ to: [value] }]];

/** pkg/apis/networking/validation/validation.go, ValidateNetworkPolicySpec. */
export const SPOILED_NETWORK_POLICIES: Spoiled = [
  ...selector('podSelector'),
  ['policyTypes', ['Both']],
  ['policyTypes', ['Ingress', 'Egress', 'Ingress']],
  npPort({ port: 0 }),
  npPort({ port: 65536 }),
  npPort({ port: '80' }),
  npPort({ port: '' }),
  npPort({ port: 'Not_A_Name' }),
  npPort({ endPort: 80 }),
  npPort({ port: 'http', endPort: 80 }),
  npPort({ port: 80, endPort: 79 }),
  npPort({ port: 80, endPort: 65536 }),
  npPort({ port: 80, protocol: 'tcp' }),
  npPort({ port: 80, protocol: 'ICMP' }),
  npPeer({}),
  npPeer({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }),
  npPeer({ ipBlock: { cidr: '' } }),
  npPeer({ ipBlock: { cidr: '10.0.0.0' } }),
  npPeer({ ipBlock: { cidr: '10.0.0.0/33' } }),
  npPeer({ ipBlock: { cidr: '10.0.0/8' } }),
  npPeer({ ipBlock: { cidr: '::/129' } }),
  npPeer({ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/24'] } }),
  npPeer({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }),
  npPeer({ ipBlock: { cidr: '10.0.0.0/8', except: ['0.0.0.0/0'] } }),
  npPeer({ ipBlock: { cidr: '10.0.0.0/8', except: ['fd00::/16'] } }),
  npPeer({ namespaceSelector: { matchLabels: { app: 'not a value' } } }),
];

const rule = (action: string, more: object): Spoiled[number] => [
  'egress',
  [{ action, to: [{ namespaces: {} }], ...more }],
];

/** What the schemas of all three say. */
const common = (allow: string): Spoiled => [
  ['subject', {}],
  ['subject', undefined],
  ['subject', { namespaces: {}, pods: { namespaceSelector: {}, podSelector: {} } }],
  rule('Log', {}),
  rule(allow, { to: [] }),
  rule(allow, { to: undefined }),
  rule(allow, { to: [{}] }),
  rule(allow, { to: [{ namespaces: {}, networks: ['10.0.0.0/8'] }] }),
  rule(allow, { to: [{ networks: [] }] }),
  rule(allow, { to: [{ networks: ['10.0.0.0/33'] }] }),
  rule(allow, { to: [{ networks: ['everywhere'] }] }),
  rule(allow, { name: 'x'.repeat(101) }),
  ['ingress', Array(101).fill({ action: allow, from: [{ namespaces: {} }] })],
  ['ingress', [{ action: allow, from: [{ networks: ['10.0.0.0/8'] }] }]],
];

/** apis/v1alpha2/clusternetworkpolicy_types.go, the validation markers. */
export const SPOILED_CLUSTER_POLICIES: Spoiled = [
  ...common('Accept'),
  ['tier', 'NetworkPolicy'],
  ['tier', undefined],
  ['priority', -1],
  ['priority', 1001],
  ['priority', undefined],
  rule('Allow', {}),
  ['ingress', Array(26).fill({ action: 'Accept', from: [{ namespaces: {} }] })],
  rule('Accept', { protocols: [] }),
  rule('Accept', { protocols: [{}] }),
  rule('Accept', { protocols: [{ tcp: {} }] }),
  rule('Accept', { protocols: [{ tcp: { destinationPort: {} } }] }),
  rule('Accept', { protocols: [{ tcp: { destinationPort: { number: 0 } } }] }),
  rule('Accept', { protocols: [{ tcp: { destinationPort: { range: { start: 81, end: 80 } } } }] }),
  rule('Accept', { protocols: [{ tcp: { destinationPort: { range: { start: 80, end: 80 } } } }] }),
  rule('Accept', { protocols: [{ udp: { destinationPort: { number: 80, range: { start: 1, end: 2 } } } }] }),
];

const older: Spoiled = [
  ...common('Allow'),
  rule('Accept', {}),
  rule('Allow', { ports: [] }),
  rule('Allow', { ports: [{}] }),
  rule('Allow', { ports: [{ portNumber: { port: 0 } }] }),
  rule('Allow', { ports: [{ portNumber: { port: 65536 } }] }),
  rule('Allow', { ports: [{ portNumber: { protocol: 'TCP' } }] }),
  rule('Allow', { ports: [{ portRange: { start: 80 } }] }),
  rule('Allow', { ports: [{ portNumber: { port: 80 }, namedPort: 'http' }] }),
];

/** apis/v1alpha1/{adminnetworkpolicy,baselineadminnetworkpolicy,shared}_types.go, the validation markers. */
export const SPOILED_ADMIN_POLICIES: Readonly<Record<string, Spoiled>> = {
  AdminNetworkPolicy: [...older, ['priority', 1001], ['priority', undefined]],
  BaselineAdminNetworkPolicy: [...older, rule('Pass', {})],
};

/** What the API server refuses and leaves no doubt about what is meant: such a policy counts all the same. */
export const MEANT_CLUSTER_POLICIES: Spoiled = [
  ['subject', { pods: { namespaceSelector: {} } }],
  rule('Accept', { protocols: [{ destinationNamedPort: 'http' }], to: [{ networks: ['10.0.0.0/8'] }] }),
  rule('Accept', { protocols: [{ destinationNamedPort: 'http' }], to: [{ nodes: {} }] }),
];
export const MEANT_ADMIN_POLICIES: Spoiled = [
  ['subject', { pods: { namespaceSelector: {} } }],
  ['subject', { pods: { podSelector: {} } }],
  rule('Allow', { ports: [{ namedPort: 'http' }], to: [{ networks: ['10.0.0.0/8'] }] }),
];

/** Now and then, a policy that the API server refuses. */
export function spoil<P extends { metadata: { name: string }; spec: object }>(
  choices: Choices,
  policies: readonly P[],
  spoiledOf: (policy: P) => Spoiled,
): Policies<P> {
  const [accepted, refused]: [P[], P[]] = [[], []];
  for (const policy of policies) {
    if (choices.chance(0.93)) {
      accepted.push(policy);
      continue;
    }
    refused.push(spoiled(policy, choices.of(spoiledOf(policy))));
  }
  return { accepted, refused };
}

export function spoiled<P extends { spec: object }>(policy: P, [field, value]: Spoiled[number]): P {
  const spec: Record<string, unknown> = { ...policy.spec, [field]: value };
  if (value === undefined) delete spec[field];
  return { ...policy, spec };
}
