import { isSystemNamespace } from '../../../kubernetes/namespaces.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'namespace-without-resource-quota',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'medium',
  subject: 'namespace',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1496', 'T1499'],
  },
  equivalents: { kyverno: ['add-ns-quota'] },
  messages: { missing: ['namespace'] },
  reasons: { 'namespace-not-named': [] },
  fix: 'none',
  evaluate(namespace, cluster) {
    if (isSystemNamespace(namespace.name)) return notApplicable;
    // A namespace that is only referred to is defined, and bounded, elsewhere.
    if (namespace.definition === undefined && namespace.workloads.length === 0) return notApplicable;
    if (namespace.isAssumed) return unknown('namespace-not-named');
    const named = namespace.ofKind('ResourceQuota').filter((object) => object.namespace === namespace.name);
    if (named.length > 0) return pass;
    return fail({
      at: namespace.path,
      message: 'missing',
      params: { namespace: namespace.name },
      confidence: cluster.isComplete ? 'high' : 'low',
    });
  },
});
