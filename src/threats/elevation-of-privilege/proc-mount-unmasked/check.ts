import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'proc-mount-unmasked',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/procMount', 'restricted/procMount_restricted'],
    mitre: ['T1611'],
    owasp: ['K01'],
  },
  equivalents: {
    trivy: ['KSV-0027'],
    'kube-linter': ['unsafe-proc-mount'],
    polaris: ['procMount'],
    kyverno: ['disallow-proc-mount'],
  },
  messages: {
    unmasked: ['container', 'procMount'],
    'in-user-namespace': ['container', 'procMount'],
  },
  fix: 'none',
  evaluate({ name, security, workload }) {
    // A privileged container sees all of /proc in any case: privileged-container speaks of it.
    if (workload.isWindows || security.privileged) return notApplicable;
    const { procMount } = security;
    if (procMount === 'Default') return pass;
    const at = security.pathOf('procMount');
    const params = { container: name, procMount };
    // Root of a user namespace cannot write what the masks hide; the baseline standard allows it from v1.35 on.
    return workload.pod['hostUsers'] === false
      ? fail({ at, message: 'in-user-namespace', params, severity: 'low' })
      : fail({ at, message: 'unmasked', params });
  },
});
