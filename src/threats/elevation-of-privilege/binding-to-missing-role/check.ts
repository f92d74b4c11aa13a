import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'binding-to-missing-role',
  threat: 'elevation-of-privilege',
  severity: 'low',
  confidence: 'high',
  subject: 'binding',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1098.006'], owasp: ['K03'] },
  equivalents: { kubesplaining: ['KUBE-RBAC-STALE-001'] },
  messages: { missing: ['kind', 'role'] },
  fix: 'none',
  evaluate(binding, cluster) {
    // Among manifests the role may be applied from elsewhere.
    if (!cluster.isComplete || binding.subjects.length === 0) return notApplicable;
    if (binding.role !== undefined) return pass;
    const params = { kind: binding.roleKind, role: binding.roleName };
    return fail({ at: 'roleRef', message: 'missing', params });
  },
});
