import { grantsOf, hasOwnRules, tellClusterScopedGrant } from '../../../kubernetes/role-risk.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

const GROUP = 'certificates.k8s.io';
const APPROVAL = [
  { group: GROUP, resources: ['certificatesigningrequests/approval'], verbs: ['update', 'patch'] },
];
const SIGNERS = [{ group: GROUP, resources: ['signers'], verbs: ['approve'] }];
/** Signers whose certificates let their holder be any user or group of the API server. */
const SIGNS_ANYBODY = new Set(['*', 'kubernetes.io/*', 'kubernetes.io/kube-apiserver-client']);
const SIGNS_NODES = 'kubernetes.io/kube-apiserver-client-kubelet';

const ANYBODY = { cluster: 'high', namespace: 'low', unbound: 'medium', none: 'info' } as const;
const NODES = { cluster: 'medium', namespace: 'low', unbound: 'low', none: 'info' } as const;
const LITTLE = { cluster: 'low', namespace: 'low', unbound: 'low', none: 'info' } as const;

export default defineCheck({
  id: 'rbac-csr-approval',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'role',
  frameworks: {
    cis: ['5.1.11'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1098.001'],
    owasp: ['K03'],
  },
  equivalents: {
    kubescape: ['C-0280'],
    checkov: ['CKV_K8S_156'],
    kyverno: ['restrict-clusterrole-csr'],
    'rbac-police': ['approve_csrs'],
  },
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    'no-effect': ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate(role) {
    if (!hasOwnRules(role)) return notApplicable;
    // An approval needs both: the subresource, and `approve` on the request's signer.
    const signers = grantsOf(role, SIGNERS, { named: true }).flatMap(({ rule }) =>
      rule.resourceNames.length === 0 ? ['*'] : rule.resourceNames,
    );
    const severity = signers.some((name) => SIGNS_ANYBODY.has(name))
      ? ANYBODY
      : signers.includes(SIGNS_NODES)
        ? NODES
        : LITTLE;
    const named = [...new Set(signers)].map((name) => `signers/${name}`);
    return failIfAny(
      grantsOf(role, APPROVAL, { named: true }).map((grant) =>
        tellClusterScopedGrant(role, { ...grant, resources: [...grant.resources, ...named] }, severity),
      ),
    );
  },
});
