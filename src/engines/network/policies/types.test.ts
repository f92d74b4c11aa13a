import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../kubernetes/json.ts';
import { readPolicies } from './read.ts';

const policy = (apiVersion: string, kind: string, spec: Json, metadata: JsonObject = {}): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name: 'p', namespace: 'shop', ...metadata },
  spec,
});
const ofKubernetes = (spec: Json, metadata?: JsonObject) =>
  policy('networking.k8s.io/v1', 'NetworkPolicy', spec, metadata);
const ofCalico = (spec: Json) => policy('projectcalico.org/v3', 'NetworkPolicy', spec);
const ofCilium = (spec: Json) => policy('cilium.io/v2', 'CiliumNetworkPolicy', spec);
const ofAdministrators = (spec: JsonObject) =>
  policy('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', {
    tier: 'Admin',
    priority: 1,
    subject: { namespaces: {} },
    ...spec,
  });
const app = (value: Json): JsonObject => ({ podSelector: { matchLabels: { app: value } } });

/** `kubectl create` says of each: "cannot unmarshal … into Go struct field …", or "Invalid value: …: … must be of type …". */
test.each<[path: string, policy: JsonObject]>([
  ['spec', ofKubernetes('closed')],
  ['spec.podSelector', ofKubernetes({ podSelector: 'app=web' })],
  ['spec.podSelector.matchLabels', ofKubernetes({ podSelector: { matchLabels: [{ app: 'web' }] } })],
  ['spec.policyTypes', ofKubernetes({ policyTypes: 'Ingress' })],
  ['spec.ingress', ofKubernetes({ ingress: { from: [app('web')] } })],
  ['spec.ingress[0].from', ofKubernetes({ ingress: [{ from: app('web') }] })],
  ['spec.ingress[0].from[0].podSelector.matchLabels.app', ofKubernetes({ ingress: [{ from: [app(1)] }] })],
  [
    'spec.egress[0].to[0].ipBlock.except',
    ofKubernetes({ egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: '10.0.0.0/24' } }] }] }),
  ],
  ['spec.egress[0].ports', ofKubernetes({ egress: [{ ports: 53 }] })],
  ['metadata.annotations.reviewed', ofKubernetes({}, { annotations: { reviewed: true } })],
  ['metadata.labels["example.com/team"]', ofKubernetes({}, { labels: { 'example.com/team': 7 } })],
  ['spec.ingress', ofAdministrators({ ingress: { action: 'Deny' } })],
  [
    'spec.egress[0].to[0].namespaces.matchLabels.team',
    ofAdministrators({
      egress: [{ action: 'Deny', to: [{ namespaces: { matchLabels: { team: false } } }] }],
    }),
  ],
  ['spec.selector', ofCalico({ selector: { app: 'web' } })],
  ['spec.types', ofCalico({ types: 'Egress' })],
  [
    'spec.ingress[0].source.nets',
    ofCalico({ ingress: [{ action: 'Allow', source: { nets: '10.0.0.0/8' } }] }),
  ],
  ['spec.doNotTrack', ofCalico({ doNotTrack: 'true' })],
  ['spec.ingress', ofCilium({ endpointSelector: {}, ingress: { fromEndpoints: [{}] }, egress: [{}] })],
  ['spec.ingress[0].toPorts', ofCilium({ endpointSelector: {}, ingress: [{ toPorts: { ports: [] } }] })],
  [
    'spec.enableDefaultDeny.ingress',
    ofCilium({ endpointSelector: {}, enableDefaultDeny: { ingress: 'no' }, ingress: [{}] }),
  ],
])('%s', (path, object) => {
  const { policies, problems } = readPolicies([object]);
  expect(policies).toEqual([]);
  expect(problems.filter(({ kind }) => kind === 'wrong-type').map((problem) => problem.path)).toEqual([path]);
});

test('what may be text or a number, what is null, and fields that are not known, are no matter', () => {
  const objects = [
    ofKubernetes(
      { podSelector: null, policyTypes: null, ingress: [{ from: null, ports: [{ port: 'http' }] }], more: 1 },
      { labels: null },
    ),
    ofKubernetes({ egress: [{ ports: [{ port: 80, endPort: null }] }] }),
    ofCalico({
      ingress: [{ action: 'Allow', protocol: 6, destination: { ports: [80, '81:82', 'http'] } }],
    }),
  ];
  const { policies, problems } = readPolicies(objects);
  expect(problems).toEqual([]);
  expect(policies).toHaveLength(3);
});
