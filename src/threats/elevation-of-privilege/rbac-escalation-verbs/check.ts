import type { Role } from '../../../kubernetes/access.ts';
import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ROLES = { group: RBAC, resources: ['roles', 'clusterroles'] };
const IDENTITY = 'authentication.k8s.io';
/** Roles and groups that are worth as much as any. What other names stand for is another role's matter. */
const POWERFUL_NAMES = new Set(['cluster-admin', 'admin', 'edit', 'system:masters']);
const isPowerful = (names: readonly string[]) => names.some((name) => POWERFUL_NAMES.has(name));
const always = () => true;
const TAKEOVER = { cluster: 'critical', unbound: 'high', namespace: 'medium' } as const;
const LOW = { cluster: 'low', unbound: 'low', namespace: 'low' } as const;

/** Users and groups live in no namespace, so that neither a Role nor a RoleBinding lets anybody impersonate them. */
const USERS = { group: '', resources: ['users', 'groups'], verbs: ['impersonate'] };
const ACCOUNTS = { group: '', resources: ['serviceaccounts'], verbs: ['impersonate'] };
const POWERS = [
  { wanted: [{ ...ROLES, verbs: ['escalate'] }], severity: TAKEOVER, named: always },
  { wanted: [{ ...ROLES, verbs: ['bind'] }, ACCOUNTS], severity: TAKEOVER, named: isPowerful },
  { wanted: [{ ...ROLES, verbs: ['bind'] }, ACCOUNTS], severity: LOW, named: always },
  { wanted: [USERS], severity: { ...TAKEOVER, namespace: 'low' }, named: isPowerful, isClusterScoped: true },
  { wanted: [USERS], severity: LOW, named: always, isClusterScoped: true },
  {
    // KEP-5284: for the requests that a rule with `impersonate-on:…` allows.
    wanted: [
      { group: IDENTITY, resources: ['users', 'groups'], verbs: ['impersonate:user-info'] },
      { group: IDENTITY, resources: ['nodes'], verbs: ['impersonate:arbitrary-node'] },
    ],
    severity: { cluster: 'medium', unbound: 'low', namespace: 'low' },
    isClusterScoped: true,
  },
  {
    wanted: [{ group: IDENTITY, resources: ['serviceaccounts'], verbs: ['impersonate:serviceaccount'] }],
    severity: { cluster: 'medium', unbound: 'low', namespace: 'low' },
  },
] as const;

/** A uid, and extra fields by their keys (`userextras/scopes`): worth something beside the right to impersonate a user only. */
function detailsOf({ rules }: Role) {
  const keys = rules.flatMap(({ resources }) => resources.filter((each) => each.startsWith('userextras/')));
  return {
    wanted: [{ group: IDENTITY, resources: ['uids', ...new Set(keys)], verbs: ['impersonate'] }],
    severity: LOW,
    named: always,
    isClusterScoped: true,
  } as const;
}

export default defineCheck({
  id: 'rbac-escalation-verbs',
  threat: 'elevation-of-privilege',
  severity: 'critical',
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
    trivy: ['KSV-0043', 'KSV-0050'],
    checkov: ['CKV_K8S_157', 'CKV_K8S_158'],
    kyverno: ['restrict-escalation-verbs-roles'],
    'rbac-police': ['bind_roles', 'escalate_roles', 'impersonate'],
    kubehound: ['IDENTITY_IMPERSONATE', 'ROLE_BIND'],
    kubesplaining: ['KUBE-PRIVESC-008', 'KUBE-PRIVESC-009', 'KUBE-SA-PRIVILEGED-002'],
    kubiscan: [
      'risky-any-verb-groups',
      'risky-create-clusterrolebinding-clusterrole',
      'risky-create-rolebinding-clusterrole',
      'risky-create-rolebinding-role',
      'risky-impersonate-groups',
    ],
  },
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    'no-effect': ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, [...POWERS, detailsOf(role)]),
});
