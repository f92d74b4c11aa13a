import { Role } from '../../../kubernetes/access.ts';
import { defineCheck, fail, failIfAny, notApplicable } from '../../define-check.ts';

const GROUPS = ['policy', 'extensions'];
const RESOURCE = 'podsecuritypolicies';

export default defineCheck({
  id: 'pod-security-policy-in-use',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'object',
  frameworks: { cis: ['5.2.1'], nsa: ['Kubernetes Pod security'], owasp: ['K04', 'K10'] },
  equivalents: { kubescape: ['C-0068'] },
  messages: { policy: ['policy'], use: ['policies'] },
  fix: 'none',
  evaluate({ object }) {
    if (object.kind === 'PodSecurityPolicy') {
      if (!GROUPS.includes(object.group)) return notApplicable;
      return fail({ at: 'kind', message: 'policy', params: { policy: object.name } });
    }
    if (object.kind !== 'Role' && object.kind !== 'ClusterRole') return notApplicable;
    const role = new Role(object);
    const rules = role.rules.filter(({ resources }) => resources.includes(RESOURCE));
    if (role.isBootstrap || rules.length === 0) return notApplicable;
    return failIfAny(
      rules
        .filter(
          ({ apiGroups, verbs }) =>
            (apiGroups.includes('*') || GROUPS.some((group) => apiGroups.includes(group))) &&
            (verbs.includes('*') || verbs.includes('use')),
        )
        .map(({ path, resourceNames }) => ({
          at: path,
          message: 'use',
          params: { policies: resourceNames.join(', ') || '*' },
          severity: 'low',
        })),
    );
  },
});
