import { defineCheck } from '../../define-check.ts';
import { HOST_PATH_MESSAGES, judgeHostPath } from '../../judge-host-path.ts';

export default defineCheck({
  id: 'host-path-other',
  threat: 'tampering',
  severity: 'medium',
  confidence: 'high',
  subject: 'workload',
  frameworks: {
    cis: ['5.2.11'],
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/hostPathVolumes'],
    mitre: ['T1611'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0045', 'C-0048', 'C-0203'],
    trivy: ['KSV-0023'],
    'kube-linter': ['writable-host-mount'],
    polaris: ['hostPathSet'],
    kyverno: ['disallow-host-path', 'ensure-readonly-hostpath'],
    kubesplaining: ['KUBE-HOSTPATH-001'],
  },
  messages: HOST_PATH_MESSAGES,
  fix: 'none',
  evaluate(workload) {
    return judgeHostPath(workload, 'other', ({ access }) => (access === 'writable' ? 'medium' : 'low'));
  },
});
