import { isAnonymous, nameOf } from '../../../kubernetes/role-risk.ts';
import { defineCheck, failIfAny, notApplicable, pass } from '../../define-check.ts';

/** What the API server or kubeadm grants to everybody on purpose: discovery, health, the cluster's address and keys. */
const MEANT_FOR_ANYBODY = new Set([
  'kubeadm:bootstrap-signer-clusterinfo',
  'system:discovery',
  'system:public-info-viewer',
  'system:service-account-issuer-discovery',
]);

export default defineCheck({
  id: 'anonymous-binding',
  threat: 'elevation-of-privilege',
  severity: 'critical',
  confidence: 'high',
  subject: 'binding',
  frameworks: {
    nsa: ['Authentication and authorization'],
    mitre: ['T1078.001'],
    owasp: ['K03', 'K06'],
  },
  equivalents: {
    kubescape: ['C-0262'],
    trivy: ['KSV-0122'],
    kyverno: ['restrict-binding-system-groups'],
  },
  messages: { anonymous: ['subject', 'role'] },
  fix: 'none',
  evaluate(binding) {
    const anonymous = binding.subjects.filter(isAnonymous);
    if (anonymous.length === 0) return notApplicable;
    if (MEANT_FOR_ANYBODY.has(binding.roleName)) return pass;
    // Paths such as /metrics tell something, but give no access to objects.
    const urlsOnly =
      binding.role?.rules.every(({ resources, verbs }) => resources.length === 0 && verbs.join() === 'get') ??
      false;
    return failIfAny(
      anonymous.map((subject) => ({
        at: subject.path,
        message: 'anonymous',
        params: { subject: nameOf(subject), role: `${binding.roleKind} ${binding.roleName}` },
        severity: urlsOnly ? 'medium' : 'critical',
      })),
    );
  },
});
