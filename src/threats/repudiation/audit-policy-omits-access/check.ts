import {
  type AuditedRequests,
  auditRules,
  unlogged,
  WRITES,
} from '../../../kubernetes/audit-policy-rules.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

const RBAC = 'rbac.authorization.k8s.io';
const CHANGES = ['create', 'update', 'patch', 'delete'];

/** Requests that open a pod, show or change credentials, or change rights. */
const ACCESS: readonly AuditedRequests[] = [
  ...['pods/exec', 'pods/attach', 'pods/portforward'].map((resource) => ({
    group: '',
    resource,
    // Over WebSockets the verb is get, over SPDY it is create.
    verbs: ['get', 'create'],
  })),
  { group: '', resource: 'pods/ephemeralcontainers', verbs: ['update', 'patch'] },
  { group: '', resource: 'secrets', verbs: ['get', 'list', 'watch', ...CHANGES] },
  { group: '', resource: 'serviceaccounts/token', verbs: ['create'] },
  ...['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map((resource) => ({
    group: RBAC,
    resource,
    verbs: CHANGES,
  })),
];

export default defineCheck({
  id: 'audit-policy-omits-access',
  threat: 'repudiation',
  severity: 'medium',
  confidence: 'high',
  subject: 'audit-policy',
  frameworks: { cis: ['3.2.2'], nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: { kubescape: ['C-0161'] },
  messages: { dropped: ['requests'], unmatched: ['requests'] },
  fix: 'none',
  evaluate(policy) {
    const rules = auditRules(policy.object);
    const omitted = unlogged(rules, ACCESS);
    // A rule that leaves out changes of everything is one finding, of audit-policy-drops-writes.
    const general = unlogged(rules, WRITES);
    const own = [...omitted].filter(([rule]) => !general.has(rule));
    if (own.length === 0 && omitted.size > 0) return notApplicable;
    return failIfAny(
      own.map(([rule, requests]) => ({
        at: rule?.path ?? 'rules',
        message: rule === undefined ? ('unmatched' as const) : ('dropped' as const),
        params: {
          requests: [...requests].map(([name, verbs]) => `${name} (${[...verbs].join(', ')})`).join(', '),
        },
      })),
    );
  },
});
