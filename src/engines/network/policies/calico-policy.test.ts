import { expect, test } from 'vitest';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { explain, isPod, Network } from '../index.ts';
import { asker, type More, ofCalico, pod, WORLD } from './test-calico.ts';

// https://docs.tigera.io/calico/latest/network-policy/get-started/calico-policy/calico-network-policy,
// "Allow ingress traffic in the same namespace" and its neighbours.
test('a policy of a namespace lets in whom its rules allow, and isolates', () => {
  const ask = asker(
    ofCalico('NetworkPolicy', {
      selector: "app == 'db'",
      ingress: [
        {
          action: 'Allow',
          protocol: 'TCP',
          source: { selector: "app == 'web'" },
          destination: { ports: [6379, '80:81'] },
        },
      ],
    }),
  );
  expect(ask('shop/web', 'shop/db')).toBe(true);
  expect(ask('shop/web', 'shop/db', 82)).toBe(false);
  expect(ask('shop/web', 'shop/db', 80, 'UDP')).toBe(false);
  // A selector in a policy of a namespace is for that namespace.
  expect(ask('bank/web', 'shop/db')).toBe(false);
  expect(ask('1.1.1.1', 'shop/db')).toBe(false);
  // Without egress rules, it is for ingress alone.
  expect(ask('shop/db', 'bank/web')).toBe(true);
});

test('types that are left out follow the rules; past the API they are both', () => {
  const egress = { selector: "app == 'db'", egress: [{ action: 'Deny' }] };
  expect(asker(ofCalico('NetworkPolicy', egress))('shop/web', 'shop/db')).toBe(true);
  const stored = { ...ofCalico('NetworkPolicy', egress), apiVersion: 'crd.projectcalico.org/v1' };
  expect(asker(stored)('shop/web', 'shop/db')).toBe(false);
  expect(asker(ofCalico('NetworkPolicy', { selector: "app == 'db'" }))('shop/web', 'shop/db')).toBe(false);
});

// https://docs.tigera.io/calico/latest/reference/resources/globalnetworkpolicy, "Spec": order; ties go by the name.
test('policies are asked by their order, then by their names, the first rule decides', () => {
  const rule = (name: string, action: string, order?: number) =>
    ofCalico(
      'GlobalNetworkPolicy',
      {
        selector: "app == 'db'",
        types: ['Ingress'],
        ...(order === undefined ? {} : { order }),
        ingress: [{ action, source: { selector: "app == 'web'" } }],
      },
      { name },
    );
  expect(asker(rule('a', 'Deny', 20), rule('b', 'Allow', 10))('shop/web', 'shop/db')).toBe(true);
  expect(asker(rule('a', 'Deny', 10), rule('b', 'Allow', 10))('shop/web', 'shop/db')).toBe(false);
  expect(asker(rule('a', 'Deny'), rule('b', 'Allow', 1e9))('shop/web', 'shop/db')).toBe(true);
  expect(asker(rule('a', 'Log', 1), rule('b', 'Allow', 2))('shop/web', 'shop/db')).toBe(true);
});

// https://docs.tigera.io/calico/latest/network-policy/policy-tiers/tiered-policy: "If the tier's default action is Pass …".
test('a tier denies what its policies do not speak of, unless its default action passes it on', () => {
  const tier = (defaultAction?: string) => ({
    apiVersion: 'projectcalico.org/v3',
    kind: 'Tier',
    metadata: { name: 'platform' },
    spec: { order: 100, ...(defaultAction === undefined ? {} : { defaultAction }) },
  });
  const policy = ofCalico(
    'GlobalNetworkPolicy',
    {
      tier: 'platform',
      selector: "app == 'db'",
      types: ['Ingress'],
      ingress: [{ action: 'Pass', protocol: 'TCP', destination: { ports: [80] } }],
    },
    { name: 'platform.policy' },
  );
  const [denies, passes] = [asker(tier(), policy), asker(tier('Pass'), policy)];
  expect(denies('shop/web', 'shop/db')).toBe(true);
  expect(denies('shop/web', 'shop/db', 81)).toBe(false);
  expect(passes('shop/web', 'shop/db', 81)).toBe(true);
  // What is passed on comes to the default tier, where NetworkPolicies are.
  const isolation: JsonObject = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'isolation', namespace: 'shop' },
    spec: { podSelector: {}, ingress: [{ ports: [{ port: 81 }] }] },
  };
  expect(asker(tier('Pass'), policy, isolation)('shop/web', 'shop/db')).toBe(false);
  expect(asker(tier('Pass'), policy, isolation)('shop/web', 'shop/db', 81)).toBe(true);
  // Where the tier was not seen, it is not known what it does and when it is asked.
  expect(asker(policy)('shop/web', 'shop/db')).toBe('unknown');
  expect(asker(policy)('shop/db', 'shop/web')).toBe(true);
});

test('what may be passed on is undecided only where the next tier says otherwise', () => {
  const tier = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'Tier',
    metadata: { name: 'platform' },
    spec: { order: 1 },
  };
  const policy = (tierName: string, ...ingress: JsonObject[]) =>
    ofCalico('GlobalNetworkPolicy', { tier: tierName, selector: 'all()', types: ['Ingress'], ingress });
  const maybe = { action: 'Pass', protocol: 'TCP', source: { ports: [4000] } };
  const [allow, deny] = [{ action: 'Allow' }, { action: 'Deny' }];
  const ask = (first: JsonObject, next: JsonObject) =>
    asker(tier, policy('platform', maybe, first), policy('default', next))('shop/web', 'shop/db');
  expect(ask(deny, deny)).toBe(false);
  expect(ask(allow, allow)).toBe(true);
  expect(ask(allow, deny)).toBe('unknown');
  expect(ask(deny, allow)).toBe('unknown');
});

