import { child } from '../../../kubernetes/field-path.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

const POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
const CONTAINER_ANNOTATION = 'container.seccomp.security.alpha.kubernetes.io/';

export default defineCheck({
  id: 'seccomp-unconfined',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    cis: ['5.6.2'],
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/seccompProfile_baseline', 'restricted/seccompProfile_restricted'],
    mitre: ['T1611'],
    owasp: ['K01'],
    audits: ['TOB-K8S-002'],
  },
  equivalents: {
    kubescape: ['C-0210'],
    trivy: ['KSV-0030', 'KSV-0104'],
    checkov: ['CKV_K8S_31'],
    kyverno: ['restrict-seccomp', 'restrict-seccomp-strict'],
  },
  messages: { profile: ['container', 'profile'], annotation: ['container', 'annotation'] },
  fix: 'none',
  evaluate({ name, security, workload }) {
    // The runtimes apply no seccomp profile to a privileged container: privileged-container speaks of it.
    if (workload.isWindows || security.privileged) return notApplicable;
    const profile = security.seccompProfile?.type;
    if (profile === 'RuntimeDefault' || profile === 'Localhost') return pass;
    if (profile !== undefined) {
      const at = security.pathOf('seccompProfile.type');
      return fail({ at, message: 'profile', params: { container: name, profile } });
    }
    const own = CONTAINER_ANNOTATION + name;
    const annotation = workload.podAnnotations[own] === undefined ? POD_ANNOTATION : own;
    if (workload.podAnnotations[annotation] !== 'unconfined') return pass;
    return fail({
      at: child(workload.metadataAt('annotations'), annotation),
      message: 'annotation',
      params: { container: name, annotation },
      severity: 'medium',
    });
  },
});
