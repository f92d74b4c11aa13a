import { auditRules } from '../../../kubernetes/audit-policy-rules.ts';
import { asArray, type Json } from '../../../kubernetes/json.ts';
import { defineCheck, failIfAny } from '../../define-check.ts';

/** Stages that say how a request ended. */
const OUTCOMES = ['ResponseComplete', 'Panic'];

function outcomes(value: Json | undefined): string {
  const omitted = asArray(value) ?? [];
  return OUTCOMES.filter((stage) => omitted.includes(stage)).join(', ');
}

export default defineCheck({
  id: 'audit-policy-drops-stages',
  threat: 'repudiation',
  severity: 'medium',
  confidence: 'high',
  subject: 'audit-policy',
  frameworks: { cis: ['3.2.2'], nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { policy: ['stages'], rule: ['stages'] },
  fix: 'none',
  evaluate(policy) {
    const { raw } = policy.object;
    const everywhere = outcomes(raw['omitStages']);
    // The stages of the policy are omitted by every rule (unionStages in pkg/audit/policy/checker.go).
    if (everywhere !== '')
      return failIfAny([{ at: 'omitStages', message: 'policy' as const, params: { stages: everywhere } }]);
    return failIfAny(
      auditRules(policy.object).flatMap((rule) => {
        const stages = rule.level === 'None' ? '' : outcomes(rule.raw['omitStages']);
        if (stages === '') return [];
        return [{ at: `${rule.path}.omitStages`, message: 'rule' as const, params: { stages } }];
      }),
    );
  },
});
