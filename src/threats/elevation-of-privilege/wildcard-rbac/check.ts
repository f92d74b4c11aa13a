import type { PolicyRule } from '../../../kubernetes/policy-rules.ts';
import { boundBy, hasOwnRules, type Reach, reachOf } from '../../../kubernetes/role-risk.ts';
import { defineCheck, failIfAny, notApplicable, type Severity } from '../../define-check.ts';

/** API groups whose objects run code, hold credentials or decide who may do what. */
const POWERFUL_GROUPS = new Set([
  '*',
  '',
  'apps',
  'batch',
  'extensions',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'authentication.k8s.io',
  'certificates.k8s.io',
  'rbac.authorization.k8s.io',
]);

export default defineCheck({
  id: 'wildcard-rbac',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'role',
  frameworks: {
    cis: ['5.1.3'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1098.006'],
    owasp: ['K03'],
  },
  equivalents: {
    kubescape: ['C-0035', 'C-0187'],
    trivy: ['KSV-0044', 'KSV-0045', 'KSV-0046', 'KSV-0112'],
    'kube-linter': ['wildcard-in-rules'],
    checkov: ['CKV_K8S_49'],
    kyverno: ['restrict-wildcard-resources', 'restrict-wildcard-verbs'],
    'rbac-police': ['cluster_admin'],
  },
  messages: {
    bound: ['verbs', 'resources', 'groups', 'seen'],
    unbound: ['verbs', 'resources', 'groups'],
    urls: ['verbs'],
  },
  fix: 'none',
  evaluate(role) {
    if (!hasOwnRules(role)) return notApplicable;
    const reach = reachOf(role);
    const failures = [];
    for (const rule of role.rules) {
      const { apiGroups, path, resources, verbs } = rule;
      if (resources.length > 0 && [apiGroups, resources, verbs].some((list) => list.includes('*'))) {
        const severity = weigh(rule, reach);
        const groups = apiGroups.map((group) => group || 'core').join(', ');
        const params = { verbs: verbs.join(', '), resources: resources.join(', '), groups };
        failures.push(
          role.bindings.length === 0
            ? ({ at: path, message: 'unbound', params, severity } as const)
            : ({ at: path, message: 'bound', params: { ...params, seen: boundBy(role) }, severity } as const),
        );
      } else if (rule.nonResourceURLs.some((url) => url === '*' || url === '/*')) {
        const params = { verbs: verbs.join(', ') };
        failures.push({ at: path, message: 'urls', params, severity: 'low' } as const);
      }
    }
    // A role for every URL beside every resource is one concern, not two.
    const onResources = failures.filter(({ message }) => message !== 'urls');
    return failIfAny(onResources.length > 0 ? onResources : failures);
  },
});

function weigh({ apiGroups, resources, verbs }: PolicyRule, reach: Reach): Severity {
  const onlyReads = verbs.every((verb) => verb === 'get' || verb === 'list' || verb === 'watch');
  if (!apiGroups.some((group) => POWERFUL_GROUPS.has(group))) return onlyReads ? 'info' : 'low';
  const wide = reach === 'cluster';
  if (!resources.includes('*')) return wide && verbs.includes('*') ? 'medium' : 'low';
  // Reading everything of the core group is reading the secrets.
  if (onlyReads && !apiGroups.includes('*') && !apiGroups.includes('')) return 'low';
  return wide ? 'high' : 'medium';
}
