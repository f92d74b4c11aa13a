import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { authorizersOf, HIDDEN_AUTHORIZERS } from '../../judge-authorization.ts';

export default defineCheck({
  id: 'authorization-without-rbac',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'authorization',
  frameworks: {
    cis: ['1.2.8'],
    nsa: ['Authentication and authorization'],
    owasp: ['K03', 'K09'],
  },
  equivalents: { kubescape: ['C-0120'], trivy: ['KCV-0009'], checkov: ['CKV_K8S_77'] },
  messages: { missing: ['modes'] },
  reasons: HIDDEN_AUTHORIZERS,
  fix: 'none',
  evaluate(setup) {
    const authorizers = authorizersOf(setup);
    if ('verdict' in authorizers) return authorizers;
    // authorization-always-allow speaks of that.
    if (authorizers.has('AlwaysAllow')) return notApplicable;
    if (authorizers.has('RBAC')) return pass;
    return fail({ at: authorizers.path, message: 'missing', params: { modes: authorizers.types } });
  },
});
