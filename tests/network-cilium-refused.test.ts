import { expect, test } from 'vitest';
import { ccnp, cnp, policy, refusals } from './network-cilium-world.ts';

/**
 * What `Sanitize` takes and refuses in the unit tests of github.com/cilium/cilium v1.18.4, pkg/policy/api/rule_validation_test.go and
 * pkg/policy/rule_test.go.
 */
const HTTP = { http: [{ method: 'GET', path: '/' }] };
const tcp80 = (rules?: object) => [
  { ports: [{ port: '80', protocol: 'TCP' }], ...(rules === undefined ? {} : { rules }) },
];
const to = (toPorts: object, more: object = {}) => ({
  endpointSelector: {},
  egress: [{ toEndpoints: [{}], toPorts: [toPorts], ...more }],
});
const into = (toPorts: object, more: object = {}) => ({
  endpointSelector: {},
  ingress: [{ fromEndpoints: [{}], toPorts: [toPorts], ...more }],
});
const ports = (port: string, protocol: string, more: object = {}) => ({
  ports: [{ port, protocol }],
  ...more,
});
const many = Array.from({ length: 41 }, (_, index) => ({ port: String(80 + index), protocol: 'TCP' }));
const dns = { rules: { dns: [{ matchName: 'domain.com' }] } };
const listener = { listener: { name: 'l', envoyConfig: { name: 'c' } } };
const bad = { matchExpressions: [{ key: 'any.foo', operator: 'asdfasdfasdf', values: ['default'] }] };
const cidr = (set: object) => ({ endpointSelector: {}, ingress: [{ fromCIDRSet: [set] }] });
const icmps = { icmps: [{ fields: [{ type: 8 }] }] };
const accepted: readonly object[] = [
  into({
    ports: [
      { port: '80', protocol: 'TCP' },
      { port: '81', protocol: 'TCP' },
    ],
    rules: HTTP,
  }),
  to({
    ports: [
      { port: '53', protocol: 'TCP' },
      { port: '53', protocol: 'UDP' },
    ],
    ...dns,
  }),
  to(ports('4000', 'SCTP')),
  to(ports('443', 'TCP', { serverNames: ['foo.bar.com', 'bar.foo.com'] })),
  to(
    ports('443', 'TCP', {
      serverNames: ['foo.bar.com'],
      rules: HTTP,
      terminatingTLS: { secret: { name: 's' } },
    }),
  ),
  to(ports('443', 'TCP', listener)),
  to(ports('80', 'TCP', { rules: { kafka: [{ role: 'consume', topic: 't' }] } })),
  into(ports('80', 'TCP', { rules: { l7proto: 'test.lineparser', l7: [{ method: 'PUT' }] } })),
  ...['0.0.0.0/0', '10.0.0.0/24', '::/0', 'ff02::/64'].map((block) => cidr({ cidr: block })),
  cidr({ cidrGroupRef: 'cidrgroup' }),
  cidr({ cidrGroupSelector: { matchLabels: { foo: 'bar' } } }),
  {
    endpointSelector: {},
    egress: [{ toServices: [{ k8sServiceSelector: { selector: {} } }], toPorts: tcp80() }],
  },
];
const refused: readonly object[] = [
  {},
  { endpointSelector: {} },
  { endpointSelector: {}, ingress: [] },
  { egress: [{}] },
  { endpointSelector: {}, nodeSelector: {}, egress: [{}] },
  to({ ...dns }),
  into(ports('80', 'UDP', { rules: HTTP })),
  into(ports('80', 'ANY', { rules: HTTP })),
  into(ports('53', 'ANY', dns)),
  to({ ports: [{ port: '443', endPort: 445, protocol: 'TCP' }], ...dns }),
  to(ports('443', 'TCP', { serverNames: [''] })),
  to(ports('443', 'TCP', { serverNames: ['foo.bar.com'], rules: HTTP })),
  into(ports('443', 'TCP', listener)),
  to(ports('443', 'TCP', { ...listener, rules: HTTP })),
  into(ports('0', 'TCP', { rules: { http: [{}] } })),
  into(ports('80', 'TCP', { rules: { http: [{ method: 'GET', path: '*' }] } })),
  into(ports('80', 'TCP', { rules: { http: [{ method: '*', path: '/' }] } })),
  into(ports('80', 'TCP', { rules: { l7proto: 'p', l7: [{ method: 'PUT', '': 'Foo' }] } })),
  into(ports('80', 'TCP', { rules: { l7: [{ method: 'PUT' }] } })),
  into(ports('80', 'TCP', { rules: { ...HTTP, kafka: [{}] } })),
  into({ ports: many }),
  into(ports('80', 'ICMP')),
  into(ports('99999', 'TCP')),
  into(ports('', 'TCP')),
  { endpointSelector: {}, ingressDeny: [{ fromEndpoints: [{}], toPorts: [{ ports: many }] }] },
  cidr({}),
  cidr({ cidrGroupRef: 'foo', cidrGroupSelector: {} }),
  cidr({ cidr: '10.0.0.0/254.0.0.255' }),
  cidr({ cidr: '10.0.0.0/24', except: ['11.0.0.0/32'] }),
  { endpointSelector: {}, egress: [{ toFQDNs: [{ matchName: 'a', matchPattern: 'b' }] }] },
  { endpointSelector: {}, ingress: [{ fromEntities: ['trololo'] }] },
  { endpointSelector: {}, egress: [{ toCIDR: ['10.1.0.0/16'], toEndpoints: [{}] }] },
  { endpointSelector: {}, ingress: [{ fromEntities: ['world'], fromCIDRSet: [{ cidr: '10.0.0.0/8' }] }] },
  {
    endpointSelector: {},
    ingress: [{ icmps: [{ fields: Array.from({ length: 41 }, () => ({ type: 1 })) }] }],
  },
  { endpointSelector: {}, ingress: [{ icmps: [{ fields: [{ type: 0, family: 'hoge' }] }] }] },
  into(ports('80', 'TCP'), icmps),
  to(ports('80', 'TCP'), icmps),
  ...['fromEndpoints', 'fromRequires'].flatMap((field) => [
    { endpointSelector: {}, ingress: [{ [field]: [bad] }] },
    { endpointSelector: {}, ingressDeny: [{ [field]: [bad] }] },
  ]),
  ...['toEndpoints', 'toRequires'].flatMap((field) => [
    { endpointSelector: {}, egress: [{ [field]: [bad] }] },
    { endpointSelector: {}, egressDeny: [{ [field]: [bad] }] },
  ]),
  { endpointSelector: bad, egress: [{}] },
];
test('each rule', () => {
  for (const spec of accepted) expect(refusals(cnp(spec)), JSON.stringify(spec)).toEqual([]);
  for (const spec of refused) expect(refusals(cnp(spec)), JSON.stringify(spec)).not.toEqual([]);
  expect(refusals(policy('CiliumNetworkPolicy', { name: 'x' }, {}))).toEqual(['spec']);
});

test('TestL7RulesWithNodeSelector, and nodes in policies of a namespace', () => {
  const nodes = (section: object) => ({ nodeSelector: {}, ...section });
  const toPorts = tcp80(HTTP);
  expect(refusals(ccnp(nodes({ ingress: [{ fromEndpoints: [{}], toPorts }] })))).not.toEqual([]);
  expect(refusals(ccnp(nodes({ egress: [{ toEndpoints: [{}], toPorts }] })))).not.toEqual([]);
  expect(
    refusals(ccnp(nodes({ egress: [{ toEndpoints: [{}], toPorts: [ports('53', 'UDP', dns)] }] }))),
  ).toEqual([]);
  expect(refusals(ccnp(nodes({ ingressDeny: [{ fromEndpoints: [{}] }] })))).toEqual([]);
  expect(refusals(cnp(nodes({ ingress: [{ fromEndpoints: [{}] }] })))).toEqual(['spec.nodeSelector']);
});
