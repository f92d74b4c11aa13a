import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const POWERS = [
  {
    wanted: [
      { group: '', resources: ['nodes/proxy'], verbs: ['get', 'create', 'update', 'patch', 'delete'] },
    ],
    severity: { cluster: 'high', unbound: 'medium', namespace: 'low' },
    isClusterScoped: true,
    named: () => true,
  },
] as const;

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
    kubesplaining: ['KUBE-PRIVESC-012'],
    kubiscan: ['risky-execute-command-node-proxy'],
  },
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    'no-effect': ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
