import type { Role } from '../../../kubernetes/access.ts';
import type { Cluster } from '../../../kubernetes/cluster.ts';
import type { PolicyRule } from '../../../kubernetes/policy-rules.ts';
import { grantOf } from '../../../kubernetes/role-risk.ts';
import { defineCheck } from '../../define-check.ts';
import { holdingOf, judgeRole } from '../../judge-role.ts';

const GROUP = 'certificates.k8s.io';
const APPROVAL = [
  { group: GROUP, resources: ['certificatesigningrequests/approval'], verbs: ['update', 'patch'] },
];
const SIGNERS = [{ group: GROUP, resources: ['signers'], verbs: ['approve'] }];
/** Signers whose certificates let their holder be any user or group of the API server. */
const SIGNS_ANYBODY = new Set(['*', 'kubernetes.io/*', 'kubernetes.io/kube-apiserver-client']);
const SIGNS_NODES = 'kubernetes.io/kube-apiserver-client-kubelet';

const ANYBODY = { cluster: 'critical', unbound: 'high', namespace: 'low' } as const;
const NODES = { cluster: 'medium', unbound: 'low', namespace: 'low' } as const;
const LITTLE = { cluster: 'low', unbound: 'low', namespace: 'low' } as const;
const always = () => true;

export default defineCheck({
  id: 'rbac-csr-approval',
  threat: 'elevation-of-privilege',
  severity: 'critical',
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
    kubesplaining: ['KUBE-PRIVESC-011'],
  },
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    'no-effect': ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate(role, cluster) {
    // An approval needs both: the subresource, and `approve` on the request's signer.
    const rules = [...role.rules, ...otherRules(role, cluster)];
    const isWhole = rules.some((rule) => grantOf(rule, APPROVAL, always));
    const signers = rules.flatMap((rule) => signersOf(rule));
    const severity = !isWhole
      ? LITTLE
      : signers.some((name) => SIGNS_ANYBODY.has(name))
        ? ANYBODY
        : signers.includes(SIGNS_NODES)
          ? NODES
          : LITTLE;
    const isApprover = role.rules.some((rule) => grantOf(rule, APPROVAL, always));
    const wanted = isApprover ? APPROVAL : SIGNERS;
    return judgeRole(role, cluster, [{ wanted, severity, named: always, isClusterScoped: true }]);
  },
});

function signersOf(rule: PolicyRule): readonly string[] {
  if (grantOf(rule, SIGNERS, always) === undefined) return [];
  return rule.resourceNames.length === 0 ? ['*'] : rule.resourceNames;
}

/** What those who hold the role in the whole cluster have from other roles. */
function otherRules(role: Role, cluster: Cluster): readonly PolicyRule[] {
  if (!role.rules.some((rule) => grantOf(rule, [...APPROVAL, ...SIGNERS], always))) return [];
  return holdingOf(role, cluster)
    .held.filter(({ binding }) => binding.isClusterWide)
    .flatMap(({ subjects }) => subjects)
    .flatMap(({ kind, namespace, name }) =>
      kind === 'ServiceAccount'
        ? cluster.bindingsOfServiceAccount(namespace ?? '', name)
        : cluster.bindingsOf(kind === 'Group' ? 'Group' : 'User', name),
    )
    .flatMap((binding) => (binding.isClusterWide ? (binding.role?.rules ?? []) : []));
}
