import type { Binding, BindingSubject } from '../../../kubernetes/access.ts';
import { isBuiltInGroup, nameOf, onlyReads } from '../../../kubernetes/role-risk.ts';
import { isDefaultSubject } from '../../default-access.ts';
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

function weigh({ isClusterWide, role, roleName }: Binding, { name }: BindingSubject): Severity {
  if (roleName === 'cluster-admin') return isClusterWide ? 'critical' : 'high';
  const isOneNamespace = name.startsWith('system:serviceaccounts:');
  const reads = role !== undefined && onlyReads(role);
  if (isClusterWide) return isOneNamespace || reads ? 'medium' : 'high';
  return isOneNamespace || reads ? 'low' : 'medium';
}
