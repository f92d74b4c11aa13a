import { grantsOf, hasOwnRules, reachOf, tellGrant } from '../../../kubernetes/role-risk.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

const RUNS_CODE = [
  { group: '', resources: ['pods/exec', 'pods/attach'], verbs: ['create'] },
  { group: '', resources: ['pods/ephemeralcontainers'], verbs: ['update', 'patch'] },
];
// Before v1.35 `get` was enough for exec over WebSocket (AuthorizePodWebsocketUpgradeCreatePermission).
const OTHERS = [
  { group: '', resources: ['pods/exec', 'pods/attach'], verbs: ['get'] },
  { group: '', resources: ['pods/portforward'], verbs: ['create', 'get'] },
];
const SEVERITY = { cluster: 'high', namespace: 'medium', unbound: 'medium' } as const;
const LESSER = { cluster: 'medium', namespace: 'low', unbound: 'low' } as const;

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
    polaris: ['clusterrolePodExecAttach', 'rolePodExecAttach'],
    'rbac-police': ['pods_ephemeral_ctrs', 'pods_exec', 'rce_weak_ns'],
    kubehound: ['POD_ATTACH', 'POD_EXEC'],
    'ms-threat-matrix': ['MS-TA9006'],
  },
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate(role) {
    if (!hasOwnRules(role)) return notApplicable;
    const reach = reachOf(role);
    const runsCode = new Set(grantsOf(role, RUNS_CODE).map(({ rule }) => rule));
    return failIfAny(
      grantsOf(role, [...RUNS_CODE, ...OTHERS]).map((grant) =>
        tellGrant(role, grant, (runsCode.has(grant.rule) ? SEVERITY : LESSER)[reach]),
      ),
    );
  },
});
