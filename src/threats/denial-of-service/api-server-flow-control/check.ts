import { defineCheck, failIfAny, notApplicable, pass } from '../../define-check.ts';

/** What Go's strconv.ParseBool takes for false. */
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

export default defineCheck({
  id: 'api-server-flow-control',
  threat: 'denial-of-service',
  severity: 'medium',
  confidence: 'high',
  subject: 'component',
  frameworks: { nsa: ['Network separation and hardening'], mitre: ['T1499'], owasp: ['K09'] },
  equivalents: {},
  messages: { 'fairness-off': [], unlimited: ['flag'] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'kube-apiserver') return notApplicable;
    if (!FALSE.has(component.flag('enable-priority-and-fairness') ?? 'true')) return pass;
    // Without priority and fairness, a zero here lifts the limit; with it, the two are only added up.
    const limits = ['max-requests-inflight', 'max-mutating-requests-inflight'];
    return failIfAny([
      { at: component.flagPath('enable-priority-and-fairness'), message: 'fairness-off' as const },
      ...limits
        .filter((flag) => Number(component.flag(flag) ?? 1) === 0)
        .map((flag) => ({ at: component.flagPath(flag), message: 'unlimited' as const, params: { flag } })),
    ]);
  },
});
