import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const verbs = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const severity = { cluster: 'medium', unbound: 'low', namespace: 'low' } as const;
const CALICO = ['crd.projectcalico.org', 'projectcalico.org'];
const POWERS = [
  {
    wanted: [
      { group: 'networking.k8s.io', resources: ['networkpolicies'], verbs },
      { group: 'cilium.io', resources: ['ciliumnetworkpolicies'], verbs },
      ...CALICO.map((group) => ({ group, resources: ['networkpolicies'], verbs })),
    ],
    severity,
  },
  {
    wanted: [
      {
        group: 'policy.networking.k8s.io',
        resources: ['adminnetworkpolicies', 'baselineadminnetworkpolicies', 'clusternetworkpolicies'],
        verbs,
      },
      { group: 'cilium.io', resources: ['ciliumclusterwidenetworkpolicies'], verbs },
      ...CALICO.map((group) => ({ group, resources: ['globalnetworkpolicies', 'tiers'], verbs })),
    ],
    severity,
    isClusterScoped: true,
  },
] as const;

export default defineCheck({
  id: 'rbac-modify-network-policies',
  threat: 'tampering',
  severity: 'medium',
  confidence: 'high',
  subject: 'role',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1562.004'], owasp: ['K03', 'K07'] },
  equivalents: { trivy: ['KSV-0056'] },
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    'no-effect': ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
