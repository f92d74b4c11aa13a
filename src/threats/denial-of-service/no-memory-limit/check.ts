import { defineCheck, notApplicable } from '../../define-check.ts';
import { judgeResource } from '../../judge-resource.ts';

export default defineCheck({
  id: 'no-memory-limit',
  threat: 'denial-of-service',
  severity: 'medium',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1499'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0271', 'C-0004', 'C-0009'],
    trivy: ['KSV-0018'],
    'kube-linter': ['unset-memory-requirements'],
    polaris: ['memoryLimitsMissing'],
    checkov: ['CKV_K8S_13'],
    kyverno: ['require-pod-requests-limits'],
    kubesplaining: ['KUBE-CONTAINER-LIMITS-001'],
  },
  messages: { missing: ['container'], zero: ['container'] },
  reasons: { refused: ['value'], generated: ['operator'] },
  fix: 'none',
  evaluate(container, cluster) {
    if (container.type === 'ephemeral') return notApplicable;
    // An init container holds its memory only until the pod has started.
    const severity = container.type === 'init' ? 'low' : 'medium';
    return judgeResource(container, cluster, 'limits', 'memory', severity);
  },
});
