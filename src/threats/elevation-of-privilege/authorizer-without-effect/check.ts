import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';
import { authorizersOf, HIDDEN_AUTHORIZERS } from '../../judge-authorization.ts';

export default defineCheck({
  id: 'authorizer-without-effect',
  threat: 'elevation-of-privilege',
  severity: 'info',
  confidence: 'high',
  subject: 'authorization',
  frameworks: {
    nsa: ['Authentication and authorization'],
    owasp: ['K09'],
    audits: ['NCC-E003660-PA6'],
  },
  equivalents: {},
  messages: { 'denies-nothing': ['others'], 'cannot-refuse': ['name'] },
  reasons: HIDDEN_AUTHORIZERS,
  fix: 'none',
  evaluate(setup) {
    const authorizers = authorizersOf(setup);
    if ('verdict' in authorizers) return authorizers;
    // authorization-always-allow speaks of that: whatever stands beside it has no effect.
    if (authorizers.has('AlwaysAllow')) return notApplicable;
    const failures = [];
    const others = authorizers.all.map(({ type }) => type).filter((type) => type !== 'AlwaysDeny');
    for (const [index, authorizer] of authorizers.all.entries()) {
      const { type, name, webhook } = authorizer;
      const at = authorizers.pathOf(authorizer);
      if (type === 'AlwaysDeny' && others.length > 0) {
        const params = { others: others.join(', ') };
        failures.push({ at, message: 'denies-nothing', params, severity: 'low' } as const);
      } else if (webhook?.failurePolicy === 'Deny' && authorizers.hasBefore(index, 'RBAC')) {
        failures.push({ at, message: 'cannot-refuse', params: { name } } as const);
      }
    }
    return failIfAny(failures);
  },
});
