import { baselinePaths } from '../../../engines/pod-security/of-workload.ts';
import { asArray, asObject, asString } from '../../../kubernetes/json.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'unsafe-sysctls',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'workload',
  frameworks: {
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/sysctls'],
    mitre: ['T1611'],
    owasp: ['K01'],
  },
  equivalents: {
    trivy: ['KSV-0026'],
    'kube-linter': ['unsafe-sysctls'],
    kyverno: ['restrict-sysctls'],
  },
  messages: { sysctl: ['sysctl'] },
  fix: 'none',
  evaluate(workload, cluster) {
    if (workload.isWindows) return notApplicable;
    const sysctls = asArray(asObject(workload.pod['securityContext'])?.['sysctls']) ?? [];
    return failIfAny(
      baselinePaths(workload, cluster, 'sysctls').map((path) => {
        const index = Number(/\[(\d+)\]/.exec(path)?.[1]);
        const sysctl = asString(asObject(sysctls[index])?.['name']) ?? '';
        return { at: workload.sourcePath(path), message: 'sysctl', params: { sysctl } } as const;
      }),
    );
  },
});
