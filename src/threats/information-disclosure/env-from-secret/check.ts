import { asObject, asString } from '../../../kubernetes/json.ts';
import { defineCheck, failIfAny } from '../../define-check.ts';

export default defineCheck({
  id: 'env-from-secret',
  threat: 'information-disclosure',
  severity: 'low',
  confidence: 'high',
  subject: 'container',
  frameworks: { cis: ['5.4.1'], mitre: ['T1552.007'], owasp: ['K08'] },
  equivalents: {
    kubescape: ['C-0207'],
    checkov: ['CKV_K8S_35'],
    kyverno: ['disallow-secrets-from-env-vars'],
  },
  messages: { imported: ['container', 'secret'] },
  fix: 'none',
  evaluate(container) {
    return failIfAny(
      container.environmentSources.flatMap((source) => {
        const reference = asObject(source.raw['secretRef']);
        if (reference === undefined) return [];
        return [
          {
            at: `${source.path}.secretRef`,
            message: 'imported',
            params: { container: container.name, secret: asString(reference['name']) ?? '' },
          },
        ] as const;
      }),
    );
  },
});
