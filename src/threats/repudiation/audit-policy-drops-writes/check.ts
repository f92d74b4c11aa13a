import {
  type AuditRule,
  auditRules,
  broadGroup,
  unlogged,
  WRITES,
} from '../../../kubernetes/audit-policy-rules.ts';
import { defineCheck, failIfAny } from '../../define-check.ts';

/** Names the kinds unless they are all that is asked about. */
function describe(rule: AuditRule | undefined, requests: ReadonlyMap<string, ReadonlySet<string>>) {
  const resources = [...requests.keys()].join(', ');
  const verbs = [...new Set([...requests.values()].flatMap((set) => [...set]))].join(', ');
  const all = requests.size === WRITES.length;
  if (rule === undefined) {
    return all
      ? ({ message: 'unmatched-all', params: { verbs } } as const)
      : ({ message: 'unmatched', params: { verbs, resources } } as const);
  }
  const group = broadGroup(rule);
  if (group !== undefined) return { message: 'group', params: { group, verbs } } as const;
  return all
    ? ({ message: 'dropped-all', params: { verbs } } as const)
    : ({ message: 'dropped', params: { verbs, resources } } as const);
}

export default defineCheck({
  id: 'audit-policy-drops-writes',
  threat: 'repudiation',
  severity: 'medium',
  confidence: 'high',
  subject: 'audit-policy',
  frameworks: { cis: ['3.2.2'], nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: { kubescape: ['C-0161'] },
  messages: {
    dropped: ['verbs', 'resources'],
    'dropped-all': ['verbs'],
    group: ['group', 'verbs'],
    unmatched: ['verbs', 'resources'],
    'unmatched-all': ['verbs'],
  },
  fix: 'none',
  evaluate(policy) {
    const silence = unlogged(auditRules(policy.object), WRITES);
    return failIfAny(
      [...silence].map(([rule, requests]) => ({ at: rule?.path ?? 'rules', ...describe(rule, requests) })),
    );
  },
});
