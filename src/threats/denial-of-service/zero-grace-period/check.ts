import { defineCheck, fail, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'zero-grace-period',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'high',
  subject: 'workload',
  frameworks: {},
  equivalents: {},
  messages: { zero: [] },
  fix: 'none',
  evaluate(workload) {
    if (workload.pod['terminationGracePeriodSeconds'] !== 0) return pass;
    return fail({ at: workload.at('terminationGracePeriodSeconds'), message: 'zero' });
  },
});
