import { asArray, asObject, asString } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'node-port-service',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'high',
  subject: 'service',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1133'],
    owasp: ['K07'],
  },
  equivalents: {
    'kube-linter': ['exposed-services'],
    kyverno: ['restrict-node-port'],
  },
  messages: { published: ['ports'] },
  fix: 'none',
  evaluate({ object }) {
    const type = asString(object.spec['type']) ?? 'ClusterIP';
    if (type === 'ExternalName') return notApplicable;
    if (type !== 'NodePort') return pass;
    const ports = (asArray(object.spec['ports']) ?? []).map((item) => {
      const port = asObject(item);
      const chosen = port?.['nodePort'];
      // 0 and nothing leave the choice to the API server.
      return `${port?.['port']}${chosen === undefined || chosen === null || chosen === 0 ? '' : ` → ${chosen}`}`;
    });
    return fail({ at: 'spec.type', message: 'published', params: { ports: ports.join(', ') } });
  },
});
