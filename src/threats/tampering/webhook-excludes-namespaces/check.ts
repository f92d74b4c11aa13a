import { optOuts } from '../../../kubernetes/selector-opt-outs.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'webhook-excludes-namespaces',
  threat: 'tampering',
  severity: 'low',
  confidence: 'medium',
  subject: 'webhook',
  frameworks: { mitre: ['T1562.001'], owasp: ['K04'] },
  equivalents: {},
  messages: { 'by-label': ['webhook', 'key', 'operator'] },
  fix: 'none',
  evaluate({ type, name, raw, path }) {
    if (type !== 'validating' && type !== 'mutating') return notApplicable;
    return failIfAny(
      optOuts(raw['namespaceSelector'], `${path}.namespaceSelector`).map(({ key, operator, path: at }) => ({
        at,
        message: 'by-label',
        params: { webhook: name, key, operator },
        severity: type === 'mutating' ? 'info' : 'low',
      })),
    );
  },
});
