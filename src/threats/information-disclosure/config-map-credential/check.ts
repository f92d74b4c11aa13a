import { credential } from '../../../kubernetes/credentials.ts';
import { child } from '../../../kubernetes/field-path.ts';
import { asObject } from '../../../kubernetes/json.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'config-map-credential',
  threat: 'information-disclosure',
  severity: 'high',
  confidence: 'medium',
  subject: 'config-map',
  frameworks: { mitre: ['T1552.001', 'T1552.007'], owasp: ['K08'] },
  equivalents: { kubescape: ['C-0012'], trivy: ['KSV-0109'] },
  messages: { literal: ['key', 'type'] },
  fix: 'none',
  sensitive: true,
  evaluate(configMap) {
    const data = asObject(configMap.object.raw['data']);
    if (data === undefined) return notApplicable;
    return failIfAny(
      Object.entries(data).flatMap(([key, value]) => {
        const found = typeof value === 'string' ? credential(key, value) : undefined;
        if (found === undefined) return [];
        return [
          {
            at: child('data', key),
            message: 'literal',
            params: { key, type: found.type },
            confidence: found.because === 'format' ? 'high' : 'medium',
          },
        ] as const;
      }),
    );
  },
});
