import { logRetention } from '../../../kubernetes/log-stores.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

/** As the CIS benchmark asks of the audit log file (1.2.17). */
const LEAST_DAYS = 30;

export default defineCheck({
  id: 'log-store-retention',
  threat: 'repudiation',
  severity: 'low',
  confidence: 'medium',
  subject: 'container',
  frameworks: { nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { short: ['container', 'stated', 'least'], unbounded: ['container'] },
  reasons: {
    'in-store': ['container'],
    'configuration-not-seen': ['container'],
    'not-a-duration': ['container', 'stated'],
  },
  fix: 'none',
  evaluate(subject, cluster) {
    const container = subject.name;
    const retention = logRetention(cluster, subject);
    if (retention === undefined) return notApplicable;
    const at = retention.path;
    switch (retention.kind) {
      case 'in-store':
        return unknown('in-store', { container }, at);
      case 'not-seen':
        return unknown('configuration-not-seen', { container }, at);
      case 'not-understood':
        return unknown('not-a-duration', { container, stated: retention.stated }, at);
      case 'unbounded':
        return fail({ at, message: 'unbounded', params: { container }, severity: 'info' });
      case 'days': {
        const { days, stated } = retention;
        if (days >= LEAST_DAYS) return pass;
        return fail({ at, message: 'short', params: { container, stated, least: LEAST_DAYS } });
      }
    }
  },
});
