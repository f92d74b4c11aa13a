import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'allow-privilege-escalation',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    cis: ['5.2.6'],
    nsa: ['Kubernetes Pod security'],
    pss: ['restricted/allowPrivilegeEscalation'],
    mitre: ['T1548.001'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0016'],
    trivy: ['KSV-0001'],
    'kube-linter': ['privilege-escalation-container'],
    polaris: ['privilegeEscalationAllowed'],
    checkov: ['CKV_K8S_20'],
    kyverno: ['disallow-privilege-escalation'],
  },
  messages: { allowed: ['container'], unset: ['container'] },
  reasons: { 'completed-by-operator': ['container', 'operator'] },
  fix: 'none',
  evaluate(container) {
    const { security, workload, name } = container;
    // A privileged container escalates in any case, and the API server refuses to let it say otherwise.
    if (workload.isWindows || security.privileged) return notApplicable;
    const stated = security.allowPrivilegeEscalation;
    if (stated === false) return pass;
    const operator = container.completedBy;
    if (stated === undefined && operator !== undefined) {
      return unknown('completed-by-operator', { container: name, operator }, container.path);
    }
    return fail({
      at: security.pathOf('allowPrivilegeEscalation'),
      message: stated === true ? 'allowed' : 'unset',
      params: { container: name },
    });
  },
});
