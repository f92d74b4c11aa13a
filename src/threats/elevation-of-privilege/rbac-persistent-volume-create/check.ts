import { grantsOf, hasOwnRules, tellClusterScopedGrant } from '../../../kubernetes/role-risk.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

const VOLUMES = [{ group: '', resources: ['persistentvolumes'], verbs: ['create'] }];
const SEVERITY = { cluster: 'medium', namespace: 'low', unbound: 'low', none: 'info' } as const;

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
  evaluate(role) {
    if (!hasOwnRules(role)) return notApplicable;
    return failIfAny(grantsOf(role, VOLUMES).map((grant) => tellClusterScopedGrant(role, grant, SEVERITY)));
  },
});
