import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'webhook-insecure-skip-tls-verify',
  threat: 'spoofing',
  severity: 'high',
  confidence: 'high',
  subject: 'webhook',
  frameworks: {
    nsa: ['Authentication and authorization'],
    mitre: ['T1557'],
    owasp: ['K09'],
    audits: ['TOB-K8S-013', 'TOB-K8S-034'],
  },
  equivalents: {},
  messages: { skipped: ['name', 'group'] },
  fix: 'none',
  evaluate(webhook) {
    if (webhook.type !== 'api-service') return notApplicable;
    if (webhook.raw['insecureSkipTLSVerify'] !== true) return pass;
    return fail({
      at: `${webhook.path}.insecureSkipTLSVerify`,
      message: 'skipped',
      params: { name: webhook.name, group: String(webhook.raw['group'] ?? '') },
    });
  },
});
