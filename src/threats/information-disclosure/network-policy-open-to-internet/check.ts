import { breadthOf, type Direction, type Rule } from '../../../engines/network/index.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';
import { limitsPorts, policyReading, portsText } from '../../network-questions.ts';
import { hasWayIn } from '../../network-ways.ts';

export default defineCheck({
  id: 'network-policy-open-to-internet',
  threat: 'information-disclosure',
  severity: 'low',
  confidence: 'high',
  subject: 'network-policy',
  frameworks: {
    cis: ['5.3.2'],
    nsa: ['Network separation and hardening'],
    mitre: ['T1190', 'T1041'],
    owasp: ['K07'],
  },
  equivalents: { kubesplaining: ['KUBE-NETPOL-WEAKNESS-002'] },
  messages: {
    'ingress-everybody': ['ports'],
    'ingress-internet': ['ports'],
    'egress-everybody': ['ports'],
    'egress-internet': ['ports'],
  },
  fix: 'none',
  evaluate(subject, cluster) {
    const { policies } = policyReading(subject, cluster);
    if (policies.length === 0) return notApplicable;
    const severity = (direction: Direction, rule: Rule) => {
      if (!limitsPorts(rule)) return direction === 'ingress' ? ('medium' as const) : ('low' as const);
      // Few ports open to everybody are what a public service needs.
      if (direction === 'egress' || hasWayIn(subject, cluster)) return 'info' as const;
      return 'low' as const;
    };
    const failures = policies.flatMap((policy) =>
      (['ingress', 'egress'] as const).flatMap((direction) =>
        (policy[direction] ?? []).flatMap((rule) => {
          // Conditions that are not evaluated may leave nothing of it.
          if (rule.action !== 'allow' || rule.isConditional === true) return [];
          const { isEverybody, internet } = breadthOf(rule, () => false);
          if (!isEverybody && internet === undefined) return [];
          return [
            {
              at: internet ?? rule.path,
              message: `${direction}-${isEverybody ? 'everybody' : 'internet'}` as const,
              params: { ports: portsText(rule) },
              severity: severity(direction, rule),
            },
          ];
        }),
      ),
    );
    return failIfAny(failures);
  },
});
