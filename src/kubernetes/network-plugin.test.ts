import { describe, expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { networkPlugins } from './network-plugin.ts';
import { KubernetesObject } from './object.ts';

const origin = { file: { path: '' }, document: 0, start: 0, end: 0, line: 1, column: 1, within: '' };
const NAMESPACE = 'kube-system';

function daemonSet(...containers: JsonObject[]): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'net', namespace: NAMESPACE },
    spec: { template: { spec: { containers } } },
  };
}

function configMap(name: string, data: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAMESPACE }, data };
}

function found(...objects: JsonObject[]): string[] {
  const cluster = new Cluster(objects.map((raw) => new KubernetesObject(raw, { ...origin, format: 'yaml' })));
  return networkPlugins(cluster).map(({ name, policies, carriage, by, encryption }) =>
    [name, policies, carriage, by, encryption].join(' | '),
  );
}

const image = (text: string, more: JsonObject = {}): JsonObject => ({ name: 'c', image: text, ...more });
const env = (variables: Record<string, string>) => ({
  env: Object.entries(variables).map(([name, value]) => ({ name, value })),
});

/** Expectations are what each project's documentation says of the setting. */
describe('flannel', () => {
  const flannel = daemonSet(image('docker.io/flannel/flannel:v0.25.5'));
  test.each([
    ['{"Backend":{"Type":"vxlan"}}', 'overlay | VXLAN | none'],
    ['{"Backend": { "Type": "host-gw" }}', 'routes | host-gw | none'],
    ['{"Backend":{"Type":"wireguard"}}', 'overlay | WireGuard | WireGuard'],
    ['{"Network":"10.244.0.0/16"}', 'overlay | UDP | none'],
  ])('%s', (text, expected) => {
    expect(found(flannel, configMap('kube-flannel-cfg', { 'net-conf.json': text }))).toEqual([
      `flannel | ignored | ${expected}`,
    ]);
  });

  test('without its settings', () => {
    expect(found(flannel)).toEqual(['flannel | ignored | unknown |  | unknown']);
  });

  test('beside Calico (canal), and beside the controller of SIG Network', () => {
    expect(
      found(
        daemonSet(
          image('rancher/mirrored-calico-node:v3.28.0'),
          image('rancher/mirrored-flannelcni-flannel:v0.25.5'),
        ),
        configMap('canal-config', { 'net-conf.json': '{"Backend":{"Type":"vxlan"}}' }),
      ),
    ).toEqual(['Calico | enforced | overlay | VXLAN | none']);
    expect(
      found(
        daemonSet(
          image('flannel/flannel:v1'),
          image('registry.k8s.io/networking/kube-network-policies:v0.6'),
        ),
      ),
    ).toEqual(['flannel | enforced | unknown |  | unknown']);
  });
});

describe('Calico', () => {
  const node = (variables: Record<string, string>) =>
    daemonSet(image('docker.io/calico/node:v3.28.0', env(variables)));
  test.each<[Record<string, string>, string]>([
    [{ CALICO_IPV4POOL_IPIP: 'Always', CALICO_IPV4POOL_VXLAN: 'Never' }, 'overlay | IPIP | none'],
    [{ CALICO_IPV4POOL_IPIP: 'Never', CALICO_IPV4POOL_VXLAN: 'CrossSubnet' }, 'overlay | VXLAN | none'],
    [{ CALICO_IPV4POOL_IPIP: 'Never', CALICO_IPV4POOL_VXLAN: 'Never' }, 'bgp | BGP | none'],
    [{ CALICO_IPV4POOL_IPIP: 'Always', FELIX_WIREGUARDENABLED: 'true' }, 'overlay | IPIP | WireGuard'],
    [{}, 'unknown |  | unknown'],
  ])('%j', (variables, expected) => {
    expect(found(node(variables))).toEqual([`Calico | enforced | ${expected}`]);
  });

  test('its pools win over the variables that made the first of them', () => {
    const pool = {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'IPPool',
      metadata: { name: 'default' },
      spec: { ipipMode: 'Never', vxlanMode: 'Always' },
    };
    expect(found(node({ CALICO_IPV4POOL_IPIP: 'Always' }), pool)).toEqual([
      'Calico | enforced | overlay | VXLAN | none',
    ]);
  });
});

