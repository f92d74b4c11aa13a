import { awsAuthOf } from '../../../kubernetes/aws-auth.ts';
import type { Cluster } from '../../../kubernetes/cluster.ts';
import { defineCheck, failIfAny, notApplicable, unknown } from '../../define-check.ts';

function isClusterAdmin(group: string, cluster: Cluster): boolean {
  return cluster
    .bindingsOf('Group', group)
    .some((binding) => binding.isClusterWide && binding.roleName === 'cluster-admin');
}

export default defineCheck({
  id: 'aws-auth-administrators',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'config-map',
  frameworks: {
    cis: ['5.1.1', '5.1.7'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1078.004', 'T1098.006'],
    owasp: ['K03', 'K06'],
  },
  equivalents: {
    kubesplaining: [
      'KUBE-CLOUD-AWSAUTH-OVERBROAD-001',
      'KUBE-CLOUD-AWSAUTH-PARSE-ERROR-001',
      'KUBE-CLOUD-AWSAUTH-SYSTEM-MASTERS-001',
    ],
  },
  messages: { masters: ['arn'], group: ['arn', 'group'] },
  reasons: { unreadable: ['field'] },
  fix: 'none',
  evaluate({ object }, cluster) {
    const mapped = awsAuthOf(object);
    if (mapped === undefined) return notApplicable;
    const failures = [];
    for (const { arn, groups, path: at } of mapped.identities) {
      const group = groups.find((name) => isClusterAdmin(name, cluster));
      if (groups.includes('system:masters'))
        failures.push({ at, message: 'masters', params: { arn } } as const);
      else if (group !== undefined)
        failures.push({ at, message: 'group', params: { arn, group }, severity: 'medium' } as const);
    }
    const [field] = mapped.unreadable;
    return failures.length === 0 && field !== undefined
      ? unknown('unreadable', { field }, field)
      : failIfAny(failures);
  },
});
