import { optOuts } from '../../../kubernetes/selector-opt-outs.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'webhook-excludes-objects',
  threat: 'tampering',
  severity: 'low',
  confidence: 'medium',
  subject: 'webhook',
  frameworks: { mitre: ['T1562.001'], owasp: ['K04'] },
  equivalents: { kubesplaining: ['KUBE-ADMISSION-002'] },
  messages: { 'by-label': ['webhook', 'key', 'operator'] },
  fix: 'none',
  evaluate({ type, name, raw, path }) {
    if (type !== 'validating' && type !== 'mutating') return notApplicable;
    return failIfAny(
      optOuts(raw['objectSelector'], `${path}.objectSelector`).map(({ key, operator, path: at }) => ({
        at,
        message: 'by-label',
        params: { webhook: name, key, operator },
        severity: type === 'mutating' ? 'info' : 'low',
      })),
    );
  },
});
