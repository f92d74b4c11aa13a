import { expect, test } from 'vitest';
import type { JsonObject } from './json.ts';
import { NetworkPolicy } from './network-policies.ts';
import { KubernetesObject } from './object.ts';
import { Workload } from './workload.ts';

function object(file: string, raw: JsonObject): KubernetesObject {
  const origin = {
    file: { path: file },
    document: 0,
    start: 0,
    end: 0,
    line: 1,
    column: 1,
    format: 'yaml' as const,
    within: '',
  };
  return new KubernetesObject(raw, origin);
}

function pod(file: string, labels: JsonObject, namespace?: string): Workload {
  const metadata = { name: 'p', labels, ...(namespace === undefined ? {} : { namespace }) };
  return Workload.of(object(file, { apiVersion: 'v1', kind: 'Pod', metadata, spec: {} }))[0]!;
}

function policy(
  file: string,
  apiVersion: string,
  kind: string,
  spec: JsonObject,
  namespace?: string,
): NetworkPolicy {
  const metadata = { name: 'n', ...(namespace === undefined ? {} : { namespace }) };
  return NetworkPolicy.of(object(file, { apiVersion, kind, metadata, spec }))!;
}

const V1 = 'networking.k8s.io/v1';

test('policyTypes decide the directions; without them egress needs a rule', () => {
  const directions = (spec: JsonObject) => {
    const { ingress, egress } = policy('a.yaml', V1, 'NetworkPolicy', spec);
    return { ingress, egress };
  };
  expect(directions({})).toEqual({ ingress: true, egress: false });
  expect(directions({ egress: [] })).toEqual({ ingress: true, egress: false });
  expect(directions({ egress: [{}] })).toEqual({ ingress: true, egress: true });
  expect(directions({ policyTypes: ['Egress'] })).toEqual({ ingress: false, egress: true });
});

test('selects by labels within its namespace', () => {
  const web = policy('a.yaml', V1, 'NetworkPolicy', { podSelector: { matchLabels: { app: 'web' } } }, 'shop');
  expect(web.selects(pod('b.yaml', { app: 'web' }, 'shop'))).toBe('selected');
  expect(web.selects(pod('b.yaml', { app: 'db' }, 'shop'))).toBe('not-selected');
  expect(web.selects(pod('b.yaml', { app: 'web' }, 'other'))).toBe('not-selected');
});

test('a policy for all pods that names no namespace holds for its own folder and below', () => {
  const all = policy('shop/policies.yaml', V1, 'NetworkPolicy', { podSelector: {} });
  expect(all.selects(pod('shop/web.yaml', {}))).toBe('selected');
  expect(all.selects(pod('shop/base/web.yaml', {}))).toBe('selected');
  expect(all.selects(pod('bank/web.yaml', {}))).toBe('not-selected');
  expect(all.selects(pod('shopping/web.yaml', {}))).toBe('not-selected');
  const named = policy('shop/policies.yaml', V1, 'NetworkPolicy', { podSelector: {} }, 'shop');
  expect(named.selects(pod('bank/web.yaml', {}, 'shop'))).toBe('selected');
});

test('a policy of Cilium isolates where it has rules and does not say otherwise', () => {
  const read = (spec: JsonObject, rest: JsonObject = {}, kind = 'CiliumNetworkPolicy') => {
    const raw = { apiVersion: 'cilium.io/v2', kind, metadata: { name: 'n' }, spec, ...rest };
    const { ingress, egress, ...found } = NetworkPolicy.of(object('a.yaml', raw as JsonObject))!;
    return {
      ingress,
      egress,
      selects: (labels: JsonObject) => NetworkPolicy.of(found.object)!.selects(pod('a.yaml', labels)),
    };
  };
  const web = { matchLabels: { app: 'web' } };
  const directions = (spec: JsonObject) => {
    const { ingress, egress } = read({ endpointSelector: web, ...spec });
    return { ingress, egress };
  };
  expect(directions({ egressDeny: [{}] })).toEqual({ ingress: false, egress: true });
  expect(directions({ ingress: [], egress: [{}] })).toEqual({ ingress: false, egress: true });
  const enableDefaultDeny = { ingress: false };
  expect(directions({ enableDefaultDeny, ingress: [{}], egress: [{}] })).toEqual({
    ingress: false,
    egress: true,
  });
  expect(directions({ enableDefaultDeny: { egress: true }, ingress: [{}] })).toEqual({
    ingress: true,
    egress: false,
  });
  const nodes = read({ nodeSelector: {}, ingress: [{}] }, {}, 'CiliumClusterwideNetworkPolicy');
  expect([nodes.ingress, nodes.selects({})]).toEqual([false, 'not-selected']);
  const both = read(null as never, {
    spec: { endpointSelector: web, ingress: [{}] },
    specs: [{ endpointSelector: { matchLabels: { app: 'db' } }, ingressDeny: [{}] }],
  });
  expect(['web', 'db', 'other'].map((app) => both.selects({ app }))).toEqual([
    'selected',
    'selected',
    'not-selected',
  ]);
  const mixed = read(null as never, {
    spec: undefined,
    specs: [
      { endpointSelector: web, ingress: [{}] },
      { endpointSelector: {}, egress: [{}] },
    ],
  });
  expect(mixed.selects({ app: 'web' })).toBe('unknown');
  for (const key of [
    'io.kubernetes.pod.namespace',
    'io.cilium.k8s.policy.serviceaccount',
    'reserved:host',
    'pod-template-hash',
  ]) {
    expect(
      read({ endpointSelector: { matchLabels: { [key]: '' } }, ingress: [{}] }).selects({ app: 'web' }),
    ).toBe('unknown');
  }
});

test("Cilium's selectors are read with their label sources, Calico's where they ask for labels of pods alone", () => {
  const cilium = policy('a.yaml', 'cilium.io/v2', 'CiliumNetworkPolicy', {
    endpointSelector: { matchLabels: { 'k8s:app': 'web' } },
    ingressDeny: [{}],
  });
  expect(cilium.ingress).toBe(true);
  expect(cilium.egress).toBe(false);
  expect(cilium.selects(pod('a.yaml', { app: 'web' }))).toBe('selected');
  const calico = (selector: string, more: JsonObject = {}) =>
    policy('a.yaml', 'projectcalico.org/v3', 'GlobalNetworkPolicy', {
      selector,
      types: ['Ingress'],
      ...more,
    });
  expect(calico("app == 'web'").selects(pod('a.yaml', { app: 'web' }))).toBe('selected');
  expect(calico("app == 'web'").selects(pod('a.yaml', { app: 'db' }))).toBe('not-selected');
  expect(calico("pcns.team == 'web'").selects(pod('a.yaml', { app: 'web' }))).toBe('unknown');
  expect(calico('all()', { namespaceSelector: "team == 'web'" }).selects(pod('a.yaml', {}))).toBe('unknown');
  expect(calico('all()', { tier: 'platform' }).selects(pod('a.yaml', {}))).toBe('unknown');
  expect(calico('app = 1').selects(pod('a.yaml', {}))).toBe('unknown');
  expect(calico('all()').selects(pod('b/a.yaml', {}, 'anywhere'))).toBe('selected');
});
