import { ingressHosts, isCanary, tlsElsewhere } from '../../../kubernetes/ingress-tls.ts';
import { defineCheck, fail, failIfAny, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'ingress-without-tls',
  threat: 'spoofing',
  severity: 'medium',
  confidence: 'high',
  subject: 'ingress',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1557', 'T1040'],
    owasp: ['K07'],
  },
  equivalents: {
    kubescape: ['C-0263'],
    polaris: ['tlsSettingsMissing'],
    kyverno: ['require-ingress-https', 'ingress-host-match-tls'],
  },
  messages: { none: [], host: ['host'] },
  fix: 'none',
  evaluate(ingress) {
    const { object } = ingress;
    const { hasTls, routes, uncovered } = ingressHosts(object);
    if (isCanary(object) || !routes) return notApplicable;
    if (tlsElsewhere(object) !== undefined) return pass;
    if (!hasTls) return fail({ at: 'spec.tls', message: 'none' });
    return failIfAny(
      uncovered.map(({ host, path }) => ({ at: path, message: 'host' as const, params: { host } })),
    );
  },
});
