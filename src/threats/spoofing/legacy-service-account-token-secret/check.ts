import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since';

export default defineCheck({
  id: 'legacy-service-account-token-secret',
  threat: 'spoofing',
  severity: 'medium',
  confidence: 'high',
  subject: 'secret',
  frameworks: {
    nsa: ['Authentication and authorization'],
    mitre: ['T1528'],
    owasp: ['K06', 'K08'],
    audits: ['TOB-K8S-036'],
  },
  equivalents: { kyverno: ['deny-secret-service-account-token-type', 'check-serviceaccount-secrets'] },
  messages: { 'never-expires': ['account'] },
  fix: 'none',
  evaluate(secret) {
    const { object } = secret;
    if (object.raw['type'] !== 'kubernetes.io/service-account-token') return notApplicable;
    // The control plane's cleaner refuses the token from then on, before it deletes the Secret.
    if (object.labels[INVALID_SINCE] !== undefined) return pass;
    const account = object.annotations['kubernetes.io/service-account.name'] ?? '';
    return fail({ at: 'type', message: 'never-expires', params: { account } });
  },
});