describe('Cilium', () => {
  const agent = daemonSet(image(`quay.io/cilium/cilium:v1.15.6@sha256:${'a'.repeat(64)}`));
  test.each<[Record<string, string>, string]>([
    [{ 'routing-mode': 'tunnel', 'tunnel-protocol': 'geneve' }, 'enforced | overlay | Geneve | none'],
    [{ tunnel: 'vxlan', 'enable-wireguard': 'true' }, 'enforced | overlay | VXLAN | WireGuard'],
    [{ 'routing-mode': 'native', 'enable-bgp-control-plane': 'true' }, 'enforced | bgp | BGP | none'],
    [{ tunnel: 'disabled', 'enable-policy': 'never' }, 'ignored | routes | native | none'],
  ])('%j', (data, expected) => {
    expect(found(agent, configMap('cilium-config', data))).toEqual([`Cilium | ${expected}`]);
  });
});

test.each<[string, JsonObject[], string[]]>([
  [
    'kind before policies',
    [daemonSet(image('docker.io/kindest/kindnetd:v20240513-cd2ac642'))],
    ['kindnet | ignored | routes | host routes | none'],
  ],
  [
    'kind since',
    [daemonSet(image('docker.io/kindest/kindnetd:v20240813-c6f155d6'))],
    ['kindnet | enforced | routes | host routes | none'],
  ],
  [
    'Amazon without its agent',
    [daemonSet(image('602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni:v1.13'))],
    ['Amazon VPC CNI | ignored | routes | VPC | none'],
  ],
  [
    'Amazon with its agent off',
    [
      daemonSet(
        image('x.example/amazon-k8s-cni:v1.18'),
        image('x.example/amazon/aws-network-policy-agent:v1.1', { args: ['--enable-network-policy=false'] }),
      ),
    ],
    ['Amazon VPC CNI | ignored | routes | VPC | none'],
  ],
  [
    'Amazon with its agent',
    [
      daemonSet(
        image('x.example/amazon-k8s-cni:v1.18'),
        image('x.example/amazon/aws-network-policy-agent:v1.1', { args: ['--enable-network-policy=true'] }),
      ),
    ],
    ['Amazon VPC CNI | enforced | routes | VPC | none'],
  ],
  [
    'Weave',
    [daemonSet(image('weaveworks/weave-kube:2.8.1'), image('weaveworks/weave-npc:2.8.1'))],
    ['Weave Net | enforced | overlay | VXLAN | none'],
  ],
  [
    'Weave without its controller',
    [daemonSet(image('weaveworks/weave-kube:2.8.1'))],
    ['Weave Net | ignored | overlay | VXLAN | none'],
  ],
  [
    'kube-router',
    [
      daemonSet(
        image('cloudnativelabs/kube-router:v2', {
          args: ['--run-router=true', '--run-firewall=true', '--enable-overlay=false'],
        }),
      ),
    ],
    ['kube-router | enforced | bgp | BGP | none'],
  ],
  [
    'kube-router for routes alone',
    [daemonSet(image('cloudnativelabs/kube-router:v2', { args: ['--run-firewall=false'] }))],
    ['kube-router | ignored | bgp | BGP, IPIP | none'],
  ],
  [
    'Antrea',
    [
      daemonSet(image('antrea/antrea-agent-ubuntu:v2.0.0')),
      configMap('antrea-config', {
        'antrea-agent.conf':
          'trafficEncapMode: encap\n#tunnelType: geneve\ntrafficEncryptionMode: "wireGuard"\n',
      }),
    ],
    ['Antrea | enforced | overlay | Geneve | wireGuard'],
  ],
  ['Multus calls others', [daemonSet(image('ghcr.io/k8snetworkplumbingwg/multus-cni:snapshot'))], []],
  ['an operator', [{ ...daemonSet(image('quay.io/cilium/cilium:v1')), kind: 'Deployment' }], []],
])('%s', (_, objects, expected) => {
  expect(found(...objects)).toEqual(expected);
});
