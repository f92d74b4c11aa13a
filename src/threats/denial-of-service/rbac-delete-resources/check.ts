import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const verbs = ['delete', 'deletecollection'];
const WORKLOADS = [
  { group: '', resources: ['pods', 'replicationcontrollers'] },
  { group: 'apps', resources: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'] },
  { group: 'batch', resources: ['cronjobs', 'jobs'] },
] as const;
const ALL = { cluster: 'medium', unbound: 'low', namespace: 'low' } as const;
const POWERS = [
  // What is deleted with everything that it holds.
  { wanted: [{ group: '', resources: ['namespaces'], verbs }], severity: ALL },
  {
    wanted: [{ group: 'apiextensions.k8s.io', resources: ['customresourcedefinitions'], verbs }],
    severity: ALL,
    isClusterScoped: true,
  },
  {
    wanted: [{ group: '', resources: ['persistentvolumes'], verbs }],
    severity: { cluster: 'low', unbound: 'low', namespace: 'low' },
    isClusterScoped: true,
  },
  {
    wanted: [
      { group: '', resources: ['persistentvolumeclaims', 'secrets'], verbs },
      { group: 'snapshot.storage.k8s.io', resources: ['volumesnapshots'], verbs },
    ],
    severity: { cluster: 'low', unbound: 'info' },
  },
  {
    wanted: WORKLOADS.map((kinds) => ({ ...kinds, verbs })),
    // Who makes workloads as well is rbac-create-workloads' concern.
    unless: WORKLOADS.map((kinds) => ({ ...kinds, verbs: ['create', 'update', 'patch'] })),
    severity: { cluster: 'low', unbound: 'info' },
  },
] as const;

export default defineCheck({
  id: 'rbac-delete-resources',
  threat: 'denial-of-service',
  severity: 'medium',
  confidence: 'high',
  subject: 'role',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1485'], owasp: ['K03'] },
  equivalents: { kubescape: ['C-0007'], 'ms-threat-matrix': ['MS-TA9038'] },
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    'no-effect': ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
