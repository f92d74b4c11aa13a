import { nodeAddresses } from '../../../kubernetes/listening.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { networkOf } from '../../network-of.ts';
import { few, reachersOf, UNDECIDED, undecided } from '../../network-questions.ts';

/** The API of the kubelet, and the one without authentication, which is off unless it is asked for. */
const PORTS = [10_250, 10_255];

export default defineCheck({
  id: 'kubelet-reachable-from-pods',
  threat: 'elevation-of-privilege',
  severity: 'low',
  confidence: 'medium',
  subject: 'cluster',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1609', 'T1613'],
    owasp: ['K07', 'K09'],
  },
  equivalents: { 'ms-threat-matrix': ['MS-TA9030'] },
  messages: { open: ['ports', 'nodes', 'count', 'total', 'workloads'] },
  reasons: UNDECIDED,
  fix: 'none',
  evaluate(cluster) {
    const nodes = nodeAddresses(cluster).filter(({ addresses }) => addresses.length > 0);
    if (nodes.length === 0) return notApplicable;
    const byPort = PORTS.map((port) => {
      const places = nodes.flatMap(({ addresses }) => addresses.map((address) => ({ address, port })));
      return { port, ...reachersOf(places, cluster) };
    });
    const [{ total = 0 } = {}] = byPort;
    if (total === 0) return notApplicable;
    const open = byPort.filter(({ reaching }) => reaching.length > 0);
    if (open.length === 0) {
      return byPort.some(({ isUndecided }) => isUndecided) ? undecided(networkOf(cluster), '') : pass;
    }
    const reaching = [...new Set(open.flatMap((each) => each.reaching))].sort();
    const params = {
      ports: open.map(({ port }) => port).join(', '),
      nodes: few(nodes.map(({ name }) => name)),
      count: reaching.length,
      total,
      workloads: few(reaching),
    };
    return fail({ at: cluster.path, message: 'open', params });
  },
});
