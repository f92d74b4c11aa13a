import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';
import { isolationOf } from '../../network-isolation.ts';

export default defineCheck({
  id: 'no-network-policy-egress',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'medium',
  subject: 'workload',
  frameworks: {
    cis: ['5.3.2'],
    nsa: ['Network separation and hardening'],
    mitre: ['T1498'],
    owasp: ['K07'],
  },
  equivalents: {
    kubescape: ['C-0030'],
    polaris: ['missingNetworkPolicy'],
    kyverno: ['require-netpol'],
    kubesplaining: ['KUBE-NETPOL-COVERAGE-002', 'KUBE-NETPOL-COVERAGE-003'],
  },
  messages: { open: [] },
  reasons: { 'selector-not-evaluated': ['policy'] },
  fix: 'none',
  evaluate(workload, cluster) {
    // Pods on the node's network are not subject to NetworkPolicy.
    if (workload.pod['hostNetwork'] === true) return notApplicable;
    const isolation = isolationOf(workload, cluster, 'egress');
    if (isolation === 'isolated') return pass;
    if (isolation !== 'open') return unknown('selector-not-evaluated', { policy: isolation.undecided });
    return fail({ at: workload.metadataAt('labels'), message: 'open' });
  },
});
