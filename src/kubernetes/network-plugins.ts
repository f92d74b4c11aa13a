import { asString } from './json.ts';
import type { Carriage, PluginFacts } from './network-plugin.ts';
import type { KubernetesObject } from './object.ts';

/** What a plugin's DaemonSet and its configuration say. */
export interface Settings {
  /** Whether a container of the same pods has an image that ends so. */
  runs(...marks: readonly string[]): boolean;
  tag(mark: string): string;
  /** A variable of any of the containers, by way of a ConfigMap too. */
  variable(name: string): string | undefined;
  flag(name: string): string | undefined;
  /** The texts of a ConfigMap beside the plugin; undefined where it was not seen. */
  configMap(name: string): Readonly<Record<string, string>> | undefined;
  /** Calico's IPPools. */
  readonly pools: readonly KubernetesObject[];
}

interface Plugin {
  readonly name: string;
  /** How repositories of images end that hold it. */
  readonly marks: readonly string[];
  readonly facts: (settings: Settings) => PluginFacts;
}

const ENFORCED = { policies: 'enforced' } as const;
const IGNORED = { policies: 'ignored' } as const;

function overlay(by: string, encryption = 'none'): Omit<PluginFacts, 'policies'> {
  return { carriage: 'overlay', by, encryption };
}

function carried(carriage: Carriage, by: string, encryption = 'none'): Omit<PluginFacts, 'policies'> {
  return { carriage, by, encryption };
}

const ENCAPSULATIONS: Readonly<Record<string, string>> = {
  vxlan: 'VXLAN',
  geneve: 'Geneve',
  ipip: 'IPIP',
  gre: 'GRE',
  stt: 'STT',
};
const OFF = new Set(['never', 'off', 'disabled', 'none', '']);

/** https://github.com/flannel-io/flannel/blob/master/Documentation/backends.md */
function flannel(settings: Settings): PluginFacts {
  const text =
    settings.configMap('kube-flannel-cfg')?.['net-conf.json'] ??
    settings.configMap('canal-config')?.['net-conf.json'];
  // Flannel itself has no policies; the controller of SIG Network may run beside it.
  const policies = settings.runs('kube-network-policies') ? ENFORCED : IGNORED;
  if (text === undefined) return { ...policies, carriage: 'unknown', by: '', encryption: 'unknown' };
  const type = /"Type"\s*:\s*"([\w-]+)"/i.exec(text)?.[1]?.toLowerCase() ?? 'udp';
  switch (type) {
    case 'wireguard':
      return { ...policies, ...overlay('WireGuard', 'WireGuard') };
    case 'ipsec':
      return { ...policies, ...overlay('IPsec', 'IPsec') };
    case 'vxlan':
    case 'ipip':
    case 'udp':
      return { ...policies, ...overlay(ENCAPSULATIONS[type] ?? type.toUpperCase()) };
    default:
      return { ...policies, ...carried('routes', type) };
  }
}

/** https://docs.tigera.io/calico/latest/reference/configure-calico-node */
function calico(settings: Settings): PluginFacts {
  const encryption = /^(?:true|1)$/i.test(settings.variable('FELIX_WIREGUARDENABLED') ?? '')
    ? 'WireGuard'
    : 'none';
  // Canal: flannel carries, Calico enforces.
  if (settings.runs('flannel')) return { ...flannel(settings), ...ENFORCED };
  const modes = settings.pools.flatMap(({ spec }) => [
    ['IPIP', asString(spec['ipipMode'])] as const,
    ['VXLAN', asString(spec['vxlanMode'])] as const,
  ]);
  const stated =
    modes.length > 0
      ? modes
      : [
          ['IPIP', settings.variable('CALICO_IPV4POOL_IPIP')] as const,
          ['VXLAN', settings.variable('CALICO_IPV4POOL_VXLAN')] as const,
        ];
  const used = stated.find(([, mode]) => mode !== undefined && !OFF.has(mode.toLowerCase()));
  if (used !== undefined) return { ...ENFORCED, ...overlay(used[0], encryption) };
  const backend = settings.variable('CALICO_NETWORKING_BACKEND');
  if (backend === 'none') return { ...ENFORCED, ...carried('routes', '', encryption) };
  if (backend === 'vxlan') return { ...ENFORCED, ...overlay('VXLAN', encryption) };
  const isStated = stated.some(([, mode]) => mode !== undefined) || backend === 'bird';
  return isStated
    ? { ...ENFORCED, ...carried('bgp', 'BGP', encryption) }
    : { ...ENFORCED, carriage: 'unknown', by: '', encryption: 'unknown' };
}

/** https://docs.cilium.io/en/stable/network/concepts/routing/, and `enable-policy` of its ConfigMap. */
function cilium(settings: Settings): PluginFacts {
  const config = settings.configMap('cilium-config');
  if (config === undefined)
    return { policies: 'enforced', carriage: 'unknown', by: '', encryption: 'unknown' };
  const policies = config['enable-policy'] === 'never' ? IGNORED : ENFORCED;
  const encryption =
    config['enable-wireguard'] === 'true'
      ? 'WireGuard'
      : config['enable-ipsec'] === 'true'
        ? 'IPsec'
        : 'none';
  const tunnel = config['tunnel'] ?? config['tunnel-protocol'] ?? 'vxlan';
  const isNative = config['routing-mode'] === 'native' || tunnel === 'disabled';
  if (!isNative) return { ...policies, ...overlay(ENCAPSULATIONS[tunnel] ?? tunnel, encryption) };
  return config['enable-bgp-control-plane'] === 'true'
    ? { ...policies, ...carried('bgp', 'BGP', encryption) }
    : { ...policies, ...carried('routes', 'native', encryption) };
}

