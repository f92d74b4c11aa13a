import type { Directory } from './directory.ts';
import { uniquePorts } from './directory.ts';
import type { Evidence, Flow, Ground, Party, PolicyPort } from './evidence.ts';

const BOTH: readonly PolicyPort[] = [
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 53 },
];
/** Where NodeLocal DNSCache listens (https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/). */
const NODE_LOCAL = '169.254.20.10/32';

/**
 * Ways to the cluster's DNS. They end in pods: of CoreDNS and kube-dns, which everybody labels `k8s-app: kube-dns`, and of OpenShift's
 * operator where it is seen.
 *
 * @param seesNodeLocal whether flow logs show the cache on the node
 */
export function dnsFlows(directory: Directory, seesNodeLocal: boolean): Flow[] {
  const from: Party = { kind: 'anywhere' };
  const because: Ground = { reason: 'dns', text: '' };
  const flows: Flow[] = [];
  const openShift = directory
    .groupsIn('openshift-dns')
    .some(({ pods }) =>
      pods.some(({ labels }) => labels['dns.operator.openshift.io/daemonset-dns'] !== undefined),
    );
  if (openShift) {
    const labels = { 'dns.operator.openshift.io/daemonset-dns': 'default' };
    const ports = BOTH.map(({ protocol }): PolicyPort => ({ protocol, port: 5353 }));
    flows.push({ from, to: { kind: 'pods', namespace: 'openshift-dns', labels }, ports, because });
  } else {
    const labels = { 'k8s-app': 'kube-dns' };
    const served = directory
      .service('kube-system', 'kube-dns')
      .flatMap((service) =>
        directory.behind(service).flatMap((group) => directory.targets(service, group, 53)),
      );
    const ports = served.length === 0 ? BOTH : uniquePorts(served);
    flows.push({ from, to: { kind: 'pods', namespace: 'kube-system', labels }, ports, because });
  }
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
  for (const group of directory.groupsIn('kube-system')) {
    if (!group.pods.some(({ labels }) => labels['k8s-app'] === 'kube-dns')) continue;
    const served = directory.servicesOf(group).flatMap((service) => directory.targets(service, group, 53));
    const to: Party = { kind: 'workload', group };
    const because: Ground = { reason: 'dns', text: '' };
    const ports = served.length === 0 ? BOTH : uniquePorts(served);
    evidence.add({ from: { kind: 'anywhere' }, to, ports, because });
  }
}
