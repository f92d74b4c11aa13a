import { grantsOf, hasOwnRules, reachOf, tellGrant } from '../../../kubernetes/role-risk.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

const verbs = ['create', 'update', 'patch'];
const WORKLOADS = [
  { group: '', resources: ['pods', 'replicationcontrollers'], verbs },
  { group: 'apps', resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets'], verbs },
  { group: 'batch', resources: ['jobs', 'cronjobs'], verbs },
];
const SEVERITY = { cluster: 'medium', namespace: 'low', unbound: 'low' } as const;

export default defineCheck({
  id: 'rbac-create-workloads',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'role',
  frameworks: {
    cis: ['5.1.4'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1610'],
    owasp: ['K03'],
  },
  equivalents: {
    kubescape: ['C-0188'],
    trivy: ['KSV-0048'],
    'kube-linter': ['access-to-create-pods'],
    'rbac-police': ['assign_sa', 'modify_pods'],
    kubehound: ['POD_CREATE', 'POD_PATCH'],
    'ms-threat-matrix': ['MS-TA9008'],
  },
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate(role) {
    if (!hasOwnRules(role)) return notApplicable;
    const severity = SEVERITY[reachOf(role)];
    return failIfAny(grantsOf(role, WORKLOADS).map((grant) => tellGrant(role, grant, severity)));
  },
});
