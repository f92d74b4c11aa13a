import { grantsOf, hasOwnRules, tellClusterScopedGrant, tellGrant } from '../../../kubernetes/role-risk.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const ADMISSION = 'admissionregistration.k8s.io';
const WEBHOOKS = [
  {
    group: ADMISSION,
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    verbs: WRITE,
  },
];
const POLICIES = [
  {
    group: ADMISSION,
    resources: [
      'mutatingadmissionpolicies',
      'mutatingadmissionpolicybindings',
      'validatingadmissionpolicies',
      'validatingadmissionpolicybindings',
    ],
    verbs: WRITE,
  },
  { group: 'kyverno.io', resources: ['clusterpolicies', 'policyexceptions'], verbs: WRITE },
  { group: 'templates.gatekeeper.sh', resources: ['constrainttemplates'], verbs: WRITE },
];
/** A namespace's labels decide which Pod Security level holds in it. */
const NAMESPACES = [{ group: '', resources: ['namespaces'], verbs: ['update', 'patch'] }];
const HIGH = { cluster: 'high', namespace: 'low', unbound: 'medium', none: 'info' } as const;
const MEDIUM = { cluster: 'medium', namespace: 'low', unbound: 'low', none: 'info' } as const;

export default defineCheck({
  id: 'rbac-modify-webhooks-or-policies',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'role',
  frameworks: {
    cis: ['5.1.12'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1562.001'],
    owasp: ['K03', 'K04'],
  },
  equivalents: {
    kubescape: ['C-0281'],
    trivy: ['KSV-0114'],
    checkov: ['CKV_K8S_155'],
    kyverno: ['restrict-clusterrole-mutating-validating-admission-webhooks'],
    'rbac-police': ['control_webhooks'],
    'ms-threat-matrix': ['MS-TA9015'],
  },
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    'no-effect': ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate(role) {
    if (!hasOwnRules(role)) return notApplicable;
    return failIfAny([
      ...grantsOf(role, WEBHOOKS).map((grant) => tellClusterScopedGrant(role, grant, HIGH)),
      ...grantsOf(role, POLICIES).map((grant) => tellClusterScopedGrant(role, grant, MEDIUM)),
      // A request for one namespace is authorized within it, so that a Role can grant it there.
      ...grantsOf(role, NAMESPACES).map((grant) => tellGrant(role, grant, MEDIUM[role.reach])),
    ]);
  },
});
