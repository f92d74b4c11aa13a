import { credential } from '../../../kubernetes/credentials.ts';
import { defineCheck, failIfAny } from '../../define-check.ts';

export default defineCheck({
  id: 'env-literal-credential',
  threat: 'information-disclosure',
  severity: 'high',
  confidence: 'medium',
  subject: 'container',
  frameworks: {
    cis: ['5.4.1'],
    nsa: ['Kubernetes Pod security'],
    mitre: ['T1552.001', 'T1552.007'],
    owasp: ['K08'],
  },
  equivalents: {
    kubescape: ['C-0012'],
    'kube-linter': ['env-var-secret'],
    polaris: ['sensitiveContainerEnvVar'],
  },
  messages: { literal: ['variable', 'type'] },
  fix: 'none',
  sensitive: true,
  evaluate(container) {
    return failIfAny(
      container.environment.flatMap((variable) => {
        const found = variable.value === undefined ? undefined : credential(variable.name, variable.value);
        if (found === undefined) return [];
        return [
          {
            at: `${variable.path}.value`,
            message: 'literal',
            params: { variable: variable.name, type: found.type },
            confidence: found.because === 'format' ? 'high' : 'medium',
          },
        ] as const;
      }),
    );
  },
});
