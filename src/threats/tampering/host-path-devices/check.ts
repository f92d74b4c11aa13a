import { defineCheck } from '../../define-check.ts';
import { HOST_PATH_MESSAGES, judgeHostPath } from '../../judge-host-path.ts';

export default defineCheck({
  id: 'host-path-devices',
  threat: 'tampering',
  severity: 'high',
  confidence: 'high',
  subject: 'workload',
  frameworks: {
    cis: ['5.2.11'],
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/hostPathVolumes'],
    mitre: ['T1611', 'T1006'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0045', 'C-0048'],
    trivy: ['KSV-0023'],
    'kube-linter': ['sensitive-host-mounts', 'writable-host-mount'],
    polaris: ['hostPathSet'],
    kyverno: ['disallow-host-path'],
  },
  messages: HOST_PATH_MESSAGES,
  fix: 'none',
  evaluate(workload) {
    return judgeHostPath(workload, 'devices', () => 'high');
  },
});
