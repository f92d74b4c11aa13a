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
  equivalents: { 'kube-linter': ['default-service-account'] },
  messages: { shared: ['namespace'], granted: ['namespace', 'roles'] },
  fix: 'none',
  evaluate(workload, cluster) {
    if (isStaticPod(workload) || isAccountChosenLater(workload)) return notApplicable;
    if (workload.serviceAccountName !== 'default') return pass;
    // Without a token the pods cannot act as the account.
    if (mountsToken(workload, cluster) === false && projectedTokens(workload).length === 0) return pass;
    const { namespace } = workload;
    const roles = rolesOfAccount(workload, cluster).join(', ');
    const at = serviceAccountPath(workload);
    return roles === ''
      ? fail({ at, message: 'shared', params: { namespace } })
      : fail({ at, message: 'granted', params: { namespace, roles } });
  },
});
