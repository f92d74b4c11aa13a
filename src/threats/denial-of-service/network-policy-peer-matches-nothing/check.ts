import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';
import { policyReading, unmatchedIn } from '../../network-questions.ts';

export default defineCheck({
  id: 'network-policy-peer-matches-nothing',
  threat: 'denial-of-service',
  severity: 'info',
  confidence: 'medium',
  subject: 'network-policy',
  frameworks: { nsa: ['Network separation and hardening'], owasp: ['K07'] },
  equivalents: { 'kube-linter': ['dangling-networkpolicypeer-podselector'] },
  messages: { nothing: [], typo: ['near'] },
  fix: 'none',
  evaluate(policy, cluster) {
    const { policies } = policyReading(policy, cluster);
    const isPlain = policies.every(({ ingress, egress }) =>
      [...(ingress ?? []), ...(egress ?? [])].every(({ peers }) => peers === 'all'),
    );
    if (isPlain) return notApplicable;
    const idle = unmatchedIn(policy, cluster).filter(
      // In manifests, pods of other namespaces are applied from elsewhere.
      ({ kind, isElsewhere }) => kind !== 'subject' && (cluster.isComplete || !isElsewhere),
    );
    const failures = idle.map(({ path: at, near }) =>
      near.length > 0
        ? { at, message: 'typo' as const, params: { near: near.join(', ') }, severity: 'low' as const }
        : {
            at,
            message: 'nothing' as const,
            confidence: cluster.isComplete ? ('high' as const) : ('low' as const),
          },
    );
    return failIfAny(failures);
  },
});
