import { defineCheck } from '../../define-check.ts';
import { HOST_PATH_MESSAGES, judgeHostPath } from '../../judge-host-path.ts';

export default defineCheck({
  id: 'host-path-runtime-socket',
  threat: 'tampering',
  severity: 'critical',
  confidence: 'high',
  subject: 'workload',
  frameworks: {
    cis: ['5.2.11'],
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/hostPathVolumes'],
    mitre: ['T1611', 'T1610'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0074', 'C-0048'],
    trivy: ['KSV-0006', 'KSV-0023'],
    'kube-linter': ['docker-sock'],
    polaris: ['hostPathSet'],
    checkov: ['CKV_K8S_27'],
    kyverno: ['disallow-cri-sock-mount', 'disallow-host-path'],
    kubesplaining: ['KUBE-ESCAPE-005', 'KUBE-CONTAINERD-SOCKET-001'],
    kubehound: ['EXPLOIT_CONTAINERD_SOCK'],
  },
  messages: HOST_PATH_MESSAGES,
  fix: 'none',
  evaluate(workload) {
    return judgeHostPath(workload, 'runtime-socket', () => 'critical');
  },
});
