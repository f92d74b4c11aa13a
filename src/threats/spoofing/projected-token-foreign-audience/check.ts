import { isApiServerAudience, projectedTokens } from '../../../kubernetes/service-account-tokens.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'projected-token-foreign-audience',
  threat: 'spoofing',
  severity: 'info',
  confidence: 'high',
  subject: 'workload',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1528'], owasp: ['K06'] },
  equivalents: {},
  messages: { foreign: ['audiences'] },
  fix: 'none',
  evaluate(workload, cluster) {
    const tokens = projectedTokens(workload);
    if (tokens.length === 0) return notApplicable;
    const foreign = tokens.filter(
      ({ audience }) => audience !== undefined && !isApiServerAudience(audience, cluster),
    );
    const [first] = foreign;
    if (first === undefined) return pass;
    const audiences = [...new Set(foreign.map(({ audience }) => audience))].join(', ');
    return fail({ at: `${first.path}.audience`, message: 'foreign', params: { audiences } });
  },
});
