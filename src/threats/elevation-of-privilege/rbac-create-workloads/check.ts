import type { Cluster } from '../../../kubernetes/cluster.ts';
import { grantOf } from '../../../kubernetes/role-risk.ts';
import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const verbs = ['create', 'update', 'patch'];
const CONTROLLERS = [
  { group: '', resources: ['replicationcontrollers'], verbs },
  { group: 'apps', resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets'], verbs },
  { group: 'batch', resources: ['jobs', 'cronjobs'], verbs },
];
/** All verbs on these: wildcard-rbac. */
const unless = [{ group: '', resources: ['pods'] }, ...CONTROLLERS].map((each) => ({
  ...each,
  verbs: ['*'],
}));
const POWER = {
  wanted: [{ group: '', resources: ['pods'], verbs }, ...CONTROLLERS],
  severity: { cluster: 'high', unbound: 'medium', namespace: 'low' },
  unless,
} as const;
/** What chooses the service account of a pod; of a pod that runs, only the images can be changed. */
const ASSIGNS = {
  wanted: [{ group: '', resources: ['pods'], verbs: ['create'] }, ...CONTROLLERS],
  severity: { cluster: 'critical', unbound: 'high', namespace: 'low' },
  unless,
} as const;

/** Whether a pod can be given a service account that is an administrator: then one request is enough to become one. */
function hasAdministrator(cluster: Cluster): boolean {
  return (
    cluster.serviceAccount('kube-system', 'clusterrole-aggregation-controller') !== undefined ||
    cluster.memo('administrator accounts', () =>
      cluster.bindings.some(
        ({ isClusterWide, roleName, subjects }) =>
          isClusterWide &&
          roleName === 'cluster-admin' &&
          subjects.some(({ kind }) => kind === 'ServiceAccount'),
      ),
    )
  );
}

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
    kubesplaining: ['KUBE-PRIVESC-001', 'KUBE-PRIVESC-002', 'KUBE-PRIVESC-003', 'KUBE-SA-PRIVILEGED-002'],
    kubiscan: [
      'risky-create-daemonsets',
      'risky-create-deployments',
      'risky-create-jobs',
      'risky-create-pod',
      'risky-create-replicasets',
      'risky-create-replicationcontrollers',
      'risky-create-statefulsets',
      'risky-update-daemonsets',
      'risky-update-deployments',
      'risky-update-jobs',
      'risky-update-replicasets',
      'risky-update-replicationcontrollers',
      'risky-update-statefulsets',
    ],
  },
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate(role, cluster) {
    const assigns = role.rules.some((rule) => grantOf(rule, ASSIGNS.wanted));
    return judgeRole(role, cluster, assigns && hasAdministrator(cluster) ? [POWER, ASSIGNS] : [POWER]);
  },
});
