import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';
import { policyReading } from '../../network-questions.ts';

export default defineCheck({
  id: 'network-policy-invalid',
  threat: 'information-disclosure',
  severity: 'medium',
  confidence: 'high',
  subject: 'network-policy',
  frameworks: { nsa: ['Network separation and hardening'], owasp: ['K07'] },
  equivalents: {},
  messages: { refused: ['field', 'value'], missing: ['field'], 'as-meant': ['field'] },
  fix: 'none',
  evaluate(policy, cluster) {
    const { policies, problems } = policyReading(policy, cluster);
    if (policies.length === 0 && problems.length === 0) return notApplicable;
    return failIfAny(
      problems.map(({ path, value, isReadAsMeant }) => {
        const at = path;
        if (isReadAsMeant) {
          return { at, message: 'as-meant' as const, params: { field: path }, severity: 'low' as const };
        }
        return value === ''
          ? { at, message: 'missing' as const, params: { field: path } }
          : { at, message: 'refused' as const, params: { field: path, value } };
      }),
    );
  },
});
