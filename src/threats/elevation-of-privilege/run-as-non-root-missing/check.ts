import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'run-as-non-root-missing',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'medium',
  subject: 'container',
  frameworks: {
    cis: ['5.2.7'],
    nsa: ['Kubernetes Pod security'],
    pss: ['restricted/runAsNonRoot'],
    mitre: ['T1611'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0013'],
    trivy: ['KSV-0012'],
    'kube-linter': ['run-as-non-root'],
    polaris: ['runAsRootAllowed'],
    checkov: ['CKV_K8S_23'],
    kyverno: ['require-run-as-nonroot'],
  },
  messages: { unset: ['container'], allowed: ['container'], 'not-enforced': ['container', 'user'] },
  reasons: { 'completed-by-operator': ['container', 'operator'] },
  fix: 'none',
  evaluate(container) {
    const { security, workload, name } = container;
    // run-as-root speaks of user 0; in a user namespace `restricted` lets a pod run as root from v1.35 on.
    if (security.runAsUser === 0) return notApplicable;
    if (security.runAsNonRoot === true || workload.pod['hostUsers'] === false) return pass;
    const at = security.pathOf('runAsNonRoot');
    const user = workload.isWindows ? undefined : security.runAsUser;
    if (user !== undefined) {
      return fail({ at, message: 'not-enforced', params: { container: name, user }, severity: 'low' });
    }
    if (security.runAsNonRoot === false) return fail({ at, message: 'allowed', params: { container: name } });
    const operator = container.completedBy;
    if (operator !== undefined) {
      return unknown('completed-by-operator', { container: name, operator }, container.path);
    }
    return fail({ at, message: 'unset', params: { container: name } });
  },
});
