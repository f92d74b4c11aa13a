import { asArray, asObject, asString } from '../../../kubernetes/json.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'mesh-authorization-allows-all',
  threat: 'spoofing',
  severity: 'medium',
  confidence: 'high',
  subject: 'object',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1078'], owasp: ['K06', 'K07'] },
  equivalents: {},
  messages: { 'empty-rule': [], 'no-authentication': [] },
  fix: 'none',
  evaluate({ object: { group, kind, spec } }) {
    if (kind !== 'AuthorizationPolicy') return notApplicable;
    if (group === 'policy.linkerd.io') {
      const demanded = asArray(spec['requiredAuthenticationRefs']) ?? [];
      const at = 'spec.requiredAuthenticationRefs';
      return failIfAny(demanded.length === 0 ? [{ at, message: 'no-authentication' as const }] : []);
    }
    if (group !== 'security.istio.io' || (asString(spec['action']) ?? 'ALLOW') !== 'ALLOW')
      return notApplicable;
    return failIfAny(
      (asArray(spec['rules']) ?? []).flatMap((item, index) => {
        const rule = asObject(item);
        if (rule === undefined) return [];
        const isEmpty = ['from', 'to', 'when'].every((field) => (asArray(rule[field]) ?? []).length === 0);
        return isEmpty ? [{ at: `spec.rules[${index}]`, message: 'empty-rule' as const }] : [];
      }),
    );
  },
});