/** https://antrea.io/docs/main/docs/configuration/ */
function antrea(settings: Settings): PluginFacts {
  const text = settings.configMap('antrea-config')?.['antrea-agent.conf'];
  if (text === undefined) return { ...ENFORCED, carriage: 'unknown', by: '', encryption: 'unknown' };
  const value = (key: string) => new RegExp(`^${key}:\\s*"?([\\w-]+)"?\\s*$`, 'm').exec(text)?.[1];
  const encryption = value('trafficEncryptionMode') ?? 'none';
  const tunnel = value('tunnelType') ?? 'geneve';
  return /^(?:noEncap|networkPolicyOnly)$/.test(value('trafficEncapMode') ?? '')
    ? { ...ENFORCED, ...carried('routes', 'native', encryption) }
    : { ...ENFORCED, ...overlay(ENCAPSULATIONS[tunnel] ?? tunnel, encryption) };
}

/** https://www.kube-router.io/docs/user-guide/: each part is turned on by a flag, and all are by default. */
function kubeRouter(settings: Settings): PluginFacts {
  const policies = settings.flag('run-firewall') === 'false' ? IGNORED : ENFORCED;
  if (settings.flag('run-router') === 'false')
    return { ...policies, carriage: 'unknown', by: '', encryption: 'unknown' };
  return settings.flag('enable-overlay') === 'false'
    ? { ...policies, ...carried('bgp', 'BGP') }
    : { ...policies, ...carried('bgp', 'BGP, IPIP') };
}

/** Policies are the work of an agent beside it, which is off until it is asked for (https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html). */
function amazon(settings: Settings): PluginFacts {
  const agent = settings.flag('enable-network-policy');
  const controller = settings.configMap('amazon-vpc-cni')?.['enable-network-policy-controller'];
  const isOn =
    settings.runs('aws-network-policy-agent') &&
    (agent === 'true' || (agent === undefined && controller === 'true'));
  return { ...(isOn ? ENFORCED : IGNORED), ...carried('routes', 'VPC') };
}

/** NetworkPolicies are enforced from kind v0.24.0 on, whose image is of a later date than this. */
const KINDNET_POLICIES = 20_240_723;

function kindnet(settings: Settings): PluginFacts {
  const date = Number(/^v(\d{8})-/.exec(settings.tag('kindnetd'))?.[1] ?? Number.NaN);
  const policies = Number.isNaN(date) ? 'unknown' : date >= KINDNET_POLICIES ? 'enforced' : 'ignored';
  return { policies, ...carried('routes', 'host routes') };
}

/** The first that fits counts: what runs beside something else comes before it. Multus, which calls other plugins, is none. */
export const PLUGINS: readonly Plugin[] = [
  { name: 'Calico', marks: ['calico/node', 'calico-node'], facts: calico },
  { name: 'Cilium', marks: ['cilium/cilium', 'cilium'], facts: cilium },
  {
    name: 'Antrea',
    marks: ['antrea-ubuntu', 'antrea-agent-ubuntu', 'antrea-ubi', 'antrea-agent-ubi', 'antrea-agent'],
    facts: antrea,
  },
  {
    name: 'OVN-Kubernetes',
    marks: [
      'ovn-kubernetes',
      'ovn-kube',
      'ovn-daemonset-f',
      'ovn-daemonset-fedora',
      'ovn-daemonset-u',
      'ovn-daemonset-ubuntu',
    ],
    facts: () => ({ ...ENFORCED, carriage: 'overlay', by: 'Geneve', encryption: 'unknown' }),
  },
  {
    name: 'Kube-OVN',
    marks: ['kube-ovn'],
    facts: (settings) =>
      settings.flag('network-type') === 'vlan'
        ? { ...ENFORCED, ...carried('routes', 'VLAN') }
        : {
            ...ENFORCED,
            ...overlay('Geneve', settings.flag('enable-ovn-ipsec') === 'true' ? 'IPsec' : 'none'),
          },
  },
  {
    name: 'OpenShift SDN',
    marks: ['origin-sdn', 'ose-sdn', 'openshift-sdn'],
    facts: () => ({ ...ENFORCED, ...overlay('VXLAN') }),
  },
  {
    name: 'Weave Net',
    marks: ['weave-kube'],
    facts: (settings) => ({
      ...(settings.runs('weave-npc') && settings.variable('EXPECT_NPC') !== '0' ? ENFORCED : IGNORED),
      ...overlay('VXLAN', settings.variable('WEAVE_PASSWORD') === undefined ? 'none' : 'IPsec'),
    }),
  },
  { name: 'kube-router', marks: ['kube-router'], facts: kubeRouter },
  { name: 'Amazon VPC CNI', marks: ['amazon-k8s-cni'], facts: amazon },
  // Enforces what Azure CNI, whose own pods do not, carries.
  { name: 'Azure NPM', marks: ['azure-npm'], facts: () => ({ ...ENFORCED, ...carried('routes', 'VNet') }) },
  {
    name: 'Azure CNI',
    marks: ['azure-cns'],
    facts: () => ({ ...IGNORED, ...carried('routes', 'VNet') }),
  },
  { name: 'flannel', marks: ['flannel'], facts: flannel },
  { name: 'kindnet', marks: ['kindnetd'], facts: kindnet },
  // Policies of kube-network-policies, whoever carries packets.
  {
    name: 'kube-network-policies',
    marks: ['kube-network-policies'],
    facts: () => ({ ...ENFORCED, carriage: 'unknown', by: '', encryption: 'unknown' }),
  },
  {
    name: 'Terway',
    marks: ['terway'],
    facts: () => ({ policies: 'unknown', ...carried('routes', 'VPC') }),
  },
];
