import type { Binding, BindingSubject } from '../../../kubernetes/access.ts';
import { type PolicyRule, ruleAllows } from '../../../kubernetes/policy-rules.ts';
import { isBuiltInGroup, nameOf, onlyReads } from '../../../kubernetes/role-risk.ts';
import { defaultRules, isDefaultSubject } from '../../default-access.ts';
import { defineCheck, failIfAny, notApplicable, pass, type Severity } from '../../define-check.ts';

/** What every API server grants to these groups: who am I, what is there, where are the public keys. */
const MEANT_FOR_ALL = new Set([
  'system:basic-user',
  'system:discovery',
  'system:public-info-viewer',
  'system:service-account-issuer-discovery',
]);

export default defineCheck({
  id: 'authenticated-group-binding',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'binding',
  frameworks: {
    nsa: ['Authentication and authorization'],
    mitre: ['T1098.006'],
    owasp: ['K03'],
  },
  equivalents: {
    kubescape: ['C-0265'],
    trivy: ['KSV-01011'],
    kyverno: ['restrict-binding-system-groups'],
  },
  messages: { cluster: ['group', 'role'], namespace: ['group', 'role', 'namespace'] },
  fix: 'none',
  evaluate(binding) {
    const groups = binding.subjects.filter(isBuiltInGroup);
    if (groups.length === 0) return notApplicable;
    if (MEANT_FOR_ALL.has(binding.roleName)) return pass;
    const role = `${binding.roleKind} ${binding.roleName}`;
    return failIfAny(
      groups
        .filter((subject) => !isDefaultSubject(binding, subject))
        .map((subject) => {
          const told = { at: subject.path, severity: weigh(binding, subject) };
          const params = { group: nameOf(subject), role };
          if (binding.isClusterWide) return { ...told, message: 'cluster', params } as const;
          const namespace = binding.object.namespace ?? 'default';
          return { ...told, message: 'namespace', params: { ...params, namespace } } as const;
        }),
    );
  },
});

/** What runs code as any service account, those of the control plane included. */
const WORKLOADS = [
  ['', 'pods'],
  ['', 'replicationcontrollers'],
  ['apps', 'daemonsets'],
  ['apps', 'deployments'],
  ['apps', 'replicasets'],
  ['apps', 'statefulsets'],
  ['batch', 'cronjobs'],
  ['batch', 'jobs'],
] as const;

function createsWorkloads({ role, roleKind, roleName }: Binding): boolean {
  const own: readonly PolicyRule[] = role?.rules ?? [];
  // A role of the API server among the sources may have the rules alone that somebody adds to it.
  const rules = roleKind === 'ClusterRole' ? [...own, ...(defaultRules(roleName) ?? [])] : own;
  return rules.some((rule) =>
    WORKLOADS.some(([group, resource]) => ruleAllows(rule, 'create', group, resource)),
  );
}

function weigh(binding: Binding, { name }: BindingSubject): Severity {
  const { isClusterWide, role, roleName } = binding;
  if (roleName === 'cluster-admin') return isClusterWide ? 'critical' : 'high';
  const isOneNamespace = name.startsWith('system:serviceaccounts:');
  const reads = role !== undefined && onlyReads(role);
  if (isClusterWide && createsWorkloads(binding)) return isOneNamespace ? 'high' : 'critical';
  if (isClusterWide) return isOneNamespace || reads ? 'medium' : 'high';
  return isOneNamespace || reads ? 'low' : 'medium';
}
