import { child } from '../../../kubernetes/field-path.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

const POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
const CONTAINER_ANNOTATION = 'container.seccomp.security.alpha.kubernetes.io/';

export default defineCheck({
  id: 'seccomp-not-set',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'medium',
  subject: 'container',
  frameworks: {
    cis: ['5.6.2'],
    nsa: ['Kubernetes Pod security'],
    pss: ['restricted/seccompProfile_restricted'],
    mitre: ['T1611'],
    owasp: ['K01'],
    audits: ['TOB-K8S-002'],
  },
  equivalents: {
    kubescape: ['C-0210'],
    trivy: ['KSV-0030', 'KSV-0104'],
    checkov: ['CKV_K8S_31'],
    kyverno: ['restrict-seccomp-strict'],
  },
  messages: { unset: ['container'], 'annotation-only': ['container', 'annotation'] },
  reasons: { 'completed-by-operator': ['container', 'operator'] },
  fix: 'none',
  evaluate(container) {
    const { name, security, workload } = container;
    if (workload.isWindows || security.privileged) return notApplicable;
    // Whether the profile confines is seccomp-unconfined's concern.
    if (security.seccompProfile !== undefined) return pass;
    const own = CONTAINER_ANNOTATION + name;
    const annotation = workload.podAnnotations[own] === undefined ? POD_ANNOTATION : own;
    const value = workload.podAnnotations[annotation];
    if (value === 'unconfined') return notApplicable;
    if (value !== undefined) {
      const at = child(workload.metadataAt('annotations'), annotation);
      return fail({ at, message: 'annotation-only', params: { container: name, annotation } });
    }
    const operator = container.completedBy;
    if (operator !== undefined) {
      return unknown('completed-by-operator', { container: name, operator }, container.path);
    }
    return fail({ at: security.pathOf('seccompProfile'), message: 'unset', params: { container: name } });
  },
});
