import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';
import {
  authorizersOf,
  essentialsAsked,
  failingConditions,
  HIDDEN_AUTHORIZERS,
  KUBELETS,
} from '../../judge-authorization.ts';

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
    'condition-fails': ['name', 'examples', 'expression'],
  },
  reasons: HIDDEN_AUTHORIZERS,
  fix: 'none',
  evaluate(setup, cluster) {
    const authorizers = authorizersOf(setup);
    if ('verdict' in authorizers) return authorizers;
    if (!authorizers.has('Webhook')) return notApplicable;
    const failures = [];
    for (const [index, authorizer] of authorizers.all.entries()) {
      const { name, path, webhook } = authorizer;
      if (webhook === undefined) continue;
      for (const { examples, failed } of webhook.failurePolicy === 'Deny' ? failingConditions(webhook) : []) {
        const at = `${path}.webhook.matchConditions[${failed.index}].expression`;
        const params = { name, examples, expression: failed.expression };
        // After RBAC it refuses no more than what only the webhook or those behind it would allow.
        const isFirst = !authorizers.hasBefore(index, 'RBAC') && !authorizers.hasBefore(index, 'AlwaysAllow');
        failures.push({
          at,
          message: 'condition-fails',
          params,
          severity: isFirst ? 'high' : 'low',
        } as const);
      }
      const asked = essentialsAsked(authorizers, index, webhook, cluster);
      if (asked.length === 0) continue;
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
