import { openToStrangers, wasAnswered } from '../../../kubernetes/anonymous-access.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'anonymous-version-disclosure',
  threat: 'information-disclosure',
  severity: 'info',
  confidence: 'high',
  subject: 'api-server',
  frameworks: {
    cis: ['1.2.1'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1592.002'],
    owasp: ['K06'],
  },
  equivalents: {},
  messages: { open: [] },
  reasons: { 'no-answer': [] },
  fix: 'none',
  evaluate(facts, cluster) {
    // Where the API server's flags are seen, check anonymous-auth-enabled says so.
    if (cluster.subjects('component').some(({ name }) => name === 'kube-apiserver')) return notApplicable;
    if (!wasAnswered(facts)) return unknown('no-answer');
    const open = openToStrangers(facts, ['/version']);
    return open === undefined ? pass : fail({ at: open.at, message: 'open' });
  },
});
