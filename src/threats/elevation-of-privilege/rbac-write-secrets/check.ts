import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const secrets = { group: '', resources: ['secrets'] };
const POWERS = [
  {
    wanted: [{ ...secrets, verbs: ['create', 'update'] }],
    // Reading them all is worse, and rbac-read-secrets' concern.
    unless: [{ ...secrets, verbs: ['get', 'list', 'watch', 'patch'] }],
    severity: { cluster: 'high', unbound: 'medium', namespace: 'low' },
  },
] as const;

export default defineCheck({
  id: 'rbac-write-secrets',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'role',
  frameworks: {
    cis: ['5.1.2'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1098.001'],
    owasp: ['K03', 'K08'],
  },
  equivalents: { 'rbac-police': ['issue_token_secrets'], kubesplaining: ['KUBE-PRIVESC-007'] },
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
