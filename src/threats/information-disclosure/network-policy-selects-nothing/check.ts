import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';
import { policyReading, unmatchedIn } from '../../network-questions.ts';

export default defineCheck({
  id: 'network-policy-selects-nothing',
  threat: 'information-disclosure',
  severity: 'low',
  confidence: 'medium',
  subject: 'network-policy',
  frameworks: { nsa: ['Network separation and hardening'], owasp: ['K07'] },
  equivalents: {
    kubescape: ['C-0299'],
    'kube-linter': ['dangling-networkpolicy'],
  },
  messages: { nothing: [], typo: ['near'] },
  fix: 'none',
  evaluate(policy, cluster) {
    const { policies } = policyReading(policy, cluster);
    if (policies.length === 0) return notApplicable;
    const idle = unmatchedIn(policy, cluster).filter(({ kind }) => kind === 'subject');
    // The pods of a namespace of which manifests show none are applied from elsewhere.
    if (!cluster.isComplete && idle.some(({ isElsewhere }) => isElsewhere)) return notApplicable;
    const failures = idle.map(({ path: at, near }) =>
      near.length > 0
        ? { at, message: 'typo' as const, params: { near: near.join(', ') } }
        : {
            at,
            message: 'nothing' as const,
            ...(cluster.isComplete ? {} : { severity: 'info' as const, confidence: 'low' as const }),
          },
    );
    return failIfAny(failures);
  },
});
