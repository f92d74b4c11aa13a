import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';
import { listed, mutualTlsOf } from '../../mutual-tls.ts';

export default defineCheck({
  id: 'mesh-permissive-mutual-tls',
  threat: 'spoofing',
  severity: 'low',
  confidence: 'medium',
  subject: 'namespace',
  frameworks: {
    nsa: ['Network separation and hardening', 'Authentication and authorization'],
    mitre: ['T1557', 'T1040'],
    owasp: ['K06', 'K07'],
  },
  equivalents: {},
  messages: { default: ['count', 'workloads'] },
  reasons: { undecided: ['count', 'workloads'] },
  fix: 'none',
  evaluate(namespace, cluster) {
    const found = mutualTlsOf(cluster)?.get(namespace.name);
    if (found === undefined) return notApplicable;
    const { settled, permissive, unknown: undecided } = found;
    const at = namespace.path;
    if (permissive.length > 0) {
      const params = { count: permissive.length, workloads: listed(permissive) };
      return fail({ at, message: 'default', params });
    }
    if (undecided.length > 0) {
      return unknown('undecided', { count: undecided.length, workloads: listed(undecided) }, at);
    }
    return settled.length > 0 ? pass : notApplicable;
  },
});
