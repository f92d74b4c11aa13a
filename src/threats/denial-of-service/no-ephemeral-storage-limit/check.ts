import { defineCheck, notApplicable } from '../../define-check.ts';
import { judgeResource } from '../../judge-resource.ts';

export default defineCheck({
  id: 'no-ephemeral-storage-limit',
  threat: 'denial-of-service',
  severity: 'info',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1499'],
    owasp: ['K01'],
  },
  equivalents: {},
  messages: { missing: ['container'], zero: ['container'] },
  reasons: { refused: ['value'], generated: ['operator'] },
  fix: 'none',
  evaluate(container, cluster) {
    if (container.type === 'ephemeral') return notApplicable;
    return judgeResource(container, cluster, 'limits', 'ephemeral-storage');
  },
});
