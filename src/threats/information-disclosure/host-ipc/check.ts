import { defineCheck, fail, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'host-ipc',
  threat: 'information-disclosure',
  severity: 'high',
  confidence: 'high',
  subject: 'workload',
  frameworks: {
    cis: ['5.2.4'],
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/hostNamespaces'],
    mitre: ['T1559'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0038', 'C-0195'],
    trivy: ['KSV-0008'],
    'kube-linter': ['host-ipc'],
    polaris: ['hostIPCSet'],
    checkov: ['CKV_K8S_18'],
    kyverno: ['disallow-host-namespaces'],
  },
  messages: { shared: [] },
  fix: 'none',
  evaluate(workload) {
    if (workload.pod['hostIPC'] !== true) return pass;
    return fail({ at: workload.at('hostIPC'), message: 'shared' });
  },
});
