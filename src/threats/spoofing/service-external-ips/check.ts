import { asArray } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'service-external-ips',
  threat: 'spoofing',
  severity: 'medium',
  confidence: 'high',
  subject: 'service',
  frameworks: {
    cis: ['1.2.3'],
    nsa: ['Network separation and hardening'],
    mitre: ['T1557'],
    owasp: ['K07'],
  },
  equivalents: { trivy: ['KSV-0108'], kyverno: ['restrict-service-external-ips'] },
  messages: { claimed: ['addresses'] },
  fix: 'none',
  evaluate(service) {
    const { spec } = service.object;
    // Names have no addresses: kube-proxy leaves such Services alone.
    if (spec['type'] === 'ExternalName') return notApplicable;
    const addresses = (asArray(spec['externalIPs']) ?? []).filter((address) => typeof address === 'string');
    if (addresses.length === 0) return pass;
    return fail({ at: 'spec.externalIPs', message: 'claimed', params: { addresses: addresses.join(', ') } });
  },
});
