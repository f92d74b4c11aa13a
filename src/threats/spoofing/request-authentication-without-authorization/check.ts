import { IstioTarget, istioAuthorizationsIn, workloadsOf } from '../../../kubernetes/istio-requests.ts';
import { asArray } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'request-authentication-without-authorization',
  threat: 'spoofing',
  severity: 'medium',
  confidence: 'medium',
  subject: 'object',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1190'], owasp: ['K06'] },
  equivalents: {},
  messages: { optional: [] },
  fix: 'none',
  evaluate({ object }, cluster) {
    if (object.group !== 'security.istio.io' || object.kind !== 'RequestAuthentication') return notApplicable;
    const rules = asArray(object.spec['jwtRules']) ?? [];
    if (rules.length === 0) return notApplicable;
    const target = new IstioTarget(object);
    const demandsIn = (namespace: string) =>
      istioAuthorizationsIn(namespace, cluster).filter(({ demand }) => demand !== 'none');
    if (demandsIn(target.namespace).some((policy) => policy.covers(target))) return pass;
    const workloads = workloadsOf(target, cluster);
    const isCovered = workloads.every((workload) =>
      demandsIn(workload.namespace).some((policy) => policy.selects(workload)),
    );
    return workloads.length > 0 && isCovered ? pass : fail({ at: 'spec.jwtRules', message: 'optional' });
  },
});
