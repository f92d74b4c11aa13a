import {
  firewallAnnotation,
  isInternalLoadBalancer,
  sourceRanges,
} from '../../../kubernetes/service-exposure.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'load-balancer-without-source-ranges',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'low',
  subject: 'service',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1133', 'T1498'],
    owasp: ['K07'],
  },
  equivalents: {
    'kube-linter': ['exposed-services'],
    kyverno: ['restrict-loadbalancer'],
  },
  messages: { missing: [], everyone: ['range'] },
  reasons: { firewall: ['annotation'] },
  fix: 'none',
  evaluate({ object }) {
    if (object.spec['type'] !== 'LoadBalancer') return notApplicable;
    const stated = sourceRanges(object);
    const everyone = stated?.ranges.find((range) => range.endsWith('/0'));
    if (isInternalLoadBalancer(object) || (stated !== undefined && everyone === undefined)) return pass;
    const annotation = firewallAnnotation(object);
    if (annotation !== undefined) return unknown('firewall', { annotation }, 'spec.type');
    if (stated === undefined || everyone === undefined) return fail({ at: 'spec.type', message: 'missing' });
    return fail({ at: stated.path, message: 'everyone', params: { range: everyone }, confidence: 'medium' });
  },
});
