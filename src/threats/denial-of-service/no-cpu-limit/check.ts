import { defineCheck, notApplicable } from '../../define-check.ts';
import { judgeResource } from '../../judge-resource.ts';

export default defineCheck({
  id: 'no-cpu-limit',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1496', 'T1499'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0270', 'C-0050', 'C-0009'],
    trivy: ['KSV-0011'],
    'kube-linter': ['unset-cpu-requirements'],
    polaris: ['cpuLimitsMissing'],
    checkov: ['CKV_K8S_11'],
    kyverno: ['require-cpu-limits'],
    kubesplaining: ['KUBE-CONTAINER-LIMITS-001'],
  },
  messages: { missing: ['container'], zero: ['container'] },
  reasons: { refused: ['value'], generated: ['operator'] },
  fix: 'none',
  evaluate(container, cluster) {
    if (container.type === 'ephemeral') return notApplicable;
    return judgeResource(container, cluster, 'limits', 'cpu');
  },
});
