import { asObject } from '../../../kubernetes/json.ts';
import { defineCheck, fail, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'env-secret-key-ref',
  threat: 'information-disclosure',
  severity: 'low',
  confidence: 'high',
  subject: 'container',
  frameworks: { cis: ['5.4.1'], mitre: ['T1552.007'], owasp: ['K08'] },
  equivalents: {
    kubescape: ['C-0207'],
    'kube-linter': ['read-secret-from-env-var'],
    checkov: ['CKV_K8S_35'],
    kyverno: ['disallow-secrets-from-env-vars'],
  },
  messages: { referenced: ['container', 'variables'] },
  fix: 'none',
  evaluate(container) {
    const referenced = container.environment.filter(
      ({ valueFrom }) => asObject(valueFrom?.['secretKeyRef']) !== undefined,
    );
    const [first] = referenced;
    if (first === undefined) return pass;
    const variables = referenced.map(({ name }) => name).join(', ');
    return fail({
      at: `${first.path}.valueFrom.secretKeyRef`,
      message: 'referenced',
      params: { container: container.name, variables },
    });
  },
});
