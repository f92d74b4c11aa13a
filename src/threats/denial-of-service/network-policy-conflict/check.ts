import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';
import { conflictsIn, policyReading } from '../../network-questions.ts';

export default defineCheck({
  id: 'network-policy-conflict',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'high',
  subject: 'network-policy',
  frameworks: { nsa: ['Network separation and hardening'], owasp: ['K07'] },
  equivalents: {},
  messages: { undefined: ['priority', 'other', 'rule'] },
  fix: 'none',
  evaluate(policy, cluster) {
    const { policies } = policyReading(policy, cluster);
    // Where rules say in which order they hold, and nowhere else, two policies can be of one priority.
    if (!policies.some(({ stage }) => stage.combination === 'ordered')) return notApplicable;
    return failIfAny(
      conflictsIn(policy, cluster).map(({ rule, policy: own, other, otherRule }) => ({
        at: rule.path,
        message: 'undefined' as const,
        params: { priority: own.priority, other: `${other.kind}/${other.name}`, rule: otherRule.path },
      })),
    );
  },
});
