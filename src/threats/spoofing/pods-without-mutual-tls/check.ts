import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';
import { listed, mutualTlsOf } from '../../mutual-tls.ts';

/** Namespaces that meshes leave out by themselves, and their own. */
const LEFT_OUT = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'istio-system',
  'linkerd',
  'linkerd-viz',
]);

export default defineCheck({
  id: 'pods-without-mutual-tls',
  threat: 'spoofing',
  severity: 'info',
  confidence: 'medium',
  subject: 'cluster',
  frameworks: {
    nsa: ['Network separation and hardening', 'Authentication and authorization'],
    mitre: ['T1557'],
    owasp: ['K06', 'K07'],
  },
  equivalents: {},
  messages: { none: [], partly: ['count', 'namespaces'] },
  reasons: { 'not-among-sources': [] },
  fix: 'none',
  evaluate(cluster) {
    if (cluster.workloads.length === 0) return notApplicable;
    const found = mutualTlsOf(cluster);
    if (found === undefined) {
      return cluster.isComplete ? fail({ at: '', message: 'none' }) : unknown('not-among-sources');
    }
    const outside = [...found].filter(([name, each]) => each.outside.length > 0 && !LEFT_OUT.has(name));
    if (outside.length === 0) return pass;
    const params = { count: outside.length, namespaces: listed(outside.map(([name]) => name)) };
    return fail({ at: '', message: 'partly', params });
  },
});
