import {
  type Actor,
  auditGaps,
  LEVELS,
  type NeedId,
  readAuditPolicy,
} from '../../../engines/audit-policy/index.ts';
import { auditRules, unlogged, WRITES } from '../../../kubernetes/audit-policy-rules.ts';
import { defineCheck, failIfAny, notApplicable, unknown } from '../../define-check.ts';

/** What neither audit-policy-omits-access nor audit-policy-drops-writes asks about. */
const NEEDS: readonly NeedId[] = [
  'certificates-issued',
  'interception-changed',
  'nodes-reached',
  'network-changed',
  'accounts-and-namespaces-changed',
  'storage-changed',
  'evidence-removed',
];

export default defineCheck({
  id: 'audit-policy-omits-evidence',
  threat: 'repudiation',
  severity: 'low',
  confidence: 'high',
  subject: 'audit-policy',
  frameworks: { cis: ['3.2.2'], nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { dropped: ['requests'], unmatched: ['requests'] },
  reasons: { 'not-accepted': ['problem'] },
  fix: 'none',
  evaluate({ object }) {
    const { policy, errors } = readAuditPolicy(object.raw);
    if (policy === undefined) {
      const [error] = errors;
      return unknown('not-accepted', { problem: error?.message ?? '' }, error?.path ?? '');
    }
    const byRule = new Map<number | undefined, Map<string, Set<string>>>();
    for (const { group, resource, verbs, level, rule, actors } of auditGaps(policy, NEEDS)) {
      if (level !== LEVELS[0] || !actors.some(isAnybody)) continue;
      const byResource = byRule.get(rule) ?? new Map<string, Set<string>>();
      byRule.set(rule, byResource);
      const name = group === '' ? resource : `${resource}.${group}`;
      byResource.set(name, new Set([...(byResource.get(name) ?? []), ...verbs]));
    }
    // A rule that leaves out changes of everything is one finding, of audit-policy-drops-writes.
    const rules = auditRules(object);
    const general = new Set([...unlogged(rules, WRITES).keys()].map((rule) => rule?.path));
    const own = [...byRule].filter(
      ([rule]) => !general.has(rule === undefined ? undefined : `rules[${rule}]`),
    );
    if (own.length === 0 && byRule.size > 0) return notApplicable;
    return failIfAny(
      own.map(([rule, requests]) => ({
        at: rule === undefined ? 'rules' : `rules[${rule}]`,
        message: rule === undefined ? ('unmatched' as const) : ('dropped' as const),
        params: {
          requests: [...requests].map(([name, verbs]) => `${name} (${[...verbs].join(', ')})`).join(', '),
        },
      })),
    );
  },
});

/** Rules for all service accounts and for administrators alone are audit-policy-drops-writes' business. */
function isAnybody(actor: Actor): boolean {
  return actor === 'person';
}
