import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';
import { authorizersOf, HIDDEN_AUTHORIZERS } from '../../judge-authorization.ts';

/** Seconds for which an API server keeps a permission by default. */
const USUAL = 300;

export default defineCheck({
  id: 'authorization-webhook-stale-answers',
  threat: 'elevation-of-privilege',
  severity: 'low',
  confidence: 'high',
  subject: 'authorization',
  frameworks: { mitre: ['T1078'], owasp: ['K09'] },
  equivalents: {},
  messages: { kept: ['name', 'minutes'] },
  reasons: HIDDEN_AUTHORIZERS,
  fix: 'none',
  evaluate(setup) {
    const authorizers = authorizersOf(setup);
    if ('verdict' in authorizers) return authorizers;
    if (!authorizers.has('Webhook')) return notApplicable;
    return failIfAny(
      authorizers.all.flatMap((authorizer) => {
        const { name, webhook } = authorizer;
        if (!webhook?.cacheAuthorizedRequests || webhook.authorizedTtl <= USUAL) return [];
        const params = { name, minutes: Math.round(webhook.authorizedTtl / 60) };
        return [{ at: authorizers.pathOf(authorizer, 'authorizedTTL'), message: 'kept', params } as const];
      }),
    );
  },
});
