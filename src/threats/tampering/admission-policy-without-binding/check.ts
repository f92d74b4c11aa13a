import { asArray } from '../../../kubernetes/json.ts';
import { bindingsOfPolicy } from '../../../kubernetes/policy-bindings.ts';
import { defineCheck, fail, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'admission-policy-without-binding',
  threat: 'tampering',
  severity: 'low',
  confidence: 'medium',
  subject: 'admission-policy',
  frameworks: { mitre: ['T1562.001'], owasp: ['K04'] },
  equivalents: {},
  messages: { unbound: ['kind'], 'not-enforced': ['kind', 'bindings'] },
  fix: 'none',
  evaluate({ object }, cluster) {
    const { kind } = object;
    const bindings = bindingsOfPolicy(cluster, object);
    const at = 'metadata.name';
    if (bindings.length === 0) {
      // In manifests the binding may come from elsewhere.
      const confidence = cluster.isComplete ? 'high' : 'low';
      return fail({ at, message: 'unbound', params: { kind }, confidence });
    }
    // Bindings of mutating policies have no actions to choose from.
    if (kind === 'MutatingAdmissionPolicy') return pass;
    if (bindings.some(({ spec }) => asArray(spec['validationActions'])?.includes('Deny'))) return pass;
    const names = bindings.map(({ name }) => name).join(', ');
    return fail({ at, message: 'not-enforced', params: { kind, bindings: names } });
  },
});
