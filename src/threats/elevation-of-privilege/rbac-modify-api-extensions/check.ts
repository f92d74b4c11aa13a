import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const POWERS = [
  {
    wanted: [
      {
        group: 'apiregistration.k8s.io',
        resources: ['apiservices'],
        verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      },
    ],
    severity: { cluster: 'high', unbound: 'medium', namespace: 'low' },
    isClusterScoped: true,
  },
  {
    // A conversion webhook sees and rewrites every object of the kind.
    wanted: [
      { group: 'apiextensions.k8s.io', resources: ['customresourcedefinitions'], verbs: ['update', 'patch'] },
    ],
    severity: { cluster: 'medium', unbound: 'low', namespace: 'low' },
    isClusterScoped: true,
  },
] as const;

export default defineCheck({
  id: 'rbac-modify-api-extensions',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'role',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1557', 'T1556'], owasp: ['K03'] },
  equivalents: {},
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    'no-effect': ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
