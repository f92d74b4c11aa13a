import { defineCheck, fail, pass } from '../../define-check.ts';
import { authorizersOf, HIDDEN_AUTHORIZERS } from '../../judge-authorization.ts';

export default defineCheck({
  id: 'authorization-always-allow',
  threat: 'elevation-of-privilege',
  severity: 'critical',
  confidence: 'high',
  subject: 'authorization',
  frameworks: {
    // Node and RBAC decide nothing beside it, so that this is what those controls would find.
    cis: ['1.2.6', '1.2.7', '1.2.8'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1078'],
    owasp: ['K03', 'K09'],
  },
  equivalents: {
    kubescape: ['C-0118', 'C-0119', 'C-0120'],
    trivy: ['KCV-0007', 'KCV-0008', 'KCV-0009'],
    checkov: ['CKV_K8S_74', 'CKV_K8S_75', 'CKV_K8S_77'],
  },
  messages: { stated: [], unstated: [] },
  reasons: HIDDEN_AUTHORIZERS,
  fix: 'none',
  evaluate(setup) {
    const authorizers = authorizersOf(setup);
    if ('verdict' in authorizers) return authorizers;
    const open = authorizers.all.find(({ type }) => type === 'AlwaysAllow');
    if (open === undefined) return pass;
    return fail({ at: authorizers.pathOf(open), message: authorizers.isDefault ? 'unstated' : 'stated' });
  },
});
