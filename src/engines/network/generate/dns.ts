import { asArray, asObject } from '../../../kubernetes/json.ts';
import { stringMap } from '../../../kubernetes/object.ts';
import { formatAddress, isIpv4, parseAddress } from '../addresses.ts';
import type { Directory } from './directory.ts';
import { uniquePorts } from './directory.ts';
import type { Evidence, Flow, Ground, Party, PolicyPort } from './evidence.ts';
import { lastingLabels } from './units.ts';

const BOTH: readonly PolicyPort[] = [
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 53 },
];
/** Where NodeLocal DNSCache listens (https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/). */
const NODE_LOCAL = '169.254.20.10/32';

/** Pods that answer the names of the cluster. */
export interface DnsServer {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly PolicyPort[];
}

/**
 * The pods of CoreDNS and kube-dns, which nearly everybody labels `k8s-app: kube-dns`: where the Service `kube-dns` is seen, those that it
 * selects; and of OpenShift's operator where it is seen.
 */
export function dnsServers(directory: Directory): readonly DnsServer[] {
  const openShift = directory
    .groupsIn('openshift-dns')
    .some(({ pods }) =>
      pods.some(({ labels }) => labels['dns.operator.openshift.io/daemonset-dns'] !== undefined),
    );
  if (openShift) {
    const labels = { 'dns.operator.openshift.io/daemonset-dns': 'default' };
    const ports = BOTH.map(({ protocol }): PolicyPort => ({ protocol, port: 5353 }));
    return [{ namespace: 'openshift-dns', labels, ports }];
  }
  const namespace = 'kube-system';
  const seen = directory.service(namespace, 'kube-dns').map((service): DnsServer => {
    const spec = asObject(service.object['spec']);
    const labels = lastingLabels(stringMap(spec?.['selector']));
    const ports = directory.behind(service).flatMap((group) => directory.targets(service, group, 53));
    return { namespace, labels, ports: ports.length === 0 ? BOTH : uniquePorts(ports) };
  });
  // A Service without a selector says nothing about who answers.
  const selecting = seen.filter(({ labels }) => Object.keys(labels).length > 0);
  return selecting.length > 0 ? selecting : [{ namespace, labels: { 'k8s-app': 'kube-dns' }, ports: BOTH }];
}

/** Whether a pod answers the names of the cluster at this port. */
export function isDnsServer(
  servers: readonly DnsServer[],
  namespace: string,
  labels: Readonly<Record<string, string>>,
  { protocol, port }: PolicyPort,
): boolean {
  return servers.some(
    (server) =>
      has(server, namespace, labels) &&
      server.ports.some((each) => each.protocol === protocol && each.port === port),
  );
}

function has(server: DnsServer, namespace: string, labels: Readonly<Record<string, string>>): boolean {
  return (
    server.namespace === namespace &&
    Object.entries(server.labels).every(([key, value]) => labels[key] === value)
  );
}

/**
 * Ways to the cluster's DNS, which end in pods.
 *
 * @param seesNodeLocal whether flow logs show the cache on the node
 */
export function dnsFlows(directory: Directory, seesNodeLocal: boolean): Flow[] {
  const from: Party = { kind: 'anywhere' };
  const because: Ground = { reason: 'dns', text: '' };
  const flows = dnsServers(directory).map(
    ({ namespace, labels, ports }): Flow => ({
      from,
      to: { kind: 'pods', namespace, labels },
      ports,
      because,
    }),
  );
  const runsNodeLocal = directory
    .groupsIn('kube-system')
    .some(({ pods }) => pods.some(({ labels }) => labels['k8s-app'] === 'node-local-dns'));
  if (runsNodeLocal || seesNodeLocal) {
    const blocks = [{ cidr: NODE_LOCAL, except: [] }];
    flows.push({
      from,
      to: { kind: 'blocks', blocks },
      ports: BOTH,
      because: { ...because, text: 'NodeLocal DNSCache' },
    });
  }
  return flows;
}

/** Whoever runs the cluster's DNS is asked by everybody. */
export function askDns(directory: Directory, evidence: Evidence): void {
  const because: Ground = { reason: 'dns', text: '' };
  for (const server of dnsServers(directory)) {
    for (const group of directory.groupsIn(server.namespace)) {
      if (!group.pods.some(({ labels }) => has(server, server.namespace, labels))) continue;
      const to: Party = { kind: 'workload', group };
      evidence.add({ from: { kind: 'anywhere' }, to, ports: server.ports, because });
    }
  }
}

/** Name servers that pods ask beside or instead of the cluster's (`dnsConfig`, which `dnsPolicy: None` needs). */
export function readNameServers(directory: Directory, evidence: Evidence): void {
  const { groups, workloads } = directory.network;
  for (const group of groups) {
    const from: Party = { kind: 'workload', group };
    for (const pod of group.pods) {
      const workload = workloads.get(pod);
      const servers = asArray(asObject(workload?.pod['dnsConfig'])?.['nameservers']) ?? [];
      servers.forEach((server, index) => {
        const address = typeof server === 'string' ? parseAddress(server) : undefined;
        if (address === undefined || /^(?:127\.|::1$)/.test(formatAddress(address))) return;
        const path = workload!.at(`dnsConfig.nameservers[${index}]`);
        const source = { raw: workload!.object.raw, path };
        const because: Ground = { reason: 'dns', source, text: `dnsConfig ${formatAddress(address)}` };
        const service = directory.serviceAt(address);
        if (service === undefined) {
          const blocks = [{ cidr: `${formatAddress(address)}/${isIpv4(address) ? 32 : 128}`, except: [] }];
          evidence.add({ from, to: { kind: 'blocks', blocks }, ports: BOTH, because });
          return;
        }
        for (const to of directory.behind(service)) {
          const ports = directory.targets(service, to, 53);
          evidence.add({ from, to: { kind: 'workload', group: to }, ports, because });
        }
      });
    }
  }
}
