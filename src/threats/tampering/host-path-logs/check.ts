import { defineCheck } from '../../define-check.ts';
import { HOST_PATH_MESSAGES, judgeHostPath } from '../../judge-host-path.ts';

export default defineCheck({
  id: 'host-path-logs',
  threat: 'tampering',
  severity: 'high',
  confidence: 'high',
  subject: 'workload',
  frameworks: {
    cis: ['5.2.11'],
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/hostPathVolumes'],
    mitre: ['T1611', 'T1070.002'],
    owasp: ['K01'],
    audits: ['TOB-K8S-026'],
  },
  equivalents: {
    kubescape: ['C-0045', 'C-0048'],
    trivy: ['KSV-0023'],
    'kube-linter': ['writable-host-mount'],
    polaris: ['hostPathSet'],
    kyverno: ['disallow-host-path'],
    kubesplaining: ['KUBE-ESCAPE-008'],
    kubehound: ['CE_VAR_LOG_SYMLINK'],
  },
  messages: HOST_PATH_MESSAGES,
  fix: 'none',
  evaluate(workload) {
    return judgeHostPath(workload, 'logs', ({ access }) => (access === 'writable' ? 'high' : 'medium'));
  },
});
