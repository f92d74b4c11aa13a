import { hasProbe, isProbed } from '../../../kubernetes/probes.ts';
import { servesThrough } from '../../../kubernetes/service-exposure.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'no-readiness-probe',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'high',
  subject: 'container',
  frameworks: {},
  equivalents: {
    kubescape: ['C-0018'],
    'kube-linter': ['no-readiness-probe'],
    polaris: ['readinessProbeMissing'],
    checkov: ['CKV_K8S_9'],
    kyverno: ['require-probes'],
  },
  messages: { missing: ['container'] },
  reasons: { generated: ['operator'] },
  fix: 'none',
  evaluate(container, cluster) {
    if (!isProbed(container)) return notApplicable;
    // Knative Serving adds a probe of its own where none is stated.
    if (container.object.group === 'serving.knative.dev') return notApplicable;
    const serves = servesThrough(container, cluster);
    if (serves === undefined) return notApplicable;
    if (hasProbe(container, 'readinessProbe')) return pass;
    const operator = container.workload.template.generatedBy;
    if (operator !== undefined) return unknown('generated', { operator }, container.path);
    return fail({
      at: container.at('readinessProbe'),
      message: 'missing',
      params: { container: container.name },
      // A port alone may be one for metrics, which nobody waits for.
      confidence: serves === 'service' ? 'high' : 'low',
    });
  },
});
