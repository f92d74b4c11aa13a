import { projectedTokens } from '../../../kubernetes/service-account-tokens.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'projected-token-without-audience',
  threat: 'spoofing',
  severity: 'low',
  confidence: 'medium',
  subject: 'workload',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1528'], owasp: ['K06'] },
  equivalents: {},
  messages: { missing: ['volume'] },
  fix: 'none',
  evaluate(workload) {
    const tokens = projectedTokens(workload);
    if (tokens.length === 0) return notApplicable;
    return failIfAny(
      tokens
        .filter((token) => token.audience === undefined && !token.isForApiServer)
        .map(({ path, volume }) => ({
          at: `${path}.audience`,
          message: 'missing' as const,
          params: { volume: volume.name },
        })),
    );
  },
});
