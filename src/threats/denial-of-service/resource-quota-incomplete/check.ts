import { type QuotaArea, quotasBeside, unboundedAreas } from '../../../kubernetes/quotas.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

/** A key of `spec.hard` that bounds each area, the same in every language. */
const KEYS: Readonly<Record<QuotaArea, string>> = {
  memory: 'limits.memory',
  cpu: 'requests.cpu',
  storage: 'requests.storage',
  objects: 'count/*',
};

export default defineCheck({
  id: 'resource-quota-incomplete',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'medium',
  subject: 'object',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1496', 'T1499'],
  },
  equivalents: {},
  messages: { incomplete: ['missing'] },
  fix: 'none',
  evaluate({ object }, cluster) {
    if (object.kind !== 'ResourceQuota') return notApplicable;
    const quotas = quotasBeside(object, cluster);
    // The quotas of a namespace add up; what they leave open together is said once, at the first.
    if (quotas[0] !== object) return notApplicable;
    const missing = unboundedAreas(quotas);
    if (missing.length === 0) return pass;
    return fail({
      at: 'spec.hard',
      message: 'incomplete',
      params: { missing: missing.map((area) => KEYS[area]).join(', ') },
    });
  },
});
