import { grantsOf, hasOwnRules, reachOf, tellGrant } from '../../../kubernetes/role-risk.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

// An empty patch changes nothing and answers with the whole object.
const READ = [{ group: '', resources: ['secrets'], verbs: ['get', 'list', 'watch', 'patch'] }];
const SEVERITY = { cluster: 'high', namespace: 'medium', unbound: 'medium' } as const;

export default defineCheck({
  id: 'rbac-read-secrets',
  threat: 'elevation-of-privilege',
  severity: 'high',
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
  },
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate(role) {
    if (!hasOwnRules(role)) return notApplicable;
    const severity = SEVERITY[reachOf(role)];
    return failIfAny(grantsOf(role, READ).map((grant) => tellGrant(role, grant, severity)));
  },
});
