import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

/** Leases of kube-system whose holder is the controller of the cluster that works. */
const LEADERS = new Set(['cloud-controller-manager', 'kube-controller-manager', 'kube-scheduler']);
const POWERS = [
  {
    wanted: [
      {
        group: 'coordination.k8s.io',
        resources: ['leases'],
        verbs: ['update', 'patch', 'delete', 'deletecollection'],
      },
    ],
    named: (names: readonly string[]) => names.some((name) => LEADERS.has(name)),
    severity: { cluster: 'low', unbound: 'info' },
  },
] as const;

export default defineCheck({
  id: 'rbac-modify-leases',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'high',
  subject: 'role',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1489'], owasp: ['K03'] },
  equivalents: {},
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
