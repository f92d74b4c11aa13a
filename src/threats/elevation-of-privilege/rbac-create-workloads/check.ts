import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const verbs = ['create', 'update', 'patch'];
const POWERS = [
  {
    wanted: [
      { group: '', resources: ['pods', 'replicationcontrollers'], verbs },
      { group: 'apps', resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets'], verbs },
      { group: 'batch', resources: ['jobs', 'cronjobs'], verbs },
    ],
    severity: { cluster: 'high', unbound: 'medium', namespace: 'low' },
  },
] as const;

export default defineCheck({
  id: 'rbac-create-workloads',
  threat: 'elevation-of-privilege',
  severity: 'high',
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
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
