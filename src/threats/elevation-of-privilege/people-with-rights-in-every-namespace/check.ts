import { nameOf } from '../../../kubernetes/role-risk.ts';
import { rulesGiven } from '../../account-rights.ts';
import { defineCheck, failIfAny, notApplicable, pass, unknown } from '../../define-check.ts';
import { administers, isPerson } from '../../people.ts';

/** Kubernetes' own roles for people, each of which reads Secrets, and so becomes any service account of the namespace. */
const USER_FACING = new Set(['admin', 'edit']);

export default defineCheck({
  id: 'people-with-rights-in-every-namespace',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'binding',
  frameworks: {
    cis: ['5.1.1', '5.1.2', '5.1.4'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1078'],
    owasp: ['K03'],
  },
  equivalents: {},
  messages: { 'user-facing': ['subject', 'role'], changes: ['subject', 'role'] },
  reasons: { 'role-not-seen': ['role'] },
  fix: 'none',
  evaluate(binding) {
    const { isClusterWide, roleKind, roleName } = binding;
    const people = binding.subjects.filter(isPerson);
    if (!isClusterWide || people.length === 0) return notApplicable;
    // cluster-admin-binding speaks of that role, whoever has it.
    if (roleKind === 'ClusterRole' && roleName === 'cluster-admin') return notApplicable;
    const rules = rulesGiven(binding);
    const role = `${roleKind} ${roleName}`;
    if (rules === undefined) return unknown('role-not-seen', { role }, 'roleRef');
    // wildcard-rbac speaks of rules for everything.
    if (rules.some(({ resources, verbs }) => resources.includes('*') && verbs.includes('*')))
      return notApplicable;
    if (!administers(rules)) return pass;
    return failIfAny(
      people.map((person) => {
        const told = { at: person.path, params: { subject: nameOf(person), role } };
        return USER_FACING.has(roleName)
          ? ({ ...told, message: 'user-facing' } as const)
          : ({ ...told, message: 'changes', severity: 'low' } as const);
      }),
    );
  },
});
