import type { Cluster } from '../../../kubernetes/cluster.ts';
import { grantOf } from '../../../kubernetes/role-risk.ts';
import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

/** ConfigMaps of kube-system that say who is who, where names lead to, and how packets go. */
const POWERFUL_NAMES = new Set([
  'aws-auth',
  'coredns',
  'extension-apiserver-authentication',
  'kube-proxy',
  'kubeadm-config',
  'kubelet-config',
]);
const named = (names: readonly string[]) => names.some((name) => POWERFUL_NAMES.has(name));
const wanted = [{ group: '', resources: ['configmaps'], verbs: ['update', 'patch'] }];
const POWER = { wanted, named, severity: { cluster: 'medium', unbound: 'low' } } as const;
const AWS_AUTH = { wanted, severity: { cluster: 'critical', unbound: 'high' } } as const;

/** On EKS one of them says which cloud identities are cluster administrators. */
function mapsCloudIdentities(cluster: Cluster): boolean {
  return (
    cluster.subjects('api-server').some(({ distribution }) => distribution.id === 'eks') ||
    cluster.indexed('aws-auth', ['ConfigMap'], 'kube-system', () =>
      cluster
        .ofKind('ConfigMap')
        .some(({ namespace, name }) => namespace === 'kube-system' && name === 'aws-auth'),
    )
  );
}

export default defineCheck({
  id: 'rbac-modify-config-maps',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'role',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1098', 'T1557'], owasp: ['K03'] },
  equivalents: {
    kubescape: ['C-0037'],
    trivy: ['KSV-0049', 'KSV-0115'],
    'rbac-police': ['eks_modify_aws_auth'],
    'ms-threat-matrix': ['MS-TA9035'],
  },
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate(role, cluster) {
    const isWriter = role.rules.some((rule) => grantOf(rule, wanted));
    return judgeRole(role, cluster, isWriter && mapsCloudIdentities(cluster) ? [POWER, AWS_AUTH] : [POWER]);
  },
});
