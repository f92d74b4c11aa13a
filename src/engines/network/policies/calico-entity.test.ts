import { expect, test } from 'vitest';
import { asker, type More, ofCalico } from './test-calico.ts';

// api/pkg/apis/projectcalico/v3/policy_common.go, EntityRule.
test('all conditions of an end have to hold', () => {
  const from = (source: More, more: More = {}) =>
    asker(
      ofCalico('GlobalNetworkPolicy', {
        selector: "app == 'db'",
        types: ['Ingress'],
        ingress: [{ action: 'Allow', source, ...more }],
      }),
    );
  expect(
    from({ selector: "app == 'web'", namespaceSelector: "team == 'money'" })('bank/web', 'shop/db'),
  ).toBe(true);
  expect(
    from({ selector: "app == 'web'", namespaceSelector: "team == 'money'" })('shop/web', 'shop/db'),
  ).toBe(false);
  expect(from({ namespaceSelector: "projectcalico.org/name == 'bank'" })('bank/web', 'shop/db')).toBe(true);
  expect(from({ selector: "app == 'web'", notNets: ['10.0.0.3/32'] })('shop/web', 'shop/db')).toBe(true);
  expect(from({ selector: "app == 'web'", notNets: ['10.0.0.3'] })('bank/web', 'shop/db')).toBe(false);
  expect(from({ nets: ['10.0.0.0/30'], notSelector: "app == 'web'" })('shop/web', 'shop/db')).toBe(false);
  expect(from({ notSelector: "app == 'web'" })('1.1.1.1', 'shop/db')).toBe(true);
  expect(from({ selector: "!(app == 'web')" })('1.1.1.1', 'shop/db')).toBe(false);
  expect(from({ serviceAccounts: { names: ['front'] } })('shop/web', 'shop/db')).toBe(true);
  expect(from({ serviceAccounts: { names: ['front'] } })('bank/web', 'shop/db')).toBe(false);
  expect(
    from({ serviceAccounts: { selector: "projectcalico.org/name == 'front'" } })('shop/web', 'shop/db'),
  ).toBe(true);
  expect(from({ services: { name: 'web' } })('shop/web', 'shop/db')).toBe('unknown');
  expect(from({}, { destination: { nets: ['10.0.0.2/32'] } })('shop/web', 'shop/db')).toBe(true);
  expect(from({}, { destination: { nets: ['10.0.0.9/32'] } })('shop/web', 'shop/db')).toBe(false);
  expect(from({ ports: [4000], selector: "app == 'web'" }, { protocol: 'TCP' })('shop/web', 'shop/db')).toBe(
    'unknown',
  );
  expect(from({}, { http: { methods: ['GET'] } })('shop/web', 'shop/db')).toBe('unknown');
});

test('an empty selector of namespaces in a policy of a namespace is its own, also for what is excluded', () => {
  const ask = asker(
    ofCalico('NetworkPolicy', {
      selector: "app == 'db'",
      ingress: [{ action: 'Allow', source: { notSelector: "app == 'x'" } }],
    }),
  );
  expect(ask('shop/web', 'shop/db')).toBe(true);
  expect(ask('bank/web', 'shop/db')).toBe(false);
  expect(ask('1.1.1.1', 'shop/db')).toBe(false);
});

test('protocols and ports', () => {
  const rule = (match: More) =>
    asker(ofCalico('NetworkPolicy', { selector: "app == 'db'", ingress: [{ action: 'Allow', ...match }] }));
  const named = rule({ protocol: 'TCP', destination: { ports: ['http'] } });
  expect([named('shop/web', 'shop/db'), named('shop/web', 'shop/db', 81)]).toEqual([true, false]);
  const others = rule({ protocol: 6, destination: { notPorts: ['http', '90:91'] } });
  expect([80, 81, 90].map((port) => others('shop/web', 'shop/db', port))).toEqual([false, true, false]);
  expect(rule({ protocol: 'ICMP' })('shop/web', 'shop/db')).toBe(false);
  expect(rule({ notProtocol: 'UDP' })('shop/web', 'shop/db')).toBe(true);
  expect(rule({ notProtocol: 'UDP' })('shop/web', 'shop/db', 80, 'UDP')).toBe(false);
  expect(rule({ ipVersion: 6 })('shop/web', 'shop/db')).toBe(false);
});

// https://docs.tigera.io/calico/latest/reference/resources/globalnetworkset
test('a selector finds the addresses of NetworkSets, global() those that are in no namespace', () => {
  const set = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'GlobalNetworkSet',
    metadata: { name: 'partners', labels: { role: 'partner' } },
    spec: { nets: ['203.0.113.0/24'] },
  };
  const from = (kind: string, source: More) =>
    asker(set, ofCalico(kind, { selector: "app == 'db'", ingress: [{ action: 'Allow', source }] }));
  expect(from('GlobalNetworkPolicy', { selector: "role == 'partner'" })('203.0.113.9', 'shop/db')).toBe(true);
  expect(from('GlobalNetworkPolicy', { selector: "role == 'partner'" })('203.0.114.9', 'shop/db')).toBe(
    false,
  );
  expect(from('NetworkPolicy', { selector: "role == 'partner'" })('203.0.113.9', 'shop/db')).toBe(false);
  const global = { selector: "role == 'partner'", namespaceSelector: 'global()' };
  expect(from('NetworkPolicy', global)('203.0.113.9', 'shop/db')).toBe(true);
  expect(from('NetworkPolicy', { namespaceSelector: 'all()' })('203.0.113.9', 'shop/db')).toBe(false);
});
