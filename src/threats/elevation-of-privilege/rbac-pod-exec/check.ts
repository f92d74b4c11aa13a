import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const POWERS = [
  {
    wanted: [
      { group: '', resources: ['pods/exec', 'pods/attach'], verbs: ['create'] },
      { group: '', resources: ['pods/ephemeralcontainers'], verbs: ['update', 'patch'] },
    ],
    severity: { cluster: 'high', unbound: 'medium', namespace: 'medium' },
  },
  {
    wanted: [
      // Before v1.35 `get` was enough for exec over WebSocket (AuthorizePodWebsocketUpgradeCreatePermission).
      { group: '', resources: ['pods/exec', 'pods/attach'], verbs: ['get'] },
      { group: '', resources: ['pods/portforward'], verbs: ['create', 'get'] },
      // The API server passes requests on to whatever listens there, past network policies.
      {
        group: '',
        resources: ['pods/proxy', 'services/proxy'],
        verbs: ['get', 'create', 'update', 'patch', 'delete'],
      },
    ],
    severity: { cluster: 'medium', unbound: 'low', namespace: 'low' },
  },
] as const;

export default defineCheck({
  id: 'rbac-pod-exec',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'role',
  frameworks: {
    nsa: ['Authentication and authorization'],
    mitre: ['T1609'],
    owasp: ['K03'],
  },
  equivalents: {
    kubescape: ['C-0002', 'C-0063'],
    trivy: ['KSV-0053', 'KSV-0054'],
    polaris: [
      'clusterrolePodExecAttach',
      'clusterrolebindingPodExecAttach',
      'rolePodExecAttach',
      'rolebindingClusterRolePodExecAttach',
      'rolebindingRolePodExecAttach',
    ],
    'rbac-police': ['pods_ephemeral_ctrs', 'pods_exec', 'rce_weak_ns'],
    kubehound: ['POD_ATTACH', 'POD_EXEC'],
    'ms-threat-matrix': ['MS-TA9006'],
    kubesplaining: ['KUBE-PRIVESC-004', 'KUBE-PRIVESC-013', 'KUBE-PRIVESC-015'],
    kubiscan: ['risky-attach-pods', 'risky-exec-pods'],
  },
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
