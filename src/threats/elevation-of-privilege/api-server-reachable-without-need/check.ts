import { parseAddress } from '../../../engines/network/index.ts';
import { apiUse } from '../../../kubernetes/api-clients.ts';
import { mountsToken, projectedTokens } from '../../../kubernetes/service-account-tokens.ts';
import { accountRights } from '../../account-rights.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';
import { apiServerAddresses } from '../../network-control-plane.ts';
import { networkAtPods } from '../../network-of.ts';
import {
  isIsolatedForEgress,
  isOpenToEverybody,
  networkPodOf,
  reachesAddress,
  UNDECIDED,
  undecided,
} from '../../network-questions.ts';

/** 169.254.0.0/16, of which a metadata service is often left out and where no API server is. */
const LINK_LOCAL = [parseAddress('169.254.0.0')!, parseAddress('169.255.0.0')!] as const;

function isLinkLocal(addresses: readonly bigint[]): boolean {
  return addresses.every((point) => point >= LINK_LOCAL[0] && point <= LINK_LOCAL[1]);
}

export default defineCheck({
  id: 'api-server-reachable-without-need',
  threat: 'elevation-of-privilege',
  severity: 'low',
  confidence: 'medium',
  subject: 'workload',
  frameworks: {
    nsa: ['Network separation and hardening', 'Authentication and authorization'],
    mitre: ['T1613'],
    owasp: ['K07'],
  },
  equivalents: { 'ms-threat-matrix': ['MS-TA9029'] },
  messages: { open: ['address', 'port'], everywhere: [] },
  reasons: { ...UNDECIDED, 'address-not-known': [] },
  fix: 'none',
  evaluate(workload, cluster) {
    // Where nothing is restricted, no-network-policy-egress says so, and network-policy-open-to-internet where all is allowed.
    if (workload.pod['hostNetwork'] === true || !isIsolatedForEgress(workload, cluster)) return notApplicable;
    if (isOpenToEverybody(workload, cluster)) return notApplicable;
    // Who has a token or rights, or plainly calls the API, has a need.
    if (mountsToken(workload, cluster) !== false || projectedTokens(workload).length > 0)
      return notApplicable;
    if (accountRights(workload, cluster).kind === 'beyond' || apiUse(workload).kind === 'calls')
      return notApplicable;
    const network = networkAtPods(cluster);
    const pod = networkPodOf(workload, cluster);
    if (pod === undefined) return notApplicable;
    const at = workload.metadataAt('labels');
    const known = apiServerAddresses(cluster);
    if (known.length > 0) {
      const answers = known.map(({ address, port }) =>
        reachesAddress(network, pod, parseAddress(address), port),
      );
      const open = known[answers.indexOf(true)];
      if (open !== undefined) return fail({ at, message: 'open', params: { ...open } });
      return answers.includes('unknown') ? undecided(network, workload.namespace) : pass;
    }
    // Wherever it is, these pods reach it where they reach every address, and do not where they reach none.
    const ports = [443, 6443];
    const parts = network.model.outside(pod, 'egress');
    const closed = parts.filter(
      ({ verdict, addresses }) =>
        !isLinkLocal(addresses) && !ports.some((port) => verdict.allowed.has('TCP', port)),
    );
    if (closed.length === 0) return fail({ at, message: 'everywhere', confidence: 'low' });
    const isPossible = parts.some(({ verdict: { allowed, unknown: open } }) =>
      ports.some((port) => allowed.has('TCP', port) || open.has('TCP', port)),
    );
    return isPossible ? unknown('address-not-known') : pass;
  },
});
