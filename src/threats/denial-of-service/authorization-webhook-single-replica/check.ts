import { destinationOf, podsBehind } from '../../../kubernetes/service-backends.ts';
import { defineCheck, failIfAny, notApplicable, unknown } from '../../define-check.ts';
import { authorizersOf, HIDDEN_AUTHORIZERS, serverOf } from '../../judge-authorization.ts';

export default defineCheck({
  id: 'authorization-webhook-single-replica',
  threat: 'denial-of-service',
  severity: 'medium',
  confidence: 'medium',
  subject: 'authorization',
  frameworks: { mitre: ['T1499'], owasp: ['K09'] },
  equivalents: {},
  messages: { single: ['name', 'service'] },
  reasons: { ...HIDDEN_AUTHORIZERS, 'kubeconfig-not-seen': ['file'], 'backend-not-seen': ['server'] },
  fix: 'none',
  evaluate(setup, cluster) {
    const authorizers = authorizersOf(setup);
    if ('verdict' in authorizers) return authorizers;
    if (!authorizers.has('Webhook')) return notApplicable;
    const failures = [];
    const unseen = [];
    for (const [index, authorizer] of authorizers.all.entries()) {
      const { webhook } = authorizer;
      const file = webhook?.kubeConfigFile;
      if (webhook === undefined || file === undefined) continue;
      const at = authorizers.pathOf(authorizer, 'connectionInfo.kubeConfigFile');
      const server = serverOf(webhook, cluster);
      if (server === undefined) {
        unseen.push(unknown('kubeconfig-not-seen', { file }, at));
        continue;
      }
      const destination = destinationOf(server, cluster);
      if (destination.kind === 'self') continue;
      const pods = destination.kind === 'service' ? podsBehind(destination.service, cluster) : undefined;
      if (destination.kind !== 'service' || pods === undefined) {
        unseen.push(unknown('backend-not-seen', { server }, at));
      } else if (pods < 2) {
        const { namespace = 'default', name } = destination.service;
        const params = { name: authorizer.name, service: `${namespace}/${name}` };
        const severity = authorizers.hasBefore(index, 'RBAC') ? 'low' : 'medium';
        failures.push({ at, message: 'single', params, severity } as const);
      }
    }
    return failures.length === 0 && unseen[0] !== undefined ? unseen[0] : failIfAny(failures);
  },
});
