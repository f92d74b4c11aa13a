import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';
import { isolationOf } from '../../network-isolation.ts';

export default defineCheck({
  id: 'no-network-policy-ingress',
  threat: 'denial-of-service',
  severity: 'medium',
  confidence: 'medium',
  subject: 'workload',
  frameworks: {
    cis: ['5.3.2'],
    nsa: ['Network separation and hardening'],
    owasp: ['K07'],
  },
  equivalents: {
    kubescape: ['C-0260'],
    'kube-linter': ['non-isolated-pod'],
    polaris: ['missingNetworkPolicy'],
    kyverno: ['require-netpol'],
    kubesplaining: ['KUBE-NETPOL-COVERAGE-002'],
  },
  messages: { open: [] },
  reasons: { 'selector-not-evaluated': ['policy'] },
  fix: 'none',
  evaluate(workload, cluster) {
    // Pods on the node's network are not subject to NetworkPolicy.
    if (workload.pod['hostNetwork'] === true) return notApplicable;
    const isolation = isolationOf(workload, cluster, 'ingress');
    if (isolation === 'isolated') return pass;
    if (isolation !== 'open') return unknown('selector-not-evaluated', { policy: isolation.undecided });
    const at = workload.metadataAt('labels');
    // A job offers nothing to connect to unless it says so.
    const isServer = workload.containers.some(({ ports }) => ports.length > 0);
    return workload.runsToCompletion && !isServer
      ? fail({ at, message: 'open', severity: 'low' })
      : fail({ at, message: 'open' });
  },
});
