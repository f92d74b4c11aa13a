import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const POWERS = [
  {
    // An empty patch changes nothing and answers with the whole object.
    wanted: [{ group: '', resources: ['secrets'], verbs: ['get', 'list', 'watch', 'patch'] }],
    severity: { cluster: 'critical', unbound: 'high', namespace: 'medium' },
  },
] as const;

export default defineCheck({
  id: 'rbac-read-secrets',
  threat: 'elevation-of-privilege',
  severity: 'critical',
  confidence: 'high',
  subject: 'role',
  frameworks: {
    cis: ['5.1.2'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1552.007'],
    owasp: ['K03', 'K08'],
  },
  equivalents: {
    kubescape: ['C-0015', 'C-0186'],
    trivy: ['KSV-0041', 'KSV-0113'],
    'kube-linter': ['access-to-secrets'],
    kyverno: ['restrict-secret-role-verbs'],
    'rbac-police': ['list_secrets', 'retrieve_token_secrets'],
    kubehound: ['TOKEN_BRUTEFORCE', 'TOKEN_LIST'],
    'ms-threat-matrix': ['MS-TA9025'],
    kubesplaining: [
      'KUBE-PRIVESC-005',
      'KUBE-PRIVESC-006',
      'KUBE-PRIVESC-007',
      'KUBE-SA-PRIVILEGED-002',
      'KUBE-SECRETS-CROSSNS-001',
    ],
    kubiscan: ['risky-any-verb-secrets', 'risky-get-secrets', 'risky-list-secrets'],
  },
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
