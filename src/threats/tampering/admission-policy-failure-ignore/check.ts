import { defineCheck, fail, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'admission-policy-failure-ignore',
  threat: 'tampering',
  severity: 'medium',
  confidence: 'high',
  subject: 'admission-policy',
  frameworks: { mitre: ['T1562.001'], owasp: ['K04'] },
  equivalents: {},
  messages: { ignored: ['kind'] },
  fix: 'none',
  evaluate({ object }) {
    if (object.spec['failurePolicy'] !== 'Ignore') return pass;
    return fail({ at: 'spec.failurePolicy', message: 'ignored', params: { kind: object.kind } });
  },
});
