import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const verbs = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const ADMISSION = 'admissionregistration.k8s.io';
const MEDIUM = { cluster: 'medium', unbound: 'low', namespace: 'low' } as const;
const POWERS = [
  {
    wanted: [
      {
        group: ADMISSION,
        resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
        verbs,
      },
    ],
    severity: { cluster: 'high', unbound: 'medium', namespace: 'low' },
    isClusterScoped: true,
  },
  {
    wanted: [
      {
        group: ADMISSION,
        resources: [
          'mutatingadmissionpolicies',
          'mutatingadmissionpolicybindings',
          'validatingadmissionpolicies',
          'validatingadmissionpolicybindings',
        ],
        verbs,
      },
      { group: 'kyverno.io', resources: ['clusterpolicies', 'policyexceptions'], verbs },
      { group: 'templates.gatekeeper.sh', resources: ['constrainttemplates'], verbs },
    ],
    severity: MEDIUM,
    isClusterScoped: true,
  },
  {
    // A namespace's labels decide which Pod Security level holds in it; a request for one is authorized within it, so that a
    // Role can grant it there.
    wanted: [{ group: '', resources: ['namespaces'], verbs: ['update', 'patch'] }],
    severity: MEDIUM,
  },
] as const;

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
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
