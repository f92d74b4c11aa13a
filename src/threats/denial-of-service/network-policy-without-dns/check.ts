import { type NetworkPod, newcomer, type Rule } from '../../../engines/network/index.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { networkAtPods } from '../../network-of.ts';
import { few, networkPodOf, policyReading, UNDECIDED, undecided } from '../../network-questions.ts';

/** The pods that answer for names in most clusters, and in OpenShift. */
const SERVERS: readonly NetworkPod[] = [
  { ...newcomer('kube-system'), labels: { 'k8s-app': 'kube-dns' }, ports: named(53) },
  {
    ...newcomer('openshift-dns'),
    labels: { 'dns.operator.openshift.io/daemonset-dns': 'default' },
    ports: named(5353),
  },
];
const PORTS = [53, 5353];

function named(port: number): NetworkPod['ports'] {
  return [
    { name: 'dns', protocol: 'UDP', port },
    { name: 'dns-tcp', protocol: 'TCP', port },
  ];
}

/** Whether a rule names a port of DNS, whoever answers there, or every port of addresses among which a server may be. */
function mayBeForDns({ ports, peers }: Rule): boolean {
  if (ports === 'all') return peers === 'all' || peers.some(({ kind }) => kind !== 'pods');
  return (
    ports.ranges.some(({ from, to }) => PORTS.some((port) => from <= port && port <= to)) ||
    ports.named.some(({ name }) => name.startsWith('dns'))
  );
}

export default defineCheck({
  id: 'network-policy-without-dns',
  threat: 'denial-of-service',
  severity: 'info',
  confidence: 'medium',
  subject: 'workload',
  frameworks: { nsa: ['Network separation and hardening'] },
  equivalents: { kyverno: ['add-networkpolicy-dns'] },
  messages: { closed: ['policies'] },
  reasons: UNDECIDED,
  fix: 'none',
  evaluate(workload, cluster) {
    if (workload.pod['hostNetwork'] === true || workload.pod['dnsPolicy'] === 'None') return notApplicable;
    const selecting = cluster
      .networkPoliciesAround(workload)
      .filter((policy) => policy.egress && policy.selects(workload) !== 'not-selected');
    const rules = selecting.flatMap((policy) =>
      policyReading(policy, cluster).policies.flatMap(({ egress }) => egress ?? []),
    );
    // Who may send nothing to other pods, or to addresses alone, needs no names; of a port that is open to all, nobody knows.
    const sendsToPods = ({ action, peers }: Rule) =>
      action === 'allow' && peers !== 'all' && peers.some(({ kind }) => kind === 'pods' || kind === 'names');
    if (!rules.some(sendsToPods)) return notApplicable;
    if (rules.some((rule) => rule.action !== 'deny' && mayBeForDns(rule))) return pass;
    const network = networkAtPods(cluster);
    const pod = networkPodOf(workload, cluster);
    if (pod === undefined) return notApplicable;
    const verdicts = SERVERS.map((server) => network.model.at(pod, 'egress', server, server));
    const has = (field: 'allowed' | 'unknown') =>
      verdicts.some((verdict) => PORTS.some((port) => verdict[field].has('UDP', port)));
    if (has('allowed')) return pass;
    if (has('unknown')) return undecided(network, workload.namespace);
    const policies = few(selecting.map(({ object }) => `${object.kind}/${object.name}`));
    return fail({ at: workload.metadataAt('labels'), message: 'closed', params: { policies } });
  },
});
