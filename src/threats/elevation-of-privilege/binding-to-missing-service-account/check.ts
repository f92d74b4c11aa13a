import { isDefaultSubject } from '../../default-access.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'binding-to-missing-service-account',
  threat: 'elevation-of-privilege',
  severity: 'low',
  confidence: 'high',
  subject: 'binding',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1136'], owasp: ['K03'] },
  equivalents: { kubesplaining: ['KUBE-RBAC-STALE-002'] },
  messages: { missing: ['account', 'role'] },
  fix: 'none',
  evaluate(binding, cluster) {
    // Among manifests the account may be applied from elsewhere.
    if (!cluster.isComplete) return notApplicable;
    // The control plane makes the accounts of its controllers when it starts them.
    const accounts = binding.subjects.filter(
      (subject) => subject.kind === 'ServiceAccount' && !isDefaultSubject(binding, subject),
    );
    if (accounts.length === 0) return notApplicable;
    const role = `${binding.roleKind} ${binding.roleName}`;
    return failIfAny(
      accounts
        .filter(({ namespace, name }) => cluster.serviceAccount(namespace ?? '', name) === undefined)
        .map(({ namespace, name, path }) => ({
          at: path,
          message: 'missing',
          params: { account: `${namespace}/${name}`, role },
          // Whoever makes accounts in one namespace gets rights in all.
          severity: binding.isClusterWide ? 'medium' : 'low',
        })),
    );
  },
});
