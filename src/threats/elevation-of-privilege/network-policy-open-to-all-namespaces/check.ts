import { breadthOf, type EveryNamespace, type Rule } from '../../../engines/network/index.ts';
import type { LabelMatcher } from '../../../kubernetes/selectors.ts';
import { defineCheck, failIfAny, notApplicable, type Severity } from '../../define-check.ts';
import { limitsPorts, policyReading, portsText } from '../../network-questions.ts';

/** Ports of DNS, which every pod may need to ask in another namespace. */
const DNS = new Set([53, 5353]);

function isForDns({ ports }: Rule): boolean {
  if (ports === 'all') return false;
  return (
    ports.ranges.every(({ from, to }) => from === to && DNS.has(from)) &&
    ports.named.every(({ name }) => name.startsWith('dns'))
  );
}

interface Opening {
  readonly at: string;
  readonly message: `ingress-${EveryNamespace['which']}` | 'egress-all' | 'egress-but-some';
  readonly params: { readonly ports: string };
  readonly severity: Severity;
}

export default defineCheck({
  id: 'network-policy-open-to-all-namespaces',
  threat: 'elevation-of-privilege',
  severity: 'low',
  confidence: 'high',
  subject: 'network-policy',
  frameworks: {
    cis: ['5.3.2'],
    nsa: ['Network separation and hardening'],
    mitre: ['T1210'],
    owasp: ['K07'],
  },
  equivalents: { kubesplaining: ['KUBE-NETPOL-WEAKNESS-001', 'KUBE-NETPOL-CROSSNS-001'] },
  messages: {
    'ingress-all': ['ports'],
    'ingress-but-some': ['ports'],
    'ingress-by-labels': ['ports'],
    'egress-all': ['ports'],
    'egress-but-some': ['ports'],
  },
  fix: 'none',
  evaluate(subject, cluster) {
    const { policies } = policyReading(subject, cluster);
    if (policies.length === 0) return notApplicable;
    // In a cluster, a selector may mean every namespace that there is without saying so.
    const isEvery = (matches: LabelMatcher) =>
      cluster.isComplete &&
      cluster.namespaces.every(({ name, labels }) =>
        matches({ ...labels, 'kubernetes.io/metadata.name': name }),
      );
    const failures = policies.flatMap((policy) =>
      (['ingress', 'egress'] as const).flatMap((direction) =>
        (policy[direction] ?? []).flatMap((rule) => {
          if (rule.action !== 'allow' || rule.isConditional === true || isForDns(rule)) return [];
          return breadthOf(rule, isEvery).namespaces.flatMap(({ path: at, which }): Opening[] => {
            const message = `${direction}-${which}` as const;
            // Whoever gives pods the labels that others send to gains nothing that the sender would not give.
            if (message === 'egress-by-labels') return [];
            const params = { ports: portsText(rule) };
            return [{ at, message, params, severity: severityOf(direction, which, rule) }];
          });
        }),
      ),
    );
    return failIfAny(failures);
  },
});

function severityOf(direction: 'ingress' | 'egress', which: EveryNamespace['which'], rule: Rule): Severity {
  if (which === 'by-labels') return 'info';
  if (direction === 'egress') return limitsPorts(rule) ? 'info' : 'low';
  // All ports from all pods: no more than what passes without any policy.
  return which === 'all' && !limitsPorts(rule) ? 'medium' : 'low';
}
