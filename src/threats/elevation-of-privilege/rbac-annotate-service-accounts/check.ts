import { cloudIdentityOf } from '../../../kubernetes/cloud-identity.ts';
import { grantOf } from '../../../kubernetes/role-risk.ts';
import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const wanted = [{ group: '', resources: ['serviceaccounts'], verbs: ['update', 'patch'] }];
const LITTLE = { wanted, severity: { cluster: 'low', unbound: 'info' } } as const;
/** Where service accounts carry identities of the cloud, an annotation is all that is between them. */
const CLOUD = { wanted, severity: { cluster: 'medium', unbound: 'low', namespace: 'low' } } as const;

export default defineCheck({
  id: 'rbac-annotate-service-accounts',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'role',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1098', 'T1078.004'], owasp: ['K03'] },
  equivalents: {},
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate(role, cluster) {
    const isWriter = role.rules.some((rule) => grantOf(rule, wanted));
    const hasCloud =
      isWriter &&
      cluster.memo('cloud identities', () =>
        cluster.subjects('service-account').some((account) => cloudIdentityOf(account) !== undefined),
      );
    return judgeRole(role, cluster, [hasCloud ? CLOUD : LITTLE]);
  },
});
