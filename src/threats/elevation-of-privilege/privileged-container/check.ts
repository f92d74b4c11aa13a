import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'privileged-container',
  threat: 'elevation-of-privilege',
  severity: 'critical',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    cis: ['5.2.2'],
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/privileged'],
    mitre: ['T1610', 'T1611'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0057'],
    trivy: ['KSV-0017'],
    'kube-linter': ['privileged-container'],
    polaris: ['runAsPrivileged'],
    checkov: ['CKV_K8S_16'],
  },
  messages: { privileged: ['container'] },
  fix: 'none',
  evaluate(container) {
    if (container.workload.isWindows) return notApplicable;
    if (!container.security.privileged) return pass;
    return fail({
      at: container.security.pathOf('privileged'),
      message: 'privileged',
      params: { container: container.name },
    });
  },
});
