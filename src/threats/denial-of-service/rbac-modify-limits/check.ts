import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const verbs = ['update', 'patch', 'delete', 'deletecollection'];
const severity = { cluster: 'low', unbound: 'low', namespace: 'low' } as const;
const POWERS = [
  { wanted: [{ group: '', resources: ['limitranges', 'resourcequotas'], verbs }], severity },
  {
    wanted: [
      { group: 'scheduling.k8s.io', resources: ['priorityclasses'], verbs: ['create', ...verbs] },
      {
        group: 'flowcontrol.apiserver.k8s.io',
        resources: ['flowschemas', 'prioritylevelconfigurations'],
        verbs: ['create', ...verbs],
      },
    ],
    severity,
    isClusterScoped: true,
  },
] as const;

export default defineCheck({
  id: 'rbac-modify-limits',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'high',
  subject: 'role',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1499'], owasp: ['K03'] },
  equivalents: {},
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    'no-effect': ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
