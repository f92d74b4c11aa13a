import { defineCheck, fail, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'host-network',
  threat: 'information-disclosure',
  severity: 'high',
  confidence: 'high',
  subject: 'workload',
  frameworks: {
    cis: ['5.2.5'],
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/hostNamespaces'],
    mitre: ['T1040'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0041', 'C-0196'],
    trivy: ['KSV-0009'],
    'kube-linter': ['host-network'],
    polaris: ['hostNetworkSet'],
    checkov: ['CKV_K8S_19'],
    kyverno: ['disallow-host-namespaces'],
  },
  messages: { shared: [] },
  fix: 'none',
  evaluate(workload) {
    if (workload.pod['hostNetwork'] !== true) return pass;
    return fail({ at: workload.at('hostNetwork'), message: 'shared' });
  },
});
