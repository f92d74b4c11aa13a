import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';
import { authorizersOf, HIDDEN_AUTHORIZERS } from '../../judge-authorization.ts';

export default defineCheck({
  id: 'authorization-webhook-uncached',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'high',
  subject: 'authorization',
  frameworks: { mitre: ['T1499'], owasp: ['K09'] },
  equivalents: {},
  messages: { allowed: ['name'], refused: ['name'] },
  reasons: HIDDEN_AUTHORIZERS,
  fix: 'none',
  evaluate(setup) {
    const authorizers = authorizersOf(setup);
    if ('verdict' in authorizers) return authorizers;
    if (!authorizers.has('Webhook')) return notApplicable;
    const failures = [];
    for (const authorizer of authorizers.all) {
      const { name, webhook } = authorizer;
      const params = { name };
      if (webhook?.cacheAuthorizedRequests === false) {
        const at = authorizers.pathOf(authorizer, 'cacheAuthorizedRequests');
        failures.push({ at, message: 'allowed', params } as const);
      } else if (webhook?.cacheUnauthorizedRequests === false) {
        const at = authorizers.pathOf(authorizer, 'cacheUnauthorizedRequests');
        failures.push({ at, message: 'refused', params } as const);
      }
    }
    return failIfAny(failures);
  },
});
