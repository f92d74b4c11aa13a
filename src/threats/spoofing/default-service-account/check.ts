import {
  isAccountChosenLater,
  isStaticPod,
  mountsToken,
  projectedTokens,
  rolesOfAccount,
  serviceAccountPath,
} from '../../../kubernetes/service-account-tokens.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'default-service-account',
  threat: 'spoofing',
  severity: 'low',
  confidence: 'high',
  subject: 'workload',
  frameworks: {
    cis: ['5.1.5'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1078.001'],
    owasp: ['K06'],
  },
  equivalents: {
    'kube-linter': ['default-service-account'],
    kubesplaining: ['KUBE-SA-DEFAULT-001'],
    kubescape: ['C-0189'],
    checkov: ['CKV_K8S_41'],
  },
  messages: { shared: [], granted: ['roles'] },
  fix: 'none',
  evaluate(workload, cluster) {
    if (isStaticPod(workload) || isAccountChosenLater(workload)) return notApplicable;
    if (workload.serviceAccountName !== 'default') return pass;
    // Without a token the pods cannot act as the account.
    if (mountsToken(workload, cluster) === false && projectedTokens(workload).length === 0) return pass;
    const roles = rolesOfAccount(workload, cluster).join(', ');
    const at = serviceAccountPath(workload);
    return roles === ''
      ? // An account without rights gives away no more than its token, of which service-account-token-automounted speaks.
        fail({ at, message: 'shared', severity: 'info' })
      : fail({ at, message: 'granted', params: { roles } });
  },
});
