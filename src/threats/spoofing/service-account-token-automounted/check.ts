import {
  isAccountChosenLater,
  isStaticPod,
  mountsToken,
  rolesOfAccount,
  serviceAccountPath,
} from '../../../kubernetes/service-account-tokens.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'service-account-token-automounted',
  threat: 'spoofing',
  severity: 'low',
  confidence: 'medium',
  subject: 'workload',
  frameworks: {
    cis: ['5.1.6'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1528'],
    owasp: ['K06'],
    audits: ['TOB-K8S-031'],
  },
  equivalents: {
    kubescape: ['C-0034', 'C-0190'],
    trivy: ['KSV-0036'],
    checkov: ['CKV_K8S_38'],
    polaris: ['automountServiceAccountToken'],
    kyverno: ['restrict-automount-sa-token'],
  },
  messages: { unused: ['account'] },
  reasons: { 'service-account-not-seen': ['account'] },
  fix: 'none',
  evaluate(workload, cluster) {
    if (isStaticPod(workload) || isAccountChosenLater(workload)) return notApplicable;
    const account = workload.serviceAccountName;
    // An account that may do something was made for somebody who calls the API server.
    if (rolesOfAccount(workload, cluster).length > 0) return pass;
    switch (mountsToken(workload, cluster)) {
      case undefined:
        return unknown('service-account-not-seen', { account }, serviceAccountPath(workload));
      case false:
        return pass;
      case true:
        return fail({
          at: workload.at('automountServiceAccountToken'),
          message: 'unused',
          params: { account },
        });
    }
  },
});
