import { isDefaultSubject } from '../../default-access.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'default-service-account-bound',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'binding',
  frameworks: {
    cis: ['5.1.5'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1078.001'],
    owasp: ['K03'],
  },
  equivalents: {
    checkov: ['CKV_K8S_42'],
    kubesplaining: ['KUBE-SA-DEFAULT-002'],
  },
  messages: { bound: ['namespace', 'role'] },
  fix: 'none',
  evaluate(binding) {
    const accounts = binding.subjects.filter(
      (subject) => subject.kind === 'ServiceAccount' && !isDefaultSubject(binding, subject),
    );
    if (accounts.length === 0) return notApplicable;
    // cluster-admin-binding speaks of that role, whoever has it.
    if (binding.roleKind === 'ClusterRole' && binding.roleName === 'cluster-admin') return notApplicable;
    const role = `${binding.roleKind} ${binding.roleName}`;
    return failIfAny(
      accounts
        .filter(({ name }) => name === 'default')
        .map(({ namespace, path }) => ({
          at: path,
          message: 'bound',
          params: { namespace: namespace ?? '', role },
        })),
    );
  },
});
