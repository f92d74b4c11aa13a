import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

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
    const policies = cluster.networkPoliciesAround(workload).filter((policy) => policy.ingress);
    if (policies.some((policy) => policy.selects(workload) === 'selected')) return pass;
    const undecided = policies.find((policy) => policy.selects(workload) === 'unknown');
    if (undecided !== undefined) {
      return unknown('selector-not-evaluated', {
        policy: `${undecided.object.kind}/${undecided.object.name}`,
      });
    }
    const at = workload.metadataAt('labels');
    // A job offers nothing to connect to unless it says so.
    const isServer = workload.containers.some(({ ports }) => ports.length > 0);
    return workload.runsToCompletion && !isServer
      ? fail({ at, message: 'open', severity: 'low' })
      : fail({ at, message: 'open' });
  },
});