// libcalico-go/lib/backend/k8s/conversion: NetworkPolicies have order 1000 in the default tier.
test('a NetworkPolicy is asked at order 1000 among the policies of the default tier', () => {
  const allowing: JsonObject = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { podSelector: { matchLabels: { app: 'db' } }, ingress: [{ ports: [{ port: 80 }] }] },
  };
  const denying = (order: number) =>
    ofCalico('NetworkPolicy', {
      selector: "app == 'db'",
      order,
      ingress: [{ action: 'Deny', source: { selector: 'all()' } }, { action: 'Allow' }],
    });
  expect(asker(allowing, denying(999))('shop/web', 'shop/db')).toBe(false);
  expect(asker(allowing, denying(1001))('shop/web', 'shop/db')).toBe(true);
  // Which of two of one order comes first has changed between versions.
  expect(asker(allowing, denying(1000))('shop/web', 'shop/db')).toBe('unknown');
  expect(asker(allowing, denying(1000))('shop/web', 'shop/db', 81)).toBe(false);
  expect(asker(allowing, denying(1001))('bank/web', 'shop/db', 81)).toBe(true);
});

test('a pod of unknown address may be in a private block, and is in the block of everything', () => {
  const standing: JsonObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'job', namespace: 'bank' },
    spec: {
      template: { metadata: { labels: { app: 'job' } }, spec: { containers: [{ name: 'a', image: 'b' }] } },
    },
  };
  const nets = (...blocks: string[]) =>
    asker(
      standing,
      ofCalico('NetworkPolicy', {
        selector: "app == 'db'",
        ingress: [{ action: 'Allow', source: { nets: blocks } }],
      }),
    )('bank/job', 'shop/db');
  expect(nets('0.0.0.0/0')).toBe(true);
  expect(nets('10.0.0.0/8')).toBe('unknown');
  expect(nets('8.8.8.0/24')).toBe(false);
});

test('what is only staged, and what is for host endpoints alone, decides nothing about pods', () => {
  const deny = { selector: 'all()', types: ['Ingress', 'Egress'] };
  expect(asker(ofCalico('StagedGlobalNetworkPolicy', deny))('shop/web', 'shop/db')).toBe(true);
  expect(
    asker(ofCalico('GlobalNetworkPolicy', { ...deny, preDNAT: true, applyOnForward: true }))(
      'shop/web',
      'shop/db',
    ),
  ).toBe('unknown');
});

test('pods on the network of their node are no pods to Calico', () => {
  const host = pod('shop/agent', { app: 'web' }, { hostNetwork: true });
  const ask = asker(
    host,
    ofCalico('NetworkPolicy', {
      selector: 'all()',
      ingress: [{ action: 'Allow', source: { selector: 'all()' } }],
    }),
  );
  expect(ask('shop/web', 'shop/agent')).toBe(true);
  // It may be on the same node, whose packets Calico does not police (felix/rules/static.go).
  expect(ask('shop/agent', 'shop/web')).toBe('unknown');
});

test('policies of two plugins at one pod are undecided', () => {
  const cilium: JsonObject = {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name: 'cilium', namespace: 'shop' },
    spec: { endpointSelector: {}, ingress: [{}] },
  };
  const calico = ofCalico('NetworkPolicy', { selector: "app == 'db'" });
  expect(asker(cilium, calico)('shop/web', 'shop/db')).toBe('unknown');
  expect(asker(calico)('shop/web', 'shop/db')).toBe(false);
});

test('what Calico refuses is named and left out', () => {
  const problems = (spec: More) => {
    const network = Network.of([...WORLD, ofCalico('NetworkPolicy', spec)]);
    expect(network.model.policies).toEqual([]);
    return network.problems.map(({ kind, path }) => `${kind} ${path}`);
  };
  expect(problems({ selector: 'app = x' })).toEqual(['invalid-selector spec.selector']);
  const rule = (match: More) => problems({ ingress: [{ action: 'Allow', ...match }] });
  expect(rule({ action: 'Reject' })).toEqual(['invalid-action spec.ingress[0].action']);
  expect(rule({ destination: { ports: [80] } })).toEqual([
    'invalid-port spec.ingress[0].destination.ports[0]',
  ]);
  expect(rule({ protocol: 'TCP', destination: { ports: ['9:8'] } })).toEqual([
    'invalid-port spec.ingress[0].destination.ports[0]',
  ]);
  expect(rule({ protocol: 'FOO' })).toEqual(['invalid-protocol spec.ingress[0].protocol']);
  expect(rule({ source: { nets: ['10.0.0.0/33'] } })).toEqual([
    'invalid-block spec.ingress[0].source.nets[0]',
  ]);
  expect(rule({ source: { selector: 'global()' } })).toEqual([
    'invalid-selector spec.ingress[0].source.selector',
  ]);
  expect(problems({ types: ['ingress'] })).toEqual(['invalid-policy-type spec.types[0]']);
});

test('an answer names the policy and the rule', () => {
  const network = Network.of([
    ...WORLD,
    ofCalico('NetworkPolicy', {
      selector: "app == 'db'",
      ingress: [{ action: 'Log' }, { action: 'Deny', source: { selector: "app == 'web'" } }],
    }),
  ]);
  const [from, to] = [network.pods.get('shop/web')!, network.pods.get('shop/db')!];
  expect(isPod(from)).toBe(true);
  const { because } = explain(network.model, from, to, { protocol: 'TCP', port: 80 });
  expect(because.map((step) => [step.effect, 'rule' in step ? step.rule.path : ''])).toEqual([
    ['not-isolated', ''],
    ['denied', 'spec.ingress[1]'],
  ]);
});
