import { hasProbe, isProbed } from '../../../kubernetes/probes.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'no-liveness-probe',
  threat: 'denial-of-service',
  severity: 'info',
  confidence: 'high',
  subject: 'container',
  frameworks: {},
  equivalents: {
    kubescape: ['C-0056'],
    'kube-linter': ['no-liveness-probe'],
    polaris: ['livenessProbeMissing'],
    checkov: ['CKV_K8S_8'],
    kyverno: ['require-probes'],
    kubesplaining: ['KUBE-CONTAINER-PROBE-001'],
  },
  messages: { missing: ['container'] },
  reasons: { generated: ['operator'] },
  fix: 'none',
  evaluate(container) {
    if (!isProbed(container)) return notApplicable;
    if (hasProbe(container, 'livenessProbe')) return pass;
    const operator = container.workload.template.generatedBy;
    if (operator !== undefined) return unknown('generated', { operator }, container.path);
    return fail({
      at: container.at('livenessProbe'),
      message: 'missing',
      params: { container: container.name },
    });
  },
});
