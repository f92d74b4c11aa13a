import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const RBAC = 'rbac.authorization.k8s.io';
const verbs = ['create', 'update', 'patch'];
/** Whoever may bind any role is rbac-escalation-verbs' concern. */
const unless = [{ group: RBAC, resources: ['roles', 'clusterroles'], verbs: ['bind'] }];
const severity = { cluster: 'medium', unbound: 'low', namespace: 'low' } as const;
const POWERS = [
  { wanted: [{ group: RBAC, resources: ['rolebindings'], verbs }], unless, severity },
  {
    wanted: [{ group: RBAC, resources: ['clusterrolebindings'], verbs }],
    unless,
    severity,
    isClusterScoped: true,
  },
] as const;

export default defineCheck({
  id: 'rbac-modify-bindings',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'role',
  frameworks: {
    cis: ['5.1.8'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1098.006'],
    owasp: ['K03'],
  },
  equivalents: {
    trivy: ['KSV-0051', 'KSV-0052', 'KSV-0055'],
    kubesplaining: ['KUBE-PRIVESC-010', 'KUBE-SA-PRIVILEGED-002'],
    kubiscan: [
      'risky-add-rolebinding',
      'risky-create-clusterrolebinding-clusterrole',
      'risky-create-rolebinding-clusterrole',
      'risky-create-rolebinding-role',
    ],
  },
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    'no-effect': ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
