import { parseGoDuration } from '../../../kubernetes/go-duration.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

const HOUR_SECONDS = 3600;

export default defineCheck({
  id: 'event-retention-short',
  threat: 'repudiation',
  severity: 'low',
  confidence: 'high',
  subject: 'component',
  frameworks: { nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { short: ['value'] },
  reasons: { 'not-a-duration': ['value'] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'kube-apiserver') return notApplicable;
    const value = component.flag('event-ttl');
    if (value === undefined) return pass;
    const at = component.flagPath('event-ttl');
    const seconds = parseGoDuration(value);
    if (seconds === undefined) return unknown('not-a-duration', { value }, at);
    return seconds < HOUR_SECONDS ? fail({ at, message: 'short', params: { value } }) : pass;
  },
});
