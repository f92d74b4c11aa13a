import { defineCheck } from '../../define-check.ts';
import { HOST_PATH_MESSAGES, judgeHostPath } from '../../judge-host-path.ts';

/**
 * Where drivers and device plugins keep and register their sockets: what a driver is told to mount. `plugins/kubernetes.io` holds
 * the volumes of other pods.
 */
const PLUGIN =
  /\/kubelet\/(?:plugins\/(?!kubernetes\.io(?:\/|$))|plugins_registry(?:\/|$)|device-plugins(?:\/|$))/;

export default defineCheck({
  id: 'host-path-kubelet',
  threat: 'tampering',
  severity: 'high',
  confidence: 'high',
  subject: 'workload',
  frameworks: {
    cis: ['5.2.11'],
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/hostPathVolumes'],
    mitre: ['T1611', 'T1552.001'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0045', 'C-0048'],
    trivy: ['KSV-0023'],
    'kube-linter': ['writable-host-mount'],
    polaris: ['hostPathSet'],
    kyverno: ['disallow-host-path'],
    kubehound: ['EXPLOIT_HOST_READ', 'EXPLOIT_HOST_WRITE'],
  },
  messages: HOST_PATH_MESSAGES,
  fix: 'none',
  evaluate(workload) {
    return judgeHostPath(workload, 'kubelet', ({ path }) => (PLUGIN.test(path) ? 'medium' : 'high'));
  },
});
