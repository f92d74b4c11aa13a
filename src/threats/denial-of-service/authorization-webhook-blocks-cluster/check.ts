import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';
import { authorizersOf, essentialsAsked, HIDDEN_AUTHORIZERS, KUBELETS } from '../../judge-authorization.ts';

/** Seconds for which an API server may wait at each request before it is called slow: kubectl and controllers give up after some tens of seconds. */
const SLOW = 5;

export default defineCheck({
  id: 'authorization-webhook-blocks-cluster',
  threat: 'denial-of-service',
  severity: 'high',
  confidence: 'high',
  subject: 'authorization',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1499'], owasp: ['K09'] },
  equivalents: {},
  messages: {
    denies: ['name', 'who'],
    alone: ['name', 'who'],
    delays: ['name', 'who', 'seconds'],
  },
  reasons: HIDDEN_AUTHORIZERS,
  fix: 'none',
  evaluate(setup, cluster) {
    const authorizers = authorizersOf(setup);
    if ('verdict' in authorizers) return authorizers;
    if (!authorizers.has('Webhook')) return notApplicable;
    const failures = [];
    for (const [index, authorizer] of authorizers.all.entries()) {
      const { name, webhook } = authorizer;
      const asked = webhook === undefined ? [] : essentialsAsked(authorizers, index, webhook, cluster);
      if (webhook === undefined || asked.length === 0) continue;
      const params = { name, who: asked.join(', ') };
      if (webhook.failurePolicy === 'Deny') {
        const at = authorizers.pathOf(authorizer, 'failurePolicy');
        failures.push({ at, message: 'denies', params } as const);
      } else if (authorizers.isFollowedByOthers(index)) {
        const at = authorizers.pathOf(authorizer, 'timeout');
        const seconds = webhook.timeout;
        const severity = seconds > SLOW ? 'medium' : 'low';
        failures.push({ at, message: 'delays', params: { ...params, seconds }, severity } as const);
      } else {
        const at = authorizers.pathOf(authorizer);
        const who = asked.filter((each) => each !== KUBELETS || !authorizers.has('Node')).join(', ');
        if (who !== '') failures.push({ at, message: 'alone', params: { name, who } } as const);
      }
    }
    return failIfAny(failures);
  },
});
