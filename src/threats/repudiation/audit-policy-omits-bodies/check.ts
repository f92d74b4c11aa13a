import { auditGaps, type NeedId, readAuditPolicy } from '../../../engines/audit-policy/index.ts';
import { defineCheck, failIfAny, unknown } from '../../define-check.ts';

/** Changes of which the name alone does not tell what was done. */
const NEEDS: readonly NeedId[] = ['rights-changed', 'debug-containers', 'interception-changed'];

export default defineCheck({
  id: 'audit-policy-omits-bodies',
  threat: 'repudiation',
  severity: 'low',
  confidence: 'high',
  subject: 'audit-policy',
  frameworks: { cis: ['3.2.2'], nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { nameless: ['resources'] },
  reasons: { 'not-accepted': ['problem'] },
  fix: 'none',
  evaluate({ object }) {
    const { policy, errors } = readAuditPolicy(object.raw);
    if (policy === undefined) {
      const [error] = errors;
      return unknown('not-accepted', { problem: error?.message ?? '' }, error?.path ?? '');
    }
    const byRule = new Map<number, Set<string>>();
    for (const { group, resource, level, rule, actors } of auditGaps(policy, NEEDS)) {
      if (level !== 'Metadata' || rule === undefined || !actors.includes('person')) continue;
      const name = group === '' ? resource : `${resource}.${group}`;
      byRule.set(rule, (byRule.get(rule) ?? new Set()).add(name));
    }
    return failIfAny(
      [...byRule].map(([rule, resources]) => ({
        at: `rules[${rule}]`,
        message: 'nameless' as const,
        params: { resources: [...resources].join(', ') },
      })),
    );
  },
});
