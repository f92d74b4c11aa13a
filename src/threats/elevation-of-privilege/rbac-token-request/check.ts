import { grantsOf, hasOwnRules, reachOf, tellGrant } from '../../../kubernetes/role-risk.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

const TOKENS = [{ group: '', resources: ['serviceaccounts/token'], verbs: ['create'] }];
const SEVERITY = { cluster: 'high', namespace: 'medium', unbound: 'medium' } as const;

export default defineCheck({
  id: 'rbac-token-request',
  threat: 'elevation-of-privilege',
  severity: 'high',
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
  },
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate(role) {
    if (!hasOwnRules(role)) return notApplicable;
    const severity = SEVERITY[reachOf(role)];
    return failIfAny(grantsOf(role, TOKENS).map((grant) => tellGrant(role, grant, severity)));
  },
});
