import { isAnonymous, isBuiltInGroup, isMachine, nameOf } from '../../../kubernetes/role-risk.ts';
import { isDefaultSubject } from '../../default-access.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

const MASTERS = 'system:masters';
/** kubeadm's group for the administrators that it makes a kubeconfig for. */
const KUBEADM = 'kubeadm:cluster-admins';

export default defineCheck({
  id: 'cluster-admin-binding',
  threat: 'elevation-of-privilege',
  severity: 'critical',
  confidence: 'high',
  subject: 'binding',
  frameworks: {
    cis: ['5.1.1', '5.1.7'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1098.006'],
    owasp: ['K03'],
  },
  equivalents: {
    kubescape: ['C-0035', 'C-0185', 'C-0246'],
    trivy: ['KSV-0111', 'KSV-0123'],
    'kube-linter': ['cluster-admin-role-binding'],
    polaris: ['clusterrolebindingClusterAdmin', 'rolebindingClusterAdminClusterRole'],
    kyverno: ['restrict-binding-clusteradmin'],
    'rbac-police': ['cluster_admin'],
    'ms-threat-matrix': ['MS-TA9019'],
    kubesplaining: ['KUBE-RBAC-OVERBROAD-001'],
  },
  messages: { cluster: ['subject'], namespace: ['subject', 'namespace'], masters: [] },
  fix: 'none',
  evaluate(binding) {
    const { object, roleKind, roleName } = binding;
    const isAdmin = roleKind === 'ClusterRole' && roleName === 'cluster-admin';
    const subjects = binding.subjects.filter((subject) => !isDefaultSubject(binding, subject));
    if (subjects.length === 0 && binding.subjects.length > 0) return notApplicable;
    const failures = [];
    for (const subject of subjects) {
      const { kind, name, path: at } = subject;
      if (kind === 'Group' && name === MASTERS) {
        failures.push({ at, message: 'masters', severity: 'medium' } as const);
        continue;
      }
      // Who is anybody or everybody is a concern of its own: anonymous-binding, authenticated-group-binding.
      if (!isAdmin || isAnonymous(subject) || isBuiltInGroup(subject)) continue;
      if (kind === 'Group' && name === KUBEADM) continue;
      const namespace = object.namespace ?? 'default';
      if (!binding.isClusterWide) {
        const severity = namespace === 'kube-system' ? 'high' : 'medium';
        const params = { subject: nameOf(subject), namespace };
        failures.push({ at, message: 'namespace', params, severity } as const);
        continue;
      }
      // A program's token lies in its pod; people are asked who they are.
      const severity = isMachine(subject) ? 'critical' : 'high';
      failures.push({ at, message: 'cluster', params: { subject: nameOf(subject) }, severity } as const);
    }
    return failIfAny(failures);
  },
});
