import { expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/json.ts';
import { KubernetesObject } from '../../kubernetes/object.ts';
import { connectionsOf, explain, explainPorts, Network, parseAddress } from './index.ts';

/** Cases that random worlds found (tests/network-differential.test.ts), each as small as it can be. */
function networkOf(...raws: JsonObject[]): Network {
  const origin = {
    file: { path: 'a.yaml' },
    start: 0,
    end: 0,
    line: 1,
    column: 1,
    format: 'yaml',
    within: '',
  } as const;
  const objects = raws.map((raw, document) => new KubernetesObject(raw, { ...origin, document }));
  return new Network(objects, { isComplete: false });
}

const node = (name: string, address: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: { addresses: [{ type: 'InternalIP', address }] },
});

const pod = (name: string, spec: JsonObject = {}, ...ips: string[]): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'web' } },
  spec: { containers: [], ...spec },
  ...(ips.length > 0 ? { status: { podIPs: ips.map((ip) => ({ ip })) } } : {}),
});

const isolation: JsonObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'isolation' },
  spec: { policyTypes: ['Ingress', 'Egress'] },
};

const clusterPolicy = (name: string, action: string, to: JsonObject, priority = 1): JsonObject => ({
  apiVersion: 'policy.networking.k8s.io/v1alpha2',
  kind: 'ClusterNetworkPolicy',
  metadata: { name },
  spec: { tier: 'Admin', priority, subject: { namespaces: {} }, egress: [{ action, to: [to] }] },
});

function asked(network: Network, from: string, to: string): boolean | 'unknown' {
  const end = (name: string) => network.pods.get(`default/${name}`) ?? parseAddress(name)!;
  return explain(network.model, end(from), end(to), { protocol: 'TCP', port: 80 }).allowed;
}

test('no NetworkPolicy refuses what comes from the own node, and of what goes there it is not said', () => {
  const nodes = [node('one', '192.168.0.1'), node('two', '192.168.0.2')];
  const network = networkOf(...nodes, isolation, pod('a', { nodeName: 'one' }, '10.0.0.1'), pod('nowhere'));
  expect(asked(network, '192.168.0.1', 'a')).toBe(true);
  expect(asked(network, '192.168.0.2', 'a')).toBe(false);
  expect(asked(network, 'a', '192.168.0.1')).toBe('unknown');
  expect(asked(network, 'a', '192.168.0.2')).toBe(false);
  expect(asked(network, '192.168.0.1', 'nowhere')).toBe('unknown');
  const [from, to] = [parseAddress('192.168.0.1')!, network.pods.get('default/a')!];
  expect(explainPorts(network.model, from, to).verdict.allowed).toBe(network.model.algebra.all);
});

test('a pod on the network of the own node may count as the node', () => {
  const open = { ...isolation, spec: { podSelector: { matchLabels: { app: 'web' } } } };
  const onHost = pod('host', { nodeName: 'one', hostNetwork: true }, '192.168.0.1');
  const others = [pod('near', { nodeName: 'one' }, '10.0.0.1'), pod('far', { nodeName: 'two' }, '10.0.0.2')];
  const network = networkOf(node('one', '192.168.0.1'), open, onHost, ...others);
  expect(asked(network, 'host', 'near')).toBe('unknown');
  expect(asked(network, 'host', 'far')).toBe(false);
});

test('pods of both IP families reach each other by the family that no policy stops', () => {
  const pods = [
    pod('a', {}, '10.0.0.1', 'fd00::1'),
    pod('b', {}, '10.0.0.2', 'fd00::2'),
    pod('c', {}, '10.0.0.3'),
  ];
  const network = networkOf(clusterPolicy('no-ipv4', 'Deny', { networks: ['0.0.0.0/0'] }), ...pods);
  expect(asked(network, 'a', 'b')).toBe(true);
  expect(asked(network, 'a', 'c')).toBe(false);
});

test('two policies of one priority are undecided only where it makes a difference', () => {
  const pods = [pod('a'), pod('b')];
  const everybody = { namespaces: {} };
  const [pass, deny, accept] = ['Pass', 'Deny', 'Accept'].map((action) =>
    clusterPolicy(action.toLowerCase(), action, everybody),
  );
  expect(asked(networkOf(pass!, accept!, ...pods), 'a', 'b')).toBe(true);
  expect(asked(networkOf(pass!, deny!, ...pods), 'a', 'b')).toBe('unknown');
  const closed = { ...isolation, spec: { policyTypes: ['Egress'] } };
  expect(asked(networkOf(pass!, deny!, closed, ...pods), 'a', 'b')).toBe(false);
  expect(asked(networkOf(pass!, accept!, closed, ...pods), 'a', 'b')).toBe('unknown');
});

test('workloads with equal labels do not reach each other for that', () => {
  const { model, groups, entries } = networkOf(isolation, pod('a'), pod('b'));
  const between = [...connectionsOf(model, groups, entries)].filter(
    ({ from, to }) => 'group' in from && 'group' in to,
  );
  expect(between).toEqual([]);
});

test('names of the cluster may stand for pods, others for addresses outside of it', () => {
  const rules = (name: string) => [
    clusterPolicy('names', 'Accept', { domainNames: [name] }),
    clusterPolicy('nothing', 'Deny', { namespaces: {} }, 2),
  ];
  expect(asked(networkOf(...rules('db.shop.svc.cluster.local'), pod('a'), pod('b')), 'a', 'b')).toBe(
    'unknown',
  );
  expect(asked(networkOf(...rules('*.example.com'), pod('a'), pod('b')), 'a', 'b')).toBe(false);
});

test('rules of a direction that has no effect are refused all the same', () => {
  const spec = { policyTypes: ['Egress'], ingress: [{ ports: [{ port: 0 }] }] };
  expect(networkOf({ ...isolation, spec }).problems.map(({ path }) => path)).toEqual([
    'spec.ingress[0].ports[0].port',
  ]);
});
