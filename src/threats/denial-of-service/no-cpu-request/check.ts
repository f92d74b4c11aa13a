import { defineCheck, notApplicable } from '../../define-check.ts';
import { judgeResource } from '../../judge-resource.ts';

export default defineCheck({
  id: 'no-cpu-request',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1499'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0268', 'C-0050'],
    trivy: ['KSV-0015'],
    'kube-linter': ['unset-cpu-requirements'],
    polaris: ['cpuRequestsMissing'],
    checkov: ['CKV_K8S_10'],
    kyverno: ['require-pod-requests-limits'],
  },
  messages: { missing: ['container'], zero: ['container'] },
  reasons: { refused: ['value'], generated: ['operator'] },
  fix: 'none',
  evaluate(container, cluster) {
    // The scheduler takes the larger of init and regular containers, so that an init container may go without.
    if (!container.isLongRunning) return notApplicable;
    return judgeResource(container, cluster, 'requests', 'cpu');
  },
});
