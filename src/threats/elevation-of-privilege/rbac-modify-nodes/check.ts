import { coversEveryResource, grantOf } from '../../../kubernetes/role-risk.ts';
import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const NODES = [
  { group: '', resources: ['nodes'], verbs: ['update', 'patch', 'delete', 'deletecollection'] },
  { group: '', resources: ['nodes/status'], verbs: ['update', 'patch'] },
];
const MOVES_PODS = [
  { group: '', resources: ['pods'], verbs: ['delete', 'deletecollection'] },
  { group: '', resources: ['pods/eviction'], verbs: ['create'] },
  { group: '', resources: ['pods/status'], verbs: ['update', 'patch'] },
];
const MEDIUM = { cluster: 'medium', unbound: 'low', namespace: 'low' } as const;
const LOW = { cluster: 'low', unbound: 'low', namespace: 'low' } as const;

export default defineCheck({
  id: 'rbac-modify-nodes',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'role',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1610'], owasp: ['K03'] },
  equivalents: {
    'rbac-police': ['modify_node_status', 'steal_pods'],
    kubesplaining: ['KUBE-PRIVESC-016'],
  },
  messages: {
    bound: ['verbs', 'resources', 'seen'],
    unbound: ['verbs', 'resources'],
    'no-effect': ['verbs', 'resources'],
  },
  fix: 'none',
  evaluate(role, cluster) {
    // Driving a pod away and closing all nodes but one brings it to that one.
    const movesPods = role.rules.some((rule) => coversEveryResource(rule) || grantOf(rule, MOVES_PODS));
    return judgeRole(role, cluster, [
      { wanted: NODES, severity: movesPods ? MEDIUM : LOW, isClusterScoped: true },
    ]);
  },
});
