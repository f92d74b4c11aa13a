import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const POWERS = [
  {
    wanted: [{ group: '', resources: ['serviceaccounts/token'], verbs: ['create'] }],
    severity: { cluster: 'critical', unbound: 'high', namespace: 'medium' },
  },
] as const;

export default defineCheck({
  id: 'rbac-token-request',
  threat: 'elevation-of-privilege',
  severity: 'critical',
  confidence: 'high',
  subject: 'role',
  frameworks: {
    cis: ['5.1.13'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1528'],
    owasp: ['K03'],
  },
  equivalents: {
    kubescape: ['C-0282'],
    'rbac-police': ['obtain_token_weak_ns', 'token_request'],
    kubesplaining: ['KUBE-PRIVESC-014'],
  },
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
