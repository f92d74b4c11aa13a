import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const POWERS = [
  {
    wanted: ['', 'events.k8s.io'].map((group) => ({
      group,
      resources: ['events'],
      verbs: ['delete', 'deletecollection'],
    })),
    severity: { cluster: 'low', unbound: 'info', namespace: 'info' },
  },
] as const;

export default defineCheck({
  id: 'rbac-delete-events',
  threat: 'repudiation',
  severity: 'low',
  confidence: 'high',
  subject: 'role',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1070'], owasp: ['K03', 'K05'] },
  equivalents: { kubescape: ['C-0031'], 'ms-threat-matrix': ['MS-TA9022'] },
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
