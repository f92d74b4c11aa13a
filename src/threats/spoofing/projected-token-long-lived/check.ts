import { projectedTokens } from '../../../kubernetes/service-account-tokens.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

const DAY_SECONDS = 86_400;

export default defineCheck({
  id: 'projected-token-long-lived',
  threat: 'spoofing',
  severity: 'low',
  confidence: 'high',
  subject: 'workload',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1528'], owasp: ['K06'] },
  equivalents: {},
  messages: { long: ['volume', 'hours'] },
  fix: 'none',
  evaluate(workload) {
    const tokens = projectedTokens(workload);
    if (tokens.length === 0) return notApplicable;
    return failIfAny(
      tokens
        .filter(({ expirationSeconds }) => expirationSeconds > DAY_SECONDS)
        .map(({ path, volume, expirationSeconds }) => ({
          at: `${path}.expirationSeconds`,
          message: 'long' as const,
          params: { volume: volume.name, hours: Math.round(expirationSeconds / 360) / 10 },
        })),
    );
  },
});
