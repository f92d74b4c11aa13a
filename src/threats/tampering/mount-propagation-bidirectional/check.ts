import { defineCheck, failIfAny } from '../../define-check.ts';

export default defineCheck({
  id: 'mount-propagation-bidirectional',
  threat: 'tampering',
  severity: 'high',
  confidence: 'high',
  subject: 'container',
  frameworks: { nsa: ['Kubernetes Pod security'], mitre: ['T1611'], owasp: ['K01'] },
  equivalents: {},
  messages: { bidirectional: ['container', 'mountPath', 'volume'] },
  fix: 'none',
  evaluate(container) {
    return failIfAny(
      container.volumeMounts
        .filter(({ raw }) => raw['mountPropagation'] === 'Bidirectional')
        .map(({ name, mountPath, path }) => ({
          at: `${path}.mountPropagation`,
          message: 'bidirectional',
          params: { container: container.name, mountPath, volume: name },
        })),
    );
  },
});
