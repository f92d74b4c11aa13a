import type { Role } from '../../../kubernetes/access.ts';
import {
  clusterScopedReachOf,
  grantsOf,
  hasOwnRules,
  type RoleGrant,
  reachOf,
  tellGrant,
} from '../../../kubernetes/role-risk.ts';
import { defineCheck, failIfAny, notApplicable, type Severity } from '../../define-check.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ESCALATION = [
  { group: RBAC, resources: ['roles', 'clusterroles'], verbs: ['bind', 'escalate'] },
  { group: '', resources: ['users', 'groups', 'serviceaccounts'], verbs: ['impersonate'] },
];
const BINDINGS = [
  { group: RBAC, resources: ['rolebindings', 'clusterrolebindings'], verbs: ['create', 'update', 'patch'] },
];
/** Roles and groups that are worth as much as any. */
const POWERFUL_NAMES = new Set(['cluster-admin', 'admin', 'edit', 'system:masters']);

export default defineCheck({
  id: 'rbac-escalation-verbs',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'role',
  frameworks: {
    cis: ['5.1.8'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1098.006'],
    owasp: ['K03'],
  },
  equivalents: {
    kubescape: ['C-0065', 'C-0191'],
    trivy: ['KSV-0043', 'KSV-0050', 'KSV-0051', 'KSV-0052', 'KSV-0055'],
    checkov: ['CKV_K8S_157', 'CKV_K8S_158'],
    kyverno: ['restrict-escalation-verbs-roles'],
    'rbac-police': ['bind_roles', 'escalate_roles', 'impersonate'],
    kubehound: ['IDENTITY_IMPERSONATE', 'ROLE_BIND'],
  },
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    bindings: ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate(role) {
    if (!hasOwnRules(role)) return notApplicable;
    const escalations = grantsOf(role, ESCALATION, { named: true });
    const told = new Set(escalations.map(({ rule }) => rule));
    return failIfAny([
      ...escalations.map((grant) => tellGrant(role, grant, weigh(role, grant))),
      ...grantsOf(role, BINDINGS)
        .filter(({ rule }) => !told.has(rule))
        .map(({ rule, verbs, resources }) => {
          const params = { verbs: verbs.join(', '), resources: resources.join(', ') };
          return { at: rule.path, message: 'bindings', params, severity: 'low' } as const;
        }),
    ]);
  },
});

function weigh(role: Role, { rule, resources, verbs }: RoleGrant): Severity {
  // What named roles and users may do is another role's matter, unless their names tell.
  const toNamedOnly = rule.resourceNames.length > 0 && !verbs.includes('escalate');
  if (toNamedOnly && !rule.resourceNames.some((name) => POWERFUL_NAMES.has(name))) return 'low';
  // Users and groups live in no namespace, so that neither a Role nor a RoleBinding lets anybody impersonate them.
  const clusterScoped = resources.every((resource) => resource === 'users' || resource === 'groups');
  const reach = clusterScoped ? clusterScopedReachOf(role) : reachOf(role);
  if (clusterScoped && (reach === 'none' || reach === 'namespace')) return 'low';
  return reach === 'cluster' ? 'high' : 'medium';
}
