import { defineCheck, fail, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'host-pid',
  threat: 'information-disclosure',
  severity: 'high',
  confidence: 'high',
  subject: 'workload',
  frameworks: {
    cis: ['5.2.3'],
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/hostNamespaces'],
    mitre: ['T1057', 'T1611'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0038'],
    trivy: ['KSV-0010'],
    'kube-linter': ['host-pid'],
    polaris: ['hostPIDSet'],
    checkov: ['CKV_K8S_17'],
    kyverno: ['disallow-host-namespaces'],
  },
  messages: { shared: [] },
  fix: 'none',
  evaluate(workload) {
    if (workload.pod['hostPID'] !== true) return pass;
    return fail({ at: workload.at('hostPID'), message: 'shared' });
  },
});
