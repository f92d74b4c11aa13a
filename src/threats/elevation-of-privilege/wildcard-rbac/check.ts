import type { PolicyRule } from '../../../kubernetes/policy-rules.ts';
import { defineCheck, failIfAny, notApplicable, pass, type Severity } from '../../define-check.ts';
import { holdingOf, type Reach, rulesToJudge, severityAt } from '../../judge-role.ts';

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

/** All verbs on these in the whole cluster: run as any service account, and take away what runs. */
const WORKLOADS = new Set([
  'cronjobs',
  'daemonsets',
  'deployments',
  'jobs',
  'pods',
  'replicasets',
  'replicationcontrollers',
  'statefulsets',
]);

export default defineCheck({
  id: 'wildcard-rbac',
  threat: 'elevation-of-privilege',
  severity: 'critical',
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
    kubesplaining: ['KUBE-PRIVESC-017', 'KUBE-SA-PRIVILEGED-001'],
    kubiscan: [
      'risky-any-resource-create',
      'risky-any-resource-delete',
      'risky-any-resource-get',
      'risky-any-resource-impersonate',
      'risky-any-resource-list',
      'risky-any-verb',
      'risky-any-verb-cronjobs',
      'risky-any-verb-daemonsets',
      'risky-any-verb-deployments',
      'risky-any-verb-groups',
      'risky-any-verb-pods',
      'risky-any-verb-replicasets',
      'risky-any-verb-replicationcontrollers',
      'risky-any-verb-secrets',
      'risky-any-verb-statefulsets',
    ],
    polaris: ['rolebindingClusterAdminRole'],
  },
  messages: {
    bound: ['verbs', 'resources', 'groups', 'seen'],
    unbound: ['verbs', 'resources', 'groups'],
    urls: ['verbs'],
    'no-effect': ['resources'],
  },
  fix: 'none',
  evaluate(role, cluster) {
    const rules = rulesToJudge(role);
    if (rules.length === 0) return notApplicable;
    if (!rules.some(hasWildcard)) return pass;
    const holding = holdingOf(role, cluster);
    const { reach } = holding;
    if (cluster.isComplete && reach === 'unbound') return pass;
    const failures = [];
    for (const rule of rules) {
      const { apiGroups, path, resources, verbs } = rule;
      if (resources.length > 0 && resources.every(isIdle)) {
        const params = { resources: resources.join(', ') };
        failures.push({ at: path, message: 'no-effect', params, severity: 'info' } as const);
        continue;
      }
      if (resources.length > 0 && [apiGroups, resources, verbs].some((list) => list.includes('*'))) {
        const severity = severityAt(weigh(rule), reach, role);
        const groups = apiGroups.map((group) => group || 'core').join(', ');
        const params = { verbs: verbs.join(', '), resources: resources.join(', '), groups };
        failures.push(
          reach === 'unbound'
            ? ({ at: path, message: 'unbound', params, severity } as const)
            : ({ at: path, message: 'bound', params: { ...params, seen: holding.seen }, severity } as const),
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

function hasWildcard({ apiGroups, resources, verbs, nonResourceURLs }: PolicyRule): boolean {
  const lists = [apiGroups, resources, verbs, nonResourceURLs];
  return lists.some((list) => list.includes('*')) || nonResourceURLs.includes('/*') || resources.some(isIdle);
}

/** A star stands for all resources or before a subresource (`*` + `/scale`); after a slash it is a name that no request has. */
function isIdle(resource: string): boolean {
  return resource.endsWith('/*');
}

/** What a rule weighs by how far it reaches. */
function weigh({ apiGroups, resources, verbs }: PolicyRule): Readonly<Record<Reach, Severity>> {
  const onlyReads = verbs.every((verb) => verb === 'get' || verb === 'list' || verb === 'watch');
  const always = (severity: Severity) => ({ cluster: severity, unbound: severity, namespace: severity });
  if (!apiGroups.some((group) => POWERFUL_GROUPS.has(group))) return always(onlyReads ? 'info' : 'low');
  if (!resources.includes('*')) {
    if (!verbs.includes('*')) return always('low');
    return resources.some((resource) => WORKLOADS.has(resource))
      ? { cluster: 'critical', unbound: 'high', namespace: 'low' }
      : { cluster: 'medium', unbound: 'low', namespace: 'low' };
  }
  // Reading everything of the core group is reading the secrets.
  if (onlyReads && !apiGroups.includes('*') && !apiGroups.includes('')) return always('low');
  return { cluster: 'critical', unbound: 'high', namespace: 'medium' };
}
