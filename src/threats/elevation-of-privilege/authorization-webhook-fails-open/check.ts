import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';
import { authorizersOf, HIDDEN_AUTHORIZERS } from '../../judge-authorization.ts';

export default defineCheck({
  id: 'authorization-webhook-fails-open',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'medium',
  subject: 'authorization',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1562'], owasp: ['K04', 'K09'] },
  equivalents: {},
  messages: { stated: ['name', 'others'], flags: ['others'] },
  reasons: HIDDEN_AUTHORIZERS,
  fix: 'none',
  evaluate(setup) {
    const authorizers = authorizersOf(setup);
    if ('verdict' in authorizers) return authorizers;
    if (!authorizers.has('Webhook') || authorizers.has('AlwaysAllow')) return notApplicable;
    const failures = [];
    for (const [index, authorizer] of authorizers.all.entries()) {
      const { name, webhook } = authorizer;
      if (webhook?.failurePolicy !== 'NoOpinion' || !authorizers.isFollowedByOthers(index)) continue;
      const at = authorizers.pathOf(authorizer, 'failurePolicy');
      const others = authorizers.all.slice(index + 1).map(({ type }) => type);
      const params = { others: others.join(', ') };
      if (authorizers.areFlags) failures.push({ at, message: 'flags', params } as const);
      else failures.push({ at, message: 'stated', params: { name, ...params } } as const);
    }
    return failIfAny(failures);
  },
});
