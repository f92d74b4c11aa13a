import { auditRules, coversResource } from '../../../kubernetes/audit-policy-rules.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

const READING = new Set(['get', 'list', 'watch']);
const SENSITIVE = [
  ['', 'secrets'],
  ['', 'serviceaccounts/token'],
  ['authentication.k8s.io', 'tokenreviews'],
] as const;

export default defineCheck({
  id: 'audit-policy-logs-secret-bodies',
  threat: 'information-disclosure',
  severity: 'high',
  confidence: 'high',
  subject: 'audit-policy',
  frameworks: {
    cis: ['3.2.2'],
    nsa: ['Audit Logging and Threat Detection'],
    mitre: ['T1552'],
    owasp: ['K05', 'K08'],
  },
  equivalents: {},
  messages: { bodies: ['level', 'resource'] },
  fix: 'none',
  evaluate(policy) {
    const rules = auditRules(policy.object);
    if (rules.length === 0) return notApplicable;
    for (const [group, resource] of SENSITIVE) {
      // The first rule that matches decides; only rules for every user and namespace end the search.
      for (const rule of rules) {
        if (!coversResource(rule, group, resource)) continue;
        const readsOnly = rule.verbs.length > 0 && rule.verbs.every((verb) => READING.has(verb));
        const logsBody = rule.level === 'RequestResponse' || (rule.level === 'Request' && !readsOnly);
        if (logsBody) {
          return fail({ at: rule.path, message: 'bodies', params: { level: rule.level, resource } });
        }
        if (rule.isUnconditional) break;
      }
    }
    return pass;
  },
});
