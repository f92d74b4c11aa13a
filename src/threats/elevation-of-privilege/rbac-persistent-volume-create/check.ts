import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const POWERS = [
  {
    wanted: [{ group: '', resources: ['persistentvolumes'], verbs: ['create'] }],
    severity: { cluster: 'medium', unbound: 'low', namespace: 'low' },
    isClusterScoped: true,
  },
] as const;

export default defineCheck({
  id: 'rbac-persistent-volume-create',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'role',
  frameworks: {
    cis: ['5.1.9'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1611'],
    owasp: ['K03'],
    audits: ['TOB-K8S-038'],
  },
  equivalents: { kubescape: ['C-0278'] },
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    'no-effect': ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
