import { grantsOf, hasOwnRules, tellClusterScopedGrant } from '../../../kubernetes/role-risk.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

const NODE_PROXY = [
  { group: '', resources: ['nodes/proxy'], verbs: ['get', 'create', 'update', 'patch', 'delete'] },
];
const SEVERITY = { cluster: 'high', namespace: 'low', unbound: 'medium', none: 'info' } as const;

export default defineCheck({
  id: 'rbac-node-proxy',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'role',
  frameworks: {
    cis: ['5.1.10'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1609'],
    owasp: ['K03'],
    audits: ['NCC-E003660-WV3'],
  },
  equivalents: {
    kubescape: ['C-0279'],
    trivy: ['KSV-0047'],
    kyverno: ['restrict-clusterrole-nodesproxy'],
    'rbac-police': ['nodes_proxy'],
  },
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    'no-effect': ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate(role) {
    if (!hasOwnRules(role)) return notApplicable;
    return failIfAny(
      grantsOf(role, NODE_PROXY, { named: true }).map((grant) =>
        tellClusterScopedGrant(role, grant, SEVERITY),
      ),
    );
  },
});
