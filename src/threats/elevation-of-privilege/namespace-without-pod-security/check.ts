import { child } from '../../../kubernetes/field-path.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

const ENFORCE = 'pod-security.kubernetes.io/enforce';

export default defineCheck({
  id: 'namespace-without-pod-security',
  threat: 'elevation-of-privilege',
  severity: 'low',
  confidence: 'medium',
  subject: 'namespace',
  frameworks: {
    cis: ['5.2.1'],
    nsa: ['Kubernetes Pod security'],
    owasp: ['K04'],
  },
  equivalents: {
    kubescape: ['C-0192'],
    kyverno: ['add-psa-labels', 'deny-privileged-profile'],
    kubesplaining: ['KUBE-PSA-LABELS-001'],
  },
  messages: { unlabelled: ['namespace'], privileged: ['namespace'], level: ['namespace', 'value'] },
  reasons: { 'namespace-not-named': [], 'namespace-object-absent': ['namespace'] },
  fix: 'none',
  evaluate(namespace) {
    const params = { namespace: namespace.name };
    if (namespace.definition === undefined) {
      if (namespace.workloads.length === 0) return notApplicable;
      return namespace.isAssumed
        ? unknown('namespace-not-named')
        : unknown('namespace-object-absent', params);
    }
    const level = namespace.labels[ENFORCE];
    if (level === undefined) return fail({ at: 'metadata.labels', message: 'unlabelled', params });
    if (level === 'baseline' || level === 'restricted') return pass;
    const at = child('metadata.labels', ENFORCE);
    if (level === 'privileged') return fail({ at, message: 'privileged', params });
    return fail({ at, message: 'level', params: { ...params, value: level } });
  },
});
