import { defineCheck } from '../../define-check.ts';
import { HOST_PATH_MESSAGES, judgeHostPath } from '../../judge-host-path.ts';

export default defineCheck({
  id: 'host-path-root',
  threat: 'tampering',
  severity: 'critical',
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
    kubescape: ['C-0045', 'C-0048'],
    trivy: ['KSV-0023'],
    'kube-linter': ['sensitive-host-mounts', 'writable-host-mount'],
    polaris: ['hostPathSet'],
    kyverno: ['disallow-host-path'],
    kubesplaining: ['KUBE-ESCAPE-006'],
    kubehound: ['EXPLOIT_HOST_READ', 'EXPLOIT_HOST_WRITE'],
  },
  messages: HOST_PATH_MESSAGES,
  fix: 'none',
  evaluate(workload) {
    return judgeHostPath(workload, 'root', ({ access, asRoot }) =>
      access === 'writable' || asRoot ? 'critical' : 'high',
    );
  },
});
