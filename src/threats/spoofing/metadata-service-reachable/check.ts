import { parseAddress } from '../../../engines/network/index.ts';
import { cloudOf } from '../../../kubernetes/cloud.ts';
import { cloudIdentityOf } from '../../../kubernetes/cloud-identity.ts';
import { nodeAddresses } from '../../../kubernetes/listening.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { networkAtPods } from '../../network-of.ts';
import {
  isIsolatedForEgress,
  isOpenToEverybody,
  networkPodOf,
  reachesAddress,
  UNDECIDED,
  undecided,
} from '../../network-questions.ts';

/** What most clouds have. */
const USUAL = ['169.254.169.254'];
const GOOGLE = 'iam.gke.io/gcp-service-account';

export default defineCheck({
  id: 'metadata-service-reachable',
  threat: 'spoofing',
  severity: 'medium',
  confidence: 'medium',
  subject: 'workload',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1552.005'],
    owasp: ['K07', 'K08'],
  },
  equivalents: {
    kubescape: ['C-0052'],
    'ms-threat-matrix': ['MS-TA9033'],
    kubesplaining: ['KUBE-NETPOL-IMDS-001'],
  },
  messages: {
    open: ['address', 'cloud'],
    'not-isolated': ['address', 'cloud'],
    'no-cloud-seen': ['address'],
  },
  reasons: UNDECIDED,
  fix: 'none',
  evaluate(workload, cluster) {
    // Policies do not hold for these; host-network reports them.
    if (workload.pod['hostNetwork'] === true) return notApplicable;
    const cloud = cloudOf(cluster);
    if (cloud === 'none') return notApplicable;
    const account = cluster.serviceAccountOf(workload);
    // The metadata server of GKE is how such pods get their own identity, and hides that of the node.
    if (account !== undefined && cloudIdentityOf(account)?.annotation === GOOGLE) return notApplicable;
    const isIsolated = isIsolatedForEgress(workload, cluster);
    // Where nothing is restricted and no cloud is seen, no-network-policy-egress and network-policy-open-to-internet say what there is to say.
    if (cloud === undefined && (!isIsolated || isOpenToEverybody(workload, cluster))) return notApplicable;
    const network = networkAtPods(cluster);
    const pod = networkPodOf(workload, cluster);
    if (pod === undefined) return notApplicable;
    const addresses = [...(cloud?.metadata ?? USUAL)];
    const hasIpv6 = () =>
      nodeAddresses(cluster).some(({ addresses: own }) => own.some((each) => each.includes(':')));
    if (cloud?.metadataIpv6 !== undefined && hasIpv6()) addresses.push(cloud.metadataIpv6);
    const answers = addresses.map((address) => reachesAddress(network, pod, parseAddress(address), 80));
    const address = addresses[answers.indexOf(true)];
    if (address === undefined) {
      return answers.includes('unknown') ? undecided(network, workload.namespace) : pass;
    }
    const at = workload.metadataAt('labels');
    if (cloud === undefined) {
      return fail({ at, message: 'no-cloud-seen', params: { address }, severity: 'low', confidence: 'low' });
    }
    const message = isIsolated ? 'open' : 'not-isolated';
    return fail({ at, message, params: { address, cloud: cloud.name } });
  },
});
