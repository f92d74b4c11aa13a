import { openToStrangers, wasAnswered } from '../../../kubernetes/anonymous-access.ts';
import { defineCheck, failIfAny, unknown } from '../../define-check.ts';

/** What they tell is of the program itself: its memory, its flags, its files. */
const INSIDES = ['/debug/pprof/', '/debug/flags/v', '/logs', '/flagz'];
const METRICS = ['/metrics', '/statusz'];

export default defineCheck({
  id: 'anonymous-debug-endpoint',
  threat: 'information-disclosure',
  severity: 'medium',
  confidence: 'high',
  subject: 'api-server',
  frameworks: {
    cis: ['1.2.1'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1046', 'T1133'],
    owasp: ['K06', 'K09'],
  },
  equivalents: {},
  messages: { insides: ['paths'], metrics: ['paths'] },
  reasons: { 'no-answer': [] },
  fix: 'none',
  evaluate(facts) {
    if (!wasAnswered(facts)) return unknown('no-answer');
    const insides = openToStrangers(facts, INSIDES);
    const metrics = openToStrangers(facts, METRICS);
    return failIfAny([
      ...(insides === undefined
        ? []
        : [{ ...insides, message: 'insides' as const, severity: 'high' as const }]),
      ...(metrics === undefined
        ? []
        : [{ ...metrics, message: 'metrics' as const, severity: 'medium' as const }]),
    ]);
  },
});
