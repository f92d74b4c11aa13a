import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { authorizersOf, HIDDEN_AUTHORIZERS } from '../../judge-authorization.ts';

export default defineCheck({
  id: 'authorization-by-abac',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'authorization',
  frameworks: { nsa: ['Authentication and authorization'], owasp: ['K03', 'K09'] },
  equivalents: {},
  messages: { file: ['file'], enabled: [] },
  reasons: HIDDEN_AUTHORIZERS,
  fix: 'none',
  evaluate(setup) {
    const authorizers = authorizersOf(setup);
    if ('verdict' in authorizers) return authorizers;
    // authorization-always-allow speaks of that.
    if (authorizers.has('AlwaysAllow')) return notApplicable;
    const abac = authorizers.all.find(({ type }) => type === 'ABAC');
    if (abac === undefined) return pass;
    const at = authorizers.pathOf(abac);
    const file = setup.component?.flag('authorization-policy-file');
    if (file === undefined) return fail({ at, message: 'enabled' });
    return fail({ at, message: 'file', params: { file } });
  },
});
